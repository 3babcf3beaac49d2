// SPDX-License-Identifier: Apache-2.0
#include "api/store_keys.h"

#include "api/file.h"
#include "s3/limits.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <sys/stat.h>

namespace slipway::api {

Result<std::vector<gateway::KeyGrant>> read_keys_file(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("keys_file: cannot read {}: {}", path, std::strerror(errno)));
    }
    if (!S_ISREG(status.st_mode)) {
        return fail(ErrorKind::invalid_argument, fmt::format("keys_file: {} is not a file", path));
    }
    if ((status.st_mode & (S_IRWXO)) != 0) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("keys_file: everybody on this machine can use {} (mode {:o}); "
                                "chmod 600 {}",
                                path, status.st_mode & 07777U, path));
    }
    if (static_cast<std::uint64_t>(status.st_size) > s3::keys_file_bytes_max) {
        return fail(ErrorKind::invalid_argument, fmt::format("keys_file: {} has more than {} bytes",
                                                             path, s3::keys_file_bytes_max));
    }
    SLIPWAY_TRY(text, read_file(path));
    return gateway::parse_keys_file(text, path);
}

}  // namespace slipway::api
