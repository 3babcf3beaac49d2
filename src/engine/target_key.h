// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::engine {

enum class RootKind : std::uint8_t { file, directory };

/// A path that a user named to be uploaded.
struct Root {
    std::string_view path;
    RootKind kind = RootKind::file;
    bool alone = true;  ///< the only one named
};

/// Where a root goes: for a file its key, for a directory what the keys of its files begin with,
/// which is empty or ends in '/'.
///
///     root            alone   prefix      answer
///     a/photos        yes     2026        2026/            its files go right below the prefix
///     a/photos        no      2026        2026/photos/     it keeps its name, as with cp -r
///     a/.  or  ..     no      2026        2026/            it has no name to keep
///     a/cat.jpg       yes     2026        2026             the prefix is the key
///     a/cat.jpg       yes     2026/       2026/cat.jpg
///     a/cat.jpg       no      2026        2026/cat.jpg
///     a/cat.jpg       yes                 cat.jpg
std::string root_key(std::string_view prefix, const Root& root);

/// The key of a file that is named in a list: the prefix, a '/' if it lacks one, and the path
/// without what leads to the same file anyway ("./", "//") and the "/" at its start. So two paths
/// with one key are the same file, unless one of them is relative and the other is not.
/// Errors: invalid_argument for a path with ".." in it, or without a name.
Result<std::string> listed_key(std::string_view prefix, std::string_view path);

/// Of a file, or all of a directory, that would go where `other` goes: an already_exists.
Error key_is_taken(std::string_view path, std::string_view other, std::string_view key);

}  // namespace slipway::engine
