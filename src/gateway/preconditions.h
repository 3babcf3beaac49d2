// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "gateway/call.h"
#include "objects/object_store.h"

namespace slipway::gateway {

/// If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since of a GET or HEAD.
objects::Conditions read_conditions(const Call& call);

/// Those of a write: If-Match and If-None-Match. The two dates mean nothing there.
objects::Conditions read_write_conditions(const Call& call);

/// x-amz-copy-source-if-match and so on.
objects::Conditions read_copy_source_conditions(const Call& call);

/// Those of a DELETE: If-Match.
/// Errors: unsupported `NotImplemented` for If-None-Match, which would delete what is not there.
Result<objects::Conditions> read_delete_conditions(const Call& call);

}  // namespace slipway::gateway
