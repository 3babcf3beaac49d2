// SPDX-License-Identifier: Apache-2.0
#include "engine/target_file.h"

#include "base/random.h"
#include "engine/object_path.h"
#include "engine/readable.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace slipway::engine {
namespace {

constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
constexpr int write_flags = O_WRONLY | O_CLOEXEC;
// What the user's umask leaves of these.
constexpr mode_t file_mode = 0666;
constexpr mode_t folder_mode = 0777;

Result<> refuse(std::string_view attempt, std::string_view path, int error) {
    ErrorKind kind = ErrorKind::io;
    if (error == ENOSPC || error == EDQUOT) {
        kind = ErrorKind::no_space;
    } else if (error == EACCES || error == EPERM || error == EROFS) {
        kind = ErrorKind::permission_denied;
    }
    return fail(kind,
                fmt::format("cannot {} '{}': {}", attempt, readable(path), std::strerror(error)));
}

Result<> write_all(int fd, std::span<const std::byte> bytes, std::string_view path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return refuse("write", path, errno);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
    return {};
}

/// A file without a name can be given one only by way of its descriptor (open(2), O_TMPFILE).
bool link_descriptor(int fd, int folder, const std::string& name) {
    const std::string source = fmt::format("/proc/self/fd/{}", fd);
    return ::linkat(AT_FDCWD, source.c_str(), folder, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
}

std::string new_temporary_name() {
    return ".slipway-" + random_hex(8);
}

}  // namespace

Result<std::shared_ptr<TargetDirectory>> TargetDirectory::open(const std::string& path) {
    std::error_code failed;
    std::filesystem::create_directories(path, failed);  // what went wrong, opening it tells
    const int fd = ::open(path.c_str(), folder_flags);
    if (fd < 0) {
        return tl::unexpected(refuse("open the folder", path, errno).error());
    }
    return std::unique_ptr<TargetDirectory>(new TargetDirectory(std::make_shared<OpenFile>(fd)));
}

Result<std::shared_ptr<OpenFile>> TargetDirectory::open_folder_of(std::string_view path) const {
    std::shared_ptr<OpenFile> folder = directory_;
    for (auto slash = path.find('/'), from = std::size_t{0}; slash != path.npos;
         from = slash + 1, slash = path.find('/', from)) {
        const std::string name(path.substr(from, slash - from));
        int fd = ::openat(folder->fd(), name.c_str(), folder_flags | O_NOFOLLOW);
        if (fd < 0 && errno == ENOENT) {
            if (::mkdirat(folder->fd(), name.c_str(), folder_mode) != 0 && errno != EEXIST) {
                return tl::unexpected(
                    refuse("make the folder", path.substr(0, slash), errno).error());
            }
            fd = ::openat(folder->fd(), name.c_str(), folder_flags | O_NOFOLLOW);
        }
        if (fd < 0 && (errno == ENOTDIR || errno == ELOOP)) {
            return fail(ErrorKind::already_exists,
                        fmt::format("its key wants '{}' to be a folder, where there is a file, or "
                                    "a symbolic link, which is not followed",
                                    readable(path.substr(0, slash))));
        }
        if (fd < 0) {
            return tl::unexpected(refuse("open the folder", path.substr(0, slash), errno).error());
        }
        folder = std::make_shared<OpenFile>(fd);
    }
    return folder;
}

TargetFile::TargetFile(std::shared_ptr<const TargetDirectory> directory, std::string path)
    : directory_(std::move(directory)), path_(std::move(path)), name_(last_part(path_)) {
}

TargetFile::~TargetFile() {
    if (!temporary_name_.empty()) {
        ::unlinkat(folder_->fd(), temporary_name_.c_str(), 0);
    }
}

Result<> TargetFile::open() {
    if (file_ != nullptr) {
        return {};
    }
    SLIPWAY_TRY(folder, directory_->open_folder_of(path_));
    folder_ = std::move(folder);
    SLIPWAY_CHECK(check_free_name());
    return make_file();
}

/// A rename would replace a device, and fail only at the end for a folder.
Result<> TargetFile::check_free_name() const {
    struct stat there {};
    if (::fstatat(folder_->fd(), name_.c_str(), &there, 0) != 0 || S_ISREG(there.st_mode)) {
        return {};
    }
    return fail(ErrorKind::already_exists,
                fmt::format("'{}' is {} already", readable(path_),
                            S_ISDIR(there.st_mode) ? "a folder" : "there and no regular file"));
}

Result<> TargetFile::make_file() {
    // Without a name nothing is left even by a kill -9; not all file systems have that.
    int fd = ::openat(folder_->fd(), ".", O_TMPFILE | write_flags, file_mode);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
        std::string name = new_temporary_name();
        fd = ::openat(folder_->fd(), name.c_str(), O_CREAT | O_EXCL | write_flags, file_mode);
        temporary_name_ = fd < 0 ? "" : std::move(name);
    }
    if (fd < 0) {
        return refuse("make", path_, errno);
    }
    file_ = std::make_unique<OpenFile>(fd);
    return {};
}

Result<> TargetFile::write(std::span<const std::byte> bytes) {
    SLIPWAY_CHECK(open());
    return write_all(file_->fd(), bytes, path_);
}

Result<> TargetFile::finish(Time last_modified) {
    SLIPWAY_CHECK(open());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(last_modified);
    const timespec modified{static_cast<time_t>(seconds.time_since_epoch().count()), 0};
    const timespec times[2] = {modified, modified};
    ::futimens(file_->fd(), times);  // a file system that keeps no times keeps the bytes
    return take_name();
}

Result<> TargetFile::take_name() {
    if (temporary_name_.empty()) {
        if (link_descriptor(file_->fd(), folder_->fd(), name_)) {
            return {};
        }
        // A link does not replace what is there, a rename does.
        std::string name = new_temporary_name();
        if (errno != EEXIST || !link_descriptor(file_->fd(), folder_->fd(), name)) {
            return refuse("name", path_, errno);
        }
        temporary_name_ = std::move(name);
    }
    if (::renameat(folder_->fd(), temporary_name_.c_str(), folder_->fd(), name_.c_str()) != 0) {
        return refuse("name", path_, errno);
    }
    temporary_name_.clear();
    return {};
}

Result<> DescriptorSink::write(std::span<const std::byte> bytes) {
    return write_all(fd_, bytes, "standard output");
}

}  // namespace slipway::engine
