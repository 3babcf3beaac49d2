// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace slipway::s3 {

/// Whose a bucket, object or upload is.
struct Owner {
    std::string id;
    std::string display_name;
    friend bool operator==(const Owner&, const Owner&) = default;
};

}  // namespace slipway::s3
