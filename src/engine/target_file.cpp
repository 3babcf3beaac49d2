// SPDX-License-Identifier: Apache-2.0
#include "engine/target_file.h"

#include "base/limits.h"
#include "base/random.h"
#include "engine/content_check.h"
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
#include <vector>

namespace slipway::engine {
namespace {

constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
constexpr int write_flags = O_RDWR | O_CLOEXEC;
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

/// A file without a name can be given one only by way of its descriptor (open(2), O_TMPFILE).
bool link_descriptor(int fd, int folder, const std::string& name) {
    const std::string source = fmt::format("/proc/self/fd/{}", fd);
    return ::linkat(AT_FDCWD, source.c_str(), folder, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
}

std::string new_temporary_name() {
    return ".slipway-" + random_hex(8);
}

/// Without a name nothing is left even by a kill -9; not all file systems have that.
int make_unnamed_file(int folder) {
    return ::openat(folder, ".", O_TMPFILE | write_flags, file_mode);
}

/// Shows all bytes of a file in their order; whether it could be read to its end.
bool read_file(int fd, const std::function<void(std::span<const std::byte>)>& see) {
    std::vector<std::byte> piece(limits::chunk_bytes);
    for (off_t offset = 0;;) {
        const ssize_t count = ::pread(fd, piece.data(), piece.size(), offset);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return count == 0;
        }
        see(std::span(piece).first(static_cast<std::size_t>(count)));
        offset += count;
    }
}

}  // namespace

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

Result<std::shared_ptr<TargetDirectory>> TargetDirectory::open(const std::string& path,
                                                               MakeUnnamed make_unnamed,
                                                               Close close) {
    std::error_code failed;
    std::filesystem::create_directories(path, failed);
    const int fd = ::open(path.c_str(), folder_flags);
    if (fd < 0) {
        const int why = errno == ENOENT && failed ? failed.value() : errno;
        return tl::unexpected(refuse("open the folder", path, why).error());
    }
    auto directory = std::make_shared<OpenFile>(fd);
    return std::unique_ptr<TargetDirectory>(new TargetDirectory(
        std::move(directory), make_unnamed ? std::move(make_unnamed) : make_unnamed_file,
        close ? std::move(close) : ::close));
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

std::shared_ptr<OpenFile> TargetDirectory::open_file(std::string_view path,
                                                     std::uint64_t size) const {
    std::shared_ptr<OpenFile> at = directory_;
    while (true) {
        const auto slash = path.find('/');
        const std::string name(path.substr(0, slash));
        const bool last = slash == path.npos;
        // O_NONBLOCK: a pipe would wait for its writer.
        const int flags = last ? O_RDONLY | O_NONBLOCK | O_CLOEXEC : folder_flags;
        const int fd = ::openat(at->fd(), name.c_str(), flags | O_NOFOLLOW);
        if (fd < 0) {
            return nullptr;
        }
        at = std::make_shared<OpenFile>(fd);
        if (last) {
            break;
        }
        path.remove_prefix(slash + 1);
    }
    struct stat status {};
    const bool there = ::fstat(at->fd(), &status) == 0 && S_ISREG(status.st_mode) &&
                       static_cast<std::uint64_t>(status.st_size) == size;
    return there ? at : nullptr;
}

TargetDirectory::NewFile TargetDirectory::make_file(const OpenFile& folder) const {
    NewFile made;
    made.fd = make_unnamed_(folder.fd());
    if (made.fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
        made.name = new_temporary_name();
        made.fd =
            ::openat(folder.fd(), made.name.c_str(), O_CREAT | O_EXCL | write_flags, file_mode);
    }
    return made;
}

bool TargetDirectory::hand_over(int fd) const {
    // NFS and FUSE do it, and tell, at the close of any descriptor of a file. So this one stays
    // open to be given a name, and its own close has nothing left that could fail.
    while (true) {
        const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
        if (copy < 0) {
            return false;
        }
        if (close_(copy) == 0) {
            return true;
        }
        if (errno != EINTR) {
            return false;
        }
    }
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
    TargetDirectory::NewFile made = directory_->make_file(*folder_);
    if (made.fd < 0) {
        return refuse("make", path_, errno);
    }
    file_ = std::make_unique<OpenFile>(made.fd);
    temporary_name_ = std::move(made.name);
    return {};
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

Result<> TargetFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t written =
            ::pwrite(file_->fd(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno != EINTR) {
            return refuse("write", path_, errno);
        }
        const auto count = static_cast<std::size_t>(std::max<ssize_t>(written, 0));
        bytes = bytes.subspan(count);
        offset += count;
    }
    return {};
}

Result<> TargetFile::read_through(
    const std::function<void(std::span<const std::byte>)>& see) const {
    return read_file(file_->fd(), see) ? Result<>() : refuse("read again", path_, errno);
}

bool TargetFile::is_there(const objects::ObjectInfo& info, bool trust_etag) const {
    const auto file = directory_->open_file(path_, info.size);
    if (file == nullptr || info.size == 0) {
        return file != nullptr;
    }
    ContentCheck check(info, trust_etag);
    const auto see = [&check](std::span<const std::byte> bytes) { check.update(bytes); };
    return check.can_tell() && read_file(file->fd(), see) && check.finish();
}

Result<> TargetFile::finish(Time last_modified) {
    if (!directory_->hand_over(file_->fd())) {
        return refuse("write", path_, errno);
    }
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
    // Who may read it stays as it was.
    struct stat before {};
    if (::fstatat(folder_->fd(), name_.c_str(), &before, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(before.st_mode)) {
        ::fchmod(file_->fd(), before.st_mode & 07777);
    }
    if (::renameat(folder_->fd(), temporary_name_.c_str(), folder_->fd(), name_.c_str()) != 0) {
        return refuse("name", path_, errno);
    }
    temporary_name_.clear();
    return {};
}

}  // namespace slipway::engine
