// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <string_view>

namespace slipway::s3 {

/// The rules for general purpose buckets: 3 to 63 of a-z 0-9 . -, a letter or digit at both ends,
/// no "..", not like an IP address, no reserved prefix or suffix.
/// Errors: invalid_argument `InvalidBucketName`.
Result<void> check_bucket_name(std::string_view bucket);

/// 1 to 1024 bytes of valid UTF-8.
/// Errors: invalid_argument `KeyTooLongError` or `InvalidArgument`.
Result<void> check_object_key(std::string_view key);

}  // namespace slipway::s3
