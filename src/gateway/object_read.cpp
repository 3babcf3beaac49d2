// SPDX-License-Identifier: Apache-2.0
#include "gateway/object_read.h"

#include "codec/time.h"
#include "gateway/answers.h"
#include "gateway/attributes.h"
#include "gateway/preconditions.h"
#include "http/range.h"

#include <utility>

namespace slipway::gateway {

Result<objects::GetRequest> read_get_request(const Call& call) {
    SLIPWAY_CHECK(check_overrides(call));
    objects::GetRequest get;
    get.bucket = call.target.bucket;
    get.key = call.target.key;
    if (const std::string* range = call.request.headers.find("range"); range != nullptr) {
        get.range = http::parse_range(*range);
    }
    get.conditions = read_conditions(call);
    return get;
}

Task<http::Response> refuse_read(Call& call, const objects::GetRequest& get, Error error) {
    if (error.code != "NotModified") {
        co_return fail(std::move(error));
    }
    objects::GetRequest unconditional;
    unconditional.bucket = get.bucket;
    unconditional.key = get.key;
    const auto info = co_await call.store.head(unconditional);
    http::Response response = empty_answer(304);
    if (info) {
        response.headers.add("ETag", quoted(info->etag));
        response.headers.add("Last-Modified", codec::http_date(info->last_modified));
        if (!info->attributes.cache_control.empty()) {
            response.headers.add("Cache-Control", info->attributes.cache_control);
        }
        if (!info->attributes.expires.empty()) {
            response.headers.add("Expires", info->attributes.expires);
        }
    }
    co_return response;
}

}  // namespace slipway::gateway
