// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec/digest.h"

#include <string_view>

namespace slipway::codec {

/// HMAC-SHA1 (RFC 2104), which only old signatures still ask for.
Sha1::Value hmac_sha1(std::string_view key, std::string_view message);

}  // namespace slipway::codec
