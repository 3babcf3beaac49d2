// SPDX-License-Identifier: Apache-2.0
// Uploads what a program holds, from memory and from functions: upload_memory s3://bucket/prefix <
// TEXT
//
// Stores greeting.txt from memory, squares.csv from a function that computes any piece of it, and
// input from standard input, whose size nobody knows. Each stored object is a line of output.
#include "slipway/upload.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

slipway::UploadItem greeting() {
    const auto text = std::make_shared<const std::string>("Hello from memory.\n");
    return {"greeting.txt", slipway::MemoryContent{*text, text}};
}

constexpr std::uint64_t line_bytes = 16;
constexpr std::uint64_t lines = 100'000;

std::string line(std::uint64_t number) {
    std::string text(line_bytes + 1, '\0');
    std::snprintf(text.data(), text.size(), "%15llu\n",
                  static_cast<unsigned long long>(number * number));
    text.resize(line_bytes);
    return text;
}

slipway::UploadItem squares() {
    slipway::ReadContent content;
    content.size = lines * line_bytes;
    content.read = [](std::uint64_t offset, std::span<char> into) -> slipway::Result<std::size_t> {
        const std::string text = line(offset / line_bytes);
        const std::size_t skipped = offset % line_bytes;
        return text.copy(into.data(), into.size(), skipped);
    };
    slipway::UploadItem item{"squares.csv", std::move(content)};
    item.headers.cache_control = "max-age=3600";
    return item;
}

slipway::UploadItem standard_input() {
    slipway::StreamContent content;
    content.read = [](std::span<char> into) -> slipway::Result<std::size_t> {
        const auto count = ::read(STDIN_FILENO, into.data(), into.size());
        if (count < 0) {
            return slipway::fail(slipway::ErrorKind::io, "cannot read standard input");
        }
        return static_cast<std::size_t>(count);
    };
    return {"input", std::move(content)};
}

void tell(const slipway::UploadEvent& event) {
    if (event.kind == slipway::UploadEvent::Kind::stored) {
        std::printf("%s %llu\n", event.key.c_str(), static_cast<unsigned long long>(event.size));
    } else if (event.kind == slipway::UploadEvent::Kind::failed) {
        std::fprintf(stderr, "%s: %s\n", event.key.c_str(), event.error->message.c_str());
    }
}

}  // namespace

int main(int argc, char** argv) {
    const auto target = slipway::parse_s3_uri(argc == 2 ? argv[1] : "");
    if (!target) {
        std::fprintf(stderr, "usage: upload_memory s3://bucket/prefix < TEXT\n");
        return 2;
    }
    auto s3 = slipway::S3::open(slipway::S3Options());
    if (!s3) {
        std::fprintf(stderr, "%s\n", s3.error().message.c_str());
        return 1;
    }
    slipway::UploadRequest request;
    request.target = *target;
    std::vector<slipway::UploadItem> items;
    items.push_back(greeting());
    items.push_back(squares());
    items.push_back(standard_input());
    request.next_item = slipway::each_of(std::move(items));

    auto upload = slipway::Upload::start(**s3, std::move(request), tell);
    const auto ended = upload ? (*upload)->wait() : tl::unexpected(upload.error());
    if (!ended) {
        std::fprintf(stderr, "%s\n", ended.error().message.c_str());
        return 1;
    }
    return ended->files_failed == 0 ? 0 : 1;
}
