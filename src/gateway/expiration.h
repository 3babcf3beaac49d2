// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gateway/call.h"
#include "http/message.h"
#include "objects/object_store.h"

namespace slipway::gateway {

/// Adds x-amz-expiration, with the time and the name of the rule, to an answer about an object of
/// the call's bucket that a lifecycle rule will remove. The rules are read for each such answer;
/// where there are none, as nearly everywhere, that is a lookup in memory.
void write_expiration(const Call& call, const objects::ObjectInfo& info, http::Headers& headers);

}  // namespace slipway::gateway
