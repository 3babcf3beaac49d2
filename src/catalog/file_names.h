// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace slipway::catalog {

/// How keys, ids and renamed files are written. Pure.

/// "username/photos/a.jpg".
std::string key_of(std::string_view user, std::string_view file_name);

/// The first part of a key.
std::string_view user_of(std::string_view s3_key);

/// The key with '/' written as '-'. Two keys may share it.
std::string plain_id(std::string_view s3_key);

/// The id of a key whose plain id belongs to another key: no third one can want it.
std::string distinct_id(std::string_view s3_key);

/// "photos/a.jpg" and 2: "photos/a (2).jpg". The number stands before the last extension; a name
/// that starts with its only dot (".bashrc") has none.
std::string numbered(std::string_view file_name, unsigned number);

}  // namespace slipway::catalog
