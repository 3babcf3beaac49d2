// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "gateway/call.h"
#include "http/message.h"
#include "objects/object_store.h"
#include "task/task.h"

namespace slipway::gateway {

/// What a GET or HEAD asks for: the object, a range or part of it, its conditions.
/// Errors: `InvalidArgument` for response- parameters that cannot be headers, and for a part number
/// that is none; `InvalidRequest` for a part together with a range.
Result<objects::GetRequest> read_get_request(const Call& call);

/// The answer to a GET that the store did, or to a HEAD that needs what a GET tells, without its
/// body.
Task<http::Response> answer_read(Call& call,
                                 const objects::GetRequest& get,
                                 const objects::GetResult& result);

/// The answer when the store refused: 304 with what a cache wants to know of the object, else the
/// error.
Task<http::Response> refuse_read(Call& call, const objects::GetRequest& get, Error error);

}  // namespace slipway::gateway
