// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <string>
#include <string_view>

namespace slipway::codec {

/// Percent-encodes as S3 signs: all but A-Z a-z 0-9 - . _ ~ becomes %XX in upper-case hex; '/'
/// stays with `keep_slash` (a key in a path) and is encoded without (a query value).
std::string percent_encode(std::string_view bytes, bool keep_slash);
void append_percent_encoded(std::string& out, std::string_view bytes, bool keep_slash);

/// The bytes behind a percent-encoded text; they need not be UTF-8.
/// Errors: invalid_argument for a '%' without two hex digits.
Result<std::string> percent_decode(std::string_view text);

/// The same where '+' stands for a space: query strings and form fields.
Result<std::string> form_decode(std::string_view text);

}  // namespace slipway::codec
