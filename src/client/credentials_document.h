// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "s3/credentials.h"

#include <string>
#include <string_view>

namespace slipway::client {

/// Temporary credentials in JSON, as container agents, the instance metadata service ("Token") and
/// credential processes ("SessionToken") write them. No message quotes the document: it may hold a
/// secret.
/// Errors: corrupted.
Result<s3::Credentials> parse_credentials(std::string_view document, std::string_view token_name);

/// A small file such as a token, without white space around it.
/// Errors: not_found, permission_denied, io, too_large.
Result<std::string> read_token_file(const std::string& path);

}  // namespace slipway::client
