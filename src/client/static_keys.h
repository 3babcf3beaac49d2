// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "client/aws_settings.h"
#include "s3/credentials.h"

#include <optional>
#include <string>

/// Keys that are written down somewhere. Nothing where there are none.
/// Errors: invalid_argument where a place has one half of a pair.
namespace slipway::client {

using StaticKeys = Result<std::optional<s3::Credentials>>;

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN.
StaticKeys keys_of_environment(const Environment& environment);

/// aws_access_key_id and so on of a section of the file at `path`, if there is one.
StaticKeys keys_of_section(const IniSection* section, const std::string& path);

}  // namespace slipway::client
