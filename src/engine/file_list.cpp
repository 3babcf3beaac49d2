// SPDX-License-Identifier: Apache-2.0
#include "engine/file_list.h"

#include "engine/readable.h"
#include "engine/target_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace slipway::engine {
namespace {

tl::unexpected<Error> cannot_read(const std::string& name, int error) {
    return fail(kind_of_errno(error), fmt::format("cannot read the list of files {}: {}",
                                                  readable(name), std::strerror(error)));
}

}  // namespace

Result<std::unique_ptr<FileList>> FileList::open(const std::string& path,
                                                 FileListOptions options,
                                                 DiskThreads& disk) {
    const bool input = path == "-";
    const std::string name = input ? "on standard input" : path;
    const int fd = input ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                         : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return cannot_read(name, errno);
    }
    return std::unique_ptr<FileList>(new FileList(name, fd, std::move(options), disk));
}

FileList::FileList(std::string name, int fd, FileListOptions options, DiskThreads& disk)
    : DiskFeed(options.files, disk),
      options_(std::move(options)),
      name_(std::move(name)),
      file_(fd) {
}

Result<DiskFeed::Look> FileList::look() {
    if (const auto line = text_.next()) {
        look_at(*line);
        return Look::more;
    }
    return read_out_ ? Look::over : read_more();
}

Result<DiskFeed::Look> FileList::read_more() {
    pollfd readable_now{file_.fd(), POLLIN, 0};
    if (::poll(&readable_now, 1, 0) == 0) {
        return Look::idle;
    }
    std::string bytes(limits::list_read_bytes, '\0');
    const auto count = ::read(file_.fd(), bytes.data(), bytes.size());
    if (count < 0) {
        const bool later = errno == EAGAIN || errno == EINTR;
        return later ? Result<Look>(Look::idle) : Result<Look>(cannot_read(name_, errno));
    }
    text_.add(std::string_view(bytes).substr(0, static_cast<std::size_t>(count)));
    if (count == 0) {
        text_.end();
        read_out_ = true;
    }
    return Look::more;
}

void FileList::look_at(const ListText::Line& line) {
    const auto refuse = [this, &line](std::string_view why) {
        auto words =
            fmt::format("listed path {}{}: {}", readable(line.path), line.cut ? "..." : "", why);
        pass_over(line.path, fail(ErrorKind::invalid_argument, std::move(words)).value());
    };
    if (line.cut || line.path.find('\0') != std::string::npos) {
        return refuse(line.cut ? "longer than any path" : "a NUL byte is in no path");
    }
    const auto below_prefix = listed_key({}, line.path);
    if (!below_prefix) {
        return refuse(below_prefix.error().message);
    }
    if (!options_.filter.includes(*below_prefix)) {
        return;
    }
    const std::string path = full_path(line.path);
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        return pass_over(path, "look at", errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return pass_over_special(path, status);
    }
    std::string key = *listed_key(options_.prefix, line.path);
    const std::string other = other_of_key(line.path, *below_prefix, key, status);
    if (!other.empty()) {
        return pass_over(path, key_is_taken(path, other, key));
    }
    (line.path.starts_with('/') ? brought_absolute_ : brought_relative_) = true;
    found(path, std::move(key), status, Place{AT_FDCWD, path.c_str()});
}

std::string FileList::full_path(const std::string& path) const {
    const bool as_it_is = options_.directory.empty() || path.starts_with('/');
    return as_it_is ? path : options_.directory + "/" + path;
}

/// The path of another file that has the key and may have been brought already; empty: none.
std::string FileList::other_of_key(const std::string& path,
                                   const std::string& below_prefix,
                                   const std::string& key,
                                   const struct stat& status) const {
    std::vector<std::string> others;
    if (options_.paths_of) {
        others = options_.paths_of(key);
    }
    const bool absolute = path.starts_with('/');
    if (absolute ? brought_relative_ : brought_absolute_) {
        others.push_back(absolute ? full_path(below_prefix) : "/" + below_prefix);
    }
    const auto taken = std::ranges::find_if(others, [&status](const std::string& other) {
        struct stat there {};
        return ::stat(other.c_str(), &there) == 0 && S_ISREG(there.st_mode) &&
               (there.st_dev != status.st_dev || there.st_ino != status.st_ino);
    });
    return taken == others.end() ? std::string() : *taken;
}

}  // namespace slipway::engine
