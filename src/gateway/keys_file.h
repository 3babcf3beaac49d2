// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "gateway/access_keys.h"
#include "s3/credentials.h"

#include <string>
#include <string_view>
#include <vector>

namespace slipway::gateway {

/// A key as a keys file has it.
struct KeyGrant {
    s3::Credentials credentials;
    Access access = Access::read;
    std::vector<std::string> buckets;
};

/// Reads the keys of a store: TOML, a table a key, nothing of it optional.
///
///     [[keys]]
///     id = "AKIDPHOTOS"
///     secret = "..."
///     buckets = ["photos", "logs-*"]   # names, or beginnings of names with a '*'
///     access = "write"                 # or "read"
///
/// Errors: invalid_argument with `path`, line, key and what is wrong; never with a secret.
Result<std::vector<KeyGrant>> parse_keys_file(std::string_view text, std::string_view path);

}  // namespace slipway::gateway
