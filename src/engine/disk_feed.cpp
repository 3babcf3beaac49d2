// SPDX-License-Identifier: Apache-2.0
#include "engine/disk_feed.h"

#include "engine/content_type.h"
#include "engine/object_path.h"
#include "engine/readable.h"
#include "s3/names.h"
#include "task/pause.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <unistd.h>
#include <utility>

namespace slipway::engine {
namespace {

/// What lies at the beginning of a file; nothing where it cannot be read, which its source reports.
std::string_view read_first_bytes(int directory,
                                  const char* name,
                                  std::array<char, content_type_bytes>& buffer) {
    // Not to wait for a writer if it has become a fifo meanwhile.
    const int fd = ::openat(directory, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return {};
    }
    const auto count = ::pread(fd, buffer.data(), buffer.size(), 0);
    ::close(fd);
    return {buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

const char* kind_of_special(mode_t mode) {
    switch (mode & S_IFMT) {
        case S_IFSOCK:
            return "a socket";
        case S_IFIFO:
            return "a fifo";
        case S_IFCHR:
        case S_IFBLK:
            return "a device";
        case S_IFDIR:
            return "a directory";
        default:
            return "of an unknown kind";
    }
}

}  // namespace

ErrorKind kind_of_errno(int error) {
    switch (error) {
        case ENOENT:
        case ENOTDIR:
            return ErrorKind::not_found;
        case EACCES:
        case EPERM:
            return ErrorKind::permission_denied;
        default:
            return ErrorKind::io;
    }
}

DiskFeed::DiskFeed(DiskFeedOptions options, DiskThreads& disk)
    : options_(std::move(options)), disk_(disk) {
}

Task<std::optional<NewFile>> DiskFeed::next() {
    while (!stopped_) {
        while (next_ < batch_.size()) {
            auto& finding = batch_[next_++];
            if (auto* file = std::get_if<FoundFile>(&finding)) {
                co_return new_file(*file);
            }
            if (options_.passed_over) {
                options_.passed_over(std::move(std::get<PassedOver>(finding)));
            }
        }
        if (failure_) {
            co_return fail(*failure_);
        }
        if (over_) {
            break;
        }
        batch_.clear();
        next_ = 0;
        auto work = [this] { return look_on(); };
        const Look look = co_await disk_.run(std::move(work));
        over_ = look == Look::over;
        if (look == Look::idle && batch_.empty()) {
            co_await pause_for(limits::feed_idle_time);
        }
    }
    co_return std::nullopt;
}

DiskFeed::Look DiskFeed::look_on() {
    for (std::size_t i = 0; i < limits::feed_batch_entries; ++i) {
        auto outcome = look();
        if (!outcome) {
            failure_ = std::move(outcome).error();
            return Look::over;
        }
        if (*outcome != Look::more) {
            return *outcome;
        }
    }
    return Look::more;
}

NewFile DiskFeed::new_file(FoundFile& file) const {
    NewFile made;
    made.key = std::move(file.key);
    made.path = file.path;
    made.source = std::make_unique<FileSource>(std::move(file.path), file.status, disk_);
    made.attributes = options_.attributes;
    if (made.attributes.content_type.empty()) {
        made.attributes.content_type = file.content_type;
    }
    made.conditions = options_.conditions;
    return made;
}

void DiskFeed::found(std::string path,
                     std::string key,
                     const struct stat& status,
                     const Place& place) {
    if (const auto valid = s3::check_object_key(key); !valid) {
        Error error = valid.error();
        error.message = fmt::format("cannot store {}: {}", readable(path), error.message);
        pass_over(path, std::move(error));
        return;
    }
    FoundFile file{std::move(path), std::move(key), status, {}};
    file.content_type = content_type(file, place);
    batch_.emplace_back(std::move(file));
}

std::string_view DiskFeed::content_type(const FoundFile& file, const Place& place) const {
    if (!options_.guess_content_type || !options_.attributes.content_type.empty()) {
        return {};
    }
    const std::string_view path = file.path;
    const std::string_view name = last_part(path);
    const std::string_view by_name = content_type_by_name(name);
    if (!by_name.empty() || file.status.st_size == 0) {
        return content_type_of(name, {});
    }
    std::array<char, content_type_bytes> buffer{};
    return content_type_by_bytes(read_first_bytes(place.directory, place.name, buffer));
}

void DiskFeed::pass_over(std::string_view path, Error error) {
    batch_.emplace_back(PassedOver{std::string(path), std::move(error)});
}

void DiskFeed::pass_over(std::string_view path, const char* attempt, int error) {
    auto words = fmt::format("cannot {} {}: {}", attempt, readable(path), std::strerror(error));
    pass_over(path, fail(kind_of_errno(error), std::move(words)).value());
}

void DiskFeed::pass_over_special(std::string_view path, const struct stat& status) {
    auto words = fmt::format("{} is {}: only regular files are stored", readable(path),
                             kind_of_special(status.st_mode));
    pass_over(path, fail(ErrorKind::unsupported, std::move(words), "NotAFile").value());
}

void DiskFeed::refuse_special(std::string_view path, const struct stat& status) {
    auto words = fmt::format("{} is {}: what comes out of it can be piped into -, standard input",
                             readable(path), kind_of_special(status.st_mode));
    pass_over(path, fail(ErrorKind::invalid_argument, std::move(words), "NotAFile").value());
}

}  // namespace slipway::engine
