// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/secret.h"
#include "s3/credentials.h"

#include <string>

namespace slipway::api {

/// The secrets a data directory is given at the first start and keeps.
struct Keys {
    std::string store_access_key;
    Secret store_secret_key;
    Secret session_key;  ///< signs the cookies of the page
};

/// Reads data_dir/keys.toml, makes what is missing in it, and writes it with mode 0600.
/// Errors: io, permission_denied, no_space; invalid_argument with the line that is no key.
Result<Keys> open_keys(const std::string& data_dir);

/// What the embedded store asks for: the keys given, else those kept.
/// Errors: those of open_keys; invalid_argument when one key of the two is given.
Result<s3::Credentials> store_credentials(const std::string& data_dir,
                                          const std::string& access_key,
                                          const std::string& secret_key);

}  // namespace slipway::api
