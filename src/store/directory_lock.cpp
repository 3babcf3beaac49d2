// SPDX-License-Identifier: Apache-2.0
#include "store/directory_lock.h"

#include "store/file_system.h"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>

namespace slipway::store {

Result<std::unique_ptr<OpenFile>> lock_directory(const std::string& directory) {
    const std::string path = directory + "/lock";
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        return fail(system_error("cannot open " + path, errno));
    }
    auto file = std::make_unique<OpenFile>(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            return fail(ErrorKind::unavailable,
                        fmt::format("the store in {} is in use by another process; stop that one, "
                                    "or choose another directory",
                                    directory));
        }
        return fail(system_error("cannot lock " + path, errno));
    }
    return file;
}

}  // namespace slipway::store
