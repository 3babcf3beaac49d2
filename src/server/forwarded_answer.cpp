// SPDX-License-Identifier: Apache-2.0
#include "server/forwarded_answer.h"

#include "codec/json.h"
#include "http/problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace slipway::server {
namespace {

using Files = std::span<const std::unique_ptr<ForwardedFile>>;

std::string code_of(const Error& error) {
    return error.code.empty() ? std::string(to_string(error.kind)) : error.code;
}

bool is_senders_fault(const Error& error) {
    return error.http_status == 0 &&  // not what a store answered
           (error.kind == ErrorKind::invalid_argument || error.kind == ErrorKind::too_large);
}

/// A store's refusal is no refusal of ours: it would not help the sender to sign in.
int status_of(const Error& error) {
    if (is_senders_fault(error)) {
        return http::status_of(error);
    }
    switch (error.kind) {
        case ErrorKind::throttled:
            return 503;
        case ErrorKind::no_space:
            return 507;
        case ErrorKind::io:
        case ErrorKind::internal:
            return error.http_status == 0 ? 500 : 502;
        default:
            return 502;
    }
}

/// The failure that stands for all of them: one of the store's if there is one.
const ForwardedFile& worst(Files files) {
    const auto found = std::ranges::find_if(files, [](const std::unique_ptr<ForwardedFile>& each) {
        return !is_senders_fault(each->outcome.error());
    });
    return found != files.end() ? **found : *files.front();
}

struct Summary {
    int status = 200;
    std::string detail;
    std::string code;
};

Summary sum_up(Files files, std::size_t stored, const std::optional<Error>& failure) {
    if (failure) {
        const std::string words =
            stored > 0 ? fmt::format("{} ({} files before were stored)", failure->message, stored)
                       : failure->message;
        return {http::status_of(*failure), words, code_of(*failure)};
    }
    if (files.empty()) {
        return {400, "No files provided", "no_files"};
    }
    if (stored > 0) {
        return {};
    }
    const ForwardedFile& file = worst(files);
    const Error& error = file.outcome.error();
    const std::string words =
        files.size() == 1
            ? fmt::format("Upload failed: {}", error.message)
            : fmt::format("Upload failed: none of the {} files could be stored; {}: {}",
                          files.size(), file.name, error.message);
    return {status_of(error), words, files.size() == 1 ? code_of(error) : "nothing_stored"};
}

void write_problem(codec::JsonWriter& json, const Summary& summary) {
    json.member("type", "urn:slipway:error:" + summary.code);
    json.member("title", http::reason_phrase(summary.status));
    json.member("status", summary.status);
    json.member("detail", summary.detail);
    json.member("error", summary.detail);
    json.member("code", summary.code);
}

}  // namespace

http::Response forwarded_answer(Files files,
                                std::string_view bucket,
                                const std::optional<Error>& failure) {
    const auto stored = static_cast<std::size_t>(std::ranges::count_if(
        files,
        [](const std::unique_ptr<ForwardedFile>& each) { return each->outcome.has_value(); }));
    const Summary summary = sum_up(files, stored, failure);
    std::string text;
    codec::JsonWriter json(text);
    json.begin_object();
    if (summary.status == 200) {
        json.member("status", "success");
    } else {
        write_problem(json, summary);
    }
    json.key("uploaded_files");
    json.begin_object();
    for (const auto& file : files) {
        if (file->outcome) {
            json.member(file->name, fmt::format("s3://{}/{}", bucket, file->key));
        }
    }
    json.end_object();
    json.member("uploaded_count", stored);
    json.member("total_files", files.size());
    json.key("failed");
    json.begin_object();
    for (const auto& file : files) {
        if (!file->outcome) {
            json.key(file->name);
            json.begin_object();
            json.member("error", file->outcome.error().message);
            json.member("code", code_of(file->outcome.error()));
            json.end_object();
        }
    }
    json.end_object();
    json.end_object();
    text.push_back('\n');
    http::Response response;
    response.status = summary.status;
    response.headers.add("Content-Type",
                         summary.status == 200 ? "application/json" : "application/problem+json");
    response.headers.add("Cache-Control", "no-store");
    response.body = std::move(text);
    return response;
}

}  // namespace slipway::server
