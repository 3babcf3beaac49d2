// SPDX-License-Identifier: Apache-2.0
// GetObject
#include "gateway/object_read.h"
#include "gateway/operations.h"
#include "http/conditions.h"

#include <utility>

namespace slipway::gateway {
namespace {

bool holds(const std::string& if_range, const objects::ObjectInfo& info) {
    return http::if_range_holds(if_range, info.etag, info.last_modified);
}

/// What is there is known only with the answer, and only then whether If-Range holds.
Task<objects::GetResult> get_with_if_range(Call& call,
                                           objects::GetRequest get,
                                           const std::string& if_range) {
    auto ranged = co_await call.store.get(get);
    if (ranged ? holds(if_range, ranged->info) : ranged.error().code != "InvalidRange") {
        co_return ranged;
    }
    get.range.reset();
    auto whole = co_await call.store.get(get);
    if (!ranged && whole && holds(if_range, whole->info)) {
        co_return ranged;  // it holds, so the range is asked for, and names no byte
    }
    co_return whole;
}

}  // namespace

Task<http::Response> get_object(Call& call) {
    SLIPWAY_CO_TRY(get, read_get_request(call));
    const std::string* if_range = call.request.headers.find("if-range");
    Result<objects::GetResult> answered;
    if (if_range != nullptr && get.range) {
        answered = co_await get_with_if_range(call, get, *if_range);
    } else {
        answered = co_await call.store.get(get);
    }
    if (!answered) {
        co_return co_await refuse_read(call, get, std::move(answered).error());
    }
    objects::GetResult result = *std::move(answered);
    SLIPWAY_CO_TRY(response, co_await answer_read(call, get, result));
    response.body = std::move(result.body);
    co_return response;
}

}  // namespace slipway::gateway
