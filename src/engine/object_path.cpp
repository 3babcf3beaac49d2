// SPDX-License-Identifier: Apache-2.0
#include "engine/object_path.h"

#include "base/limits.h"

#include <fmt/format.h>

namespace slipway::engine {
namespace {

Result<> refuse(std::string_view why) {
    return fail(ErrorKind::invalid_argument,
                fmt::format("its key is no path below the target: {}; get it by itself, "
                            "to a file whose name you give",
                            why));
}

}  // namespace

Result<> check_object_path(std::string_view path) {
    if (path.empty()) {
        return refuse("it has no name");
    }
    if (path.starts_with('/')) {
        return refuse("it begins with '/'");
    }
    if (path.find('\0') != path.npos) {
        return refuse("it has a NUL in it");
    }
    while (true) {
        const auto slash = path.find('/');
        const std::string_view part = path.substr(0, slash);
        if (part.empty()) {
            return refuse("it has an empty part ('//', or '/' at its end)");
        }
        if (part == "." || part == "..") {
            return refuse(fmt::format("it has '{}' in it", part));
        }
        if (part.size() > limits::file_name_bytes_max) {
            return refuse(fmt::format("a part of it has {} bytes, and a file's name at most {}",
                                      part.size(), limits::file_name_bytes_max));
        }
        if (slash == path.npos) {
            return {};
        }
        path.remove_prefix(slash + 1);
    }
}

std::string_view last_part(std::string_view key) {
    return key.substr(key.rfind('/') + 1);
}

}  // namespace slipway::engine
