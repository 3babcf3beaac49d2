// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/clock.h"
#include "s3/sigv4.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::s3 {

/// What a browser's form may store. Views must live until sign_post returns.
struct PostPolicy {
    std::string_view bucket;
    std::string_view key;  ///< ending with "${filename}": all that begin with what is before it
    std::chrono::seconds expires_in{3600};
    std::optional<std::uint64_t> size_min;
    std::optional<std::uint64_t> size_max;
    std::vector<NameValue> fields;  ///< of the form, with the values they must have
};

/// The fields of the form, in its order: key, the policy's, the signature's. The file comes last.
///
/// Pure: time comes in. Errors: invalid_argument: bad key or bucket, expiry, sizes, a field that
/// the signature brings itself, no UTF-8.
/// Source: AWS, "Browser-Based Uploads Using POST (AWS Signature Version 4)" (read 2026-11).
Result<std::vector<std::pair<std::string, std::string>>> sign_post(const Signer& signer,
                                                                   const PostPolicy& policy,
                                                                   Time now);

}  // namespace slipway::s3
