// SPDX-License-Identifier: Apache-2.0
#include "engine/target_key.h"

#include "engine/object_path.h"
#include "engine/readable.h"

#include <fmt/format.h>

#include <algorithm>

namespace slipway::engine {
namespace {

std::string folder_of(std::string_view prefix) {
    std::string folder(prefix);
    if (!folder.empty() && !folder.ends_with('/')) {
        folder += '/';
    }
    return folder;
}

/// Empty for those that are no names: "/", "." and "..".
std::string_view last_name(std::string_view path) {
    while (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    const std::string_view name = last_part(path);
    return name == "." || name == ".." ? std::string_view() : name;
}

}  // namespace

std::string root_key(std::string_view prefix, const Root& root) {
    const std::string_view name = last_name(root.path);
    std::string key = folder_of(prefix);
    if (root.kind == RootKind::file) {
        const bool names_the_key = root.alone && !prefix.empty() && !prefix.ends_with('/');
        return names_the_key ? std::string(prefix) : key.append(name);
    }
    if (!root.alone && !name.empty()) {
        key.append(name).append("/");
    }
    return key;
}

Result<std::string> listed_key(std::string_view prefix, std::string_view path) {
    std::string key = folder_of(prefix);
    const std::size_t folder_bytes = key.size();
    while (!path.empty()) {
        const std::string_view name = path.substr(0, path.find('/'));
        path.remove_prefix(std::min(name.size() + 1, path.size()));
        if (name == "..") {
            return fail(ErrorKind::invalid_argument,
                        "a path with '..' gives no key; list it from the directory it is in");
        }
        if (!name.empty() && name != ".") {
            key.append(key.size() == folder_bytes ? "" : "/").append(name);
        }
    }
    if (key.size() == folder_bytes) {
        return fail(ErrorKind::invalid_argument, "a path without a file's name gives no key");
    }
    return key;
}

Error key_is_taken(std::string_view path, std::string_view other, std::string_view key) {
    auto words = fmt::format("{} has the key of {}, \"{}\": upload it by itself, to another prefix",
                             readable(path), readable(other), readable(key));
    return fail(ErrorKind::already_exists, std::move(words)).value();
}

}  // namespace slipway::engine
