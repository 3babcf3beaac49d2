// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "gateway/call.h"

namespace slipway::gateway {

/// Whether a body that is to be stored has a size that is known before its first byte is taken, and
/// that one request may send.
/// Errors: unsupported `NotImplemented`; invalid_argument `MissingContentLength`; too_large
/// `EntityTooLarge`.
Result<> check_body_size(const Call& call);

}  // namespace slipway::gateway
