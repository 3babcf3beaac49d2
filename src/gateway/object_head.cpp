// SPDX-License-Identifier: Apache-2.0
// HeadObject
#include "gateway/answers.h"
#include "gateway/attributes.h"
#include "gateway/object_read.h"
#include "gateway/operations.h"
#include "http/conditions.h"
#include "http/range.h"
#include "objects/conditions.h"

#include <utility>

namespace slipway::gateway {
namespace {

/// How long a part is only a GET tells.
Task<http::Response> head_part(Call& call, const objects::GetRequest& get) {
    auto answered = co_await call.store.get(get);
    if (!answered) {
        co_return co_await refuse_read(call, get, std::move(answered).error());
    }
    SLIPWAY_CO_TRY(response, co_await answer_read(call, get, *answered));
    response.head_content_length = answered->length;
    co_return response;
}

}  // namespace

Task<http::Response> head_object(Call& call) {
    SLIPWAY_CO_TRY(get, read_get_request(call));
    if (get.part_number > 0) {
        co_return co_await head_part(call, get);
    }
    auto range = std::exchange(get.range, std::nullopt);
    auto answered = co_await call.store.head(get);
    if (!answered) {
        co_return co_await refuse_read(call, get, std::move(answered).error());
    }
    const objects::ObjectInfo& info = *answered;
    const std::string* if_range = call.request.headers.find("if-range");
    if (if_range != nullptr && !http::if_range_holds(*if_range, info.etag, info.last_modified)) {
        range.reset();
    }
    SLIPWAY_CO_TRY(slice, objects::resolve_range(range, info.size));
    http::Response response = empty_answer(slice.partial ? 206 : 200);
    write_object_headers(call, info, slice.partial, response.headers);
    if (slice.partial) {
        response.headers.add("Content-Range",
                             http::content_range(slice.offset, slice.length, info.size));
    }
    response.head_content_length = slice.length;
    co_return response;
}

}  // namespace slipway::gateway
