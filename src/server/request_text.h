// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// What texts of requests may be.
namespace slipway::server {

/// A control character of ASCII or of Latin-1 in UTF-8.
bool has_control_character(std::string_view text);

/// "type/subtype" with optional parameters (RFC 9110, section 8.3.1), loosely: it goes into a
/// header.
bool is_media_type(std::string_view text);

}  // namespace slipway::server
