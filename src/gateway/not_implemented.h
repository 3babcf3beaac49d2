// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "gateway/call.h"

namespace slipway::gateway {

/// Refuses what S3 knows and this store does not keep, where going on would be a wrong success:
/// encryption, locks, versions.
/// Errors: unsupported `NotImplemented` naming the header; not_found `NoSuchVersion`;
/// permission_denied when the bucket is expected to be someone else's.
Result<> check_implemented(const Call& call);

}  // namespace slipway::gateway
