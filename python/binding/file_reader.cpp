// SPDX-License-Identifier: Apache-2.0
#include "file_reader.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace slipway::python {
namespace {

tl::unexpected<Error> failed(const char* what, const std::string& path, int error) {
    const ErrorKind kind = error == ENOENT || error == ENOTDIR ? ErrorKind::not_found
                           : error == EACCES || error == EPERM ? ErrorKind::permission_denied
                                                               : ErrorKind::io;
    return fail(kind, std::string("cannot ") + what + " " + path + ": " + std::strerror(error));
}

}  // namespace

Result<std::unique_ptr<FileReader>> FileReader::open(const std::string& path) {
    // O_NONBLOCK: a pipe that nobody writes to is not to be waited for.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) {
        return failed("open", path, errno);
    }
    std::unique_ptr<FileReader> made(new FileReader(descriptor, path));
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) {
        return failed("look at", path, errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return fail(ErrorKind::unsupported, path + " is no regular file", "NotAFile");
    }
    return made;
}

FileReader::~FileReader() {
    ::close(descriptor_);
}

Result<std::size_t> FileReader::read(std::uint64_t offset, std::span<char> into) const {
    while (true) {
        const auto count =
            ::pread(descriptor_, into.data(), into.size(), static_cast<off_t>(offset));
        if (count >= 0) {
            return static_cast<std::size_t>(count);
        }
        if (errno != EINTR) {
            return failed("read", path_, errno);
        }
    }
}

}  // namespace slipway::python
