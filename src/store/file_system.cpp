// SPDX-License-Identifier: Apache-2.0
#include "store/file_system.h"

#include <fmt/format.h>

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace slipway::store {
namespace {

/// Repeats a system call that a signal interrupted.
template <class Call>
auto retried(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) {
        result = call();
    }
    return result;
}

ErrorKind kind_of(int error_number) {
    switch (error_number) {
        case ENOENT:
            return ErrorKind::not_found;
        case EEXIST:
            return ErrorKind::already_exists;
        case ENOSPC:
        case EDQUOT:
            return ErrorKind::no_space;
        case EACCES:
        case EPERM:
            return ErrorKind::permission_denied;
        case EMFILE:
        case ENFILE:
        case ENOMEM:
        case EROFS:
            return ErrorKind::unavailable;
        default:
            return ErrorKind::io;
    }
}

std::string_view advice(int error_number) {
    switch (error_number) {
        case ENOSPC:
            return "; free some space on the store's disk";
        case EDQUOT:
            return "; raise the quota of the store's disk";
        case EROFS:
            return "; the store's disk is mounted read-only, often after a fault: see dmesg";
        case EACCES:
        case EPERM:
            return "; the store's directory must belong to the user that runs it";
        case EMFILE:
        case ENFILE:
            return "; raise the limit of open files (ulimit -n)";
        default:
            return "";
    }
}

tl::unexpected<Error> failed(std::string_view verb, const std::string& path) {
    const int error_number = errno;
    return fail(system_error(fmt::format("cannot {} {}", verb, path), error_number));
}

}  // namespace

Error system_error(const std::string& attempted, int error_number) {
    const std::string words = std::generic_category().message(error_number);
    return Error{kind_of(error_number),
                 fmt::format("{}: {}{}", attempted, words, advice(error_number)),
                 {},
                 0};
}

Result<int> FileSystem::create(const std::string& path) {
    const int fd =
        retried([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600); });
    if (fd < 0) {
        return failed("create", path);
    }
    return fd;
}

Result<int> FileSystem::open_to_read(const std::string& path) {
    const int fd = retried([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); });
    if (fd < 0) {
        return failed("open", path);
    }
    return fd;
}

void FileSystem::close(int fd) {
    ::close(fd);
}

Result<> FileSystem::allocate(int fd, std::uint64_t size) {
    const int error_number = ::posix_fallocate(fd, 0, static_cast<off_t>(size));
    if (error_number != 0) {
        return fail(system_error("cannot take room on the store's disk", error_number));
    }
    return {};
}

ssize_t FileSystem::write_some(int fd, const void* bytes, std::size_t size, std::uint64_t offset) {
    return ::pwrite(fd, bytes, size, static_cast<off_t>(offset));
}

Result<> FileSystem::write(int fd, std::span<const std::byte> bytes, std::uint64_t offset) {
    while (!bytes.empty()) {
        const ssize_t written =
            retried([&] { return write_some(fd, bytes.data(), bytes.size(), offset); });
        if (written < 0) {
            return failed("write", "an object's file");
        }
        if (written == 0) {
            return fail(ErrorKind::io, "cannot write an object's file: nothing was taken");
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
    return {};
}

Result<std::size_t> FileSystem::read_some(int fd,
                                          std::span<std::byte> bytes,
                                          std::uint64_t offset) {
    const ssize_t got = retried(
        [&] { return ::pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
    if (got < 0) {
        return failed("read", "an object's file");
    }
    return static_cast<std::size_t>(got);
}

Result<> FileSystem::read(int fd, std::span<std::byte> bytes, std::uint64_t offset) {
    while (!bytes.empty()) {
        SLIPWAY_TRY(got, read_some(fd, bytes, offset));
        if (got == 0) {
            return fail(ErrorKind::corrupted, "an object's file is shorter than recorded");
        }
        bytes = bytes.subspan(got);
        offset += got;
    }
    return {};
}

Result<> FileSystem::sync_data(int fd) {
    if (retried([&] { return ::fdatasync(fd); }) < 0) {
        return failed("sync", "an object's file");
    }
    return {};
}

Result<> FileSystem::sync_directory(const std::string& path) {
    const int fd =
        retried([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (fd < 0) {
        return failed("open", path);
    }
    const int result = retried([&] { return ::fsync(fd); });
    const int error_number = errno;
    ::close(fd);
    if (result < 0) {
        return fail(system_error("cannot sync " + path, error_number));
    }
    return {};
}

Result<> FileSystem::make_directory(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) < 0 && errno != EEXIST) {
        return failed("make", path);
    }
    return {};
}

Result<> FileSystem::link(const std::string& from, const std::string& to) {
    if (::link(from.c_str(), to.c_str()) == 0) {
        return {};
    }
    // Too many names, or a file system or a policy without hard links: the caller copies instead.
    if (errno == EMLINK || errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS ||
        errno == EXDEV) {
        return fail(ErrorKind::unsupported, "no hard link to " + from);
    }
    return failed("link", from);
}

Result<> FileSystem::remove(const std::string& path) {
    if (::unlink(path.c_str()) < 0 && errno != ENOENT) {
        return failed("remove", path);
    }
    return {};
}

Result<std::vector<std::string>> FileSystem::list_directory(const std::string& path) {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), &::closedir);
    if (directory == nullptr) {
        return failed("list", path);
    }
    std::vector<std::string> names;
    while (true) {
        errno = 0;
        const dirent* entry = ::readdir(directory.get());
        if (entry == nullptr) {
            break;
        }
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") {
            names.emplace_back(name);
        }
    }
    if (errno != 0) {
        return failed("list", path);
    }
    return names;
}

}  // namespace slipway::store
