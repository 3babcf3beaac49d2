// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <cstddef>
#include <string>
#include <string_view>

/// Where files that come through the server are kept: <category>/user_<id>/<type>/<hash>.<ext>
namespace slipway::server {

/// A shortened SHA-256 in hex has so many digits; the hash of a stream, which cannot be read twice,
/// is random and looks the same.
inline constexpr std::size_t forwarded_hash_digits = 32;

/// A file's type or category: one part of a key. `field` is its name in the request.
/// Errors: invalid_argument `invalid_<field>` for what is empty, too long, no UTF-8, or has '/',
/// ".." or a control character.
Result<> check_key_part(std::string_view field, std::string_view text);

/// The extension of a file name in lower case, without the dot; empty where it has none that is
/// short and of letters and digits.
std::string key_extension(std::string_view file_name);

/// Errors: invalid_argument `invalid_file_type`: the key is longer than S3 takes.
Result<std::string> forwarded_key(std::string_view category,
                                  std::string_view user,
                                  std::string_view type,
                                  std::string_view file_name);

}  // namespace slipway::server
