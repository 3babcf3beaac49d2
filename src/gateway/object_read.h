// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "gateway/call.h"
#include "http/message.h"
#include "objects/object_store.h"
#include "task/task.h"

namespace slipway::gateway {

/// What a GET or HEAD asks for: the object, a range of it, its conditions.
/// Errors: `InvalidArgument` for response- parameters that cannot be headers.
Result<objects::GetRequest> read_get_request(const Call& call);

/// The answer when the store refused: 304 with what a cache wants to know of the object, else the
/// error.
Task<http::Response> refuse_read(Call& call, const objects::GetRequest& get, Error error);

}  // namespace slipway::gateway
