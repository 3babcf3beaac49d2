// SPDX-License-Identifier: Apache-2.0
#include "api/file.h"

#include "base/random.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace slipway::api {
namespace {

tl::unexpected<Error> failed(std::string_view attempted, const std::string& path, int number) {
    ErrorKind kind = ErrorKind::io;
    if (number == ENOENT) {
        kind = ErrorKind::not_found;
    } else if (number == EACCES || number == EPERM || number == EROFS) {
        kind = ErrorKind::permission_denied;
    } else if (number == ENOSPC || number == EDQUOT) {
        kind = ErrorKind::no_space;
    }
    return fail(kind, fmt::format("cannot {} {}: {}", attempted, path, std::strerror(number)));
}

/// A descriptor that is closed at the end of its scope.
struct Descriptor {
    int fd;
    ~Descriptor() {
        if (fd >= 0) {
            ::close(fd);
        }
    }
};

Result<> write_new_file(const std::string& path, std::string_view text, mode_t mode) {
    const Descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)};
    if (file.fd < 0) {
        return failed("write", path, errno);
    }
    while (!text.empty()) {
        const auto written = ::write(file.fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return failed("write", path, errno);
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(file.fd) == 0 ? Result<>() : failed("sync", path, errno);
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.fd < 0) {
        return failed("read", path, errno);
    }
    std::string text;
    char buffer[4096];
    while (true) {
        const auto count = ::read(file.fd, buffer, sizeof buffer);
        if (count == 0) {
            return text;
        }
        if (count > 0) {
            text.append(buffer, static_cast<std::size_t>(count));
        } else if (errno != EINTR) {
            return failed("read", path, errno);
        }
    }
}

Result<> write_file(const std::string& path, std::string_view text, mode_t mode) {
    const std::string fresh = path + "." + random_hex(4) + ".new";
    auto written = write_new_file(fresh, text, mode);
    if (written && ::rename(fresh.c_str(), path.c_str()) != 0) {
        written = failed("write", path, errno);
    }
    if (!written) {
        ::unlink(fresh.c_str());
        return written;
    }
    std::string directory = std::filesystem::path(path).parent_path().string();
    if (directory.empty()) {
        directory = ".";
    }
    const Descriptor opened{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (opened.fd >= 0) {
        ::fsync(opened.fd);  // the name; not every file system offers it, and then none needs it
    }
    return {};
}

}  // namespace slipway::api
