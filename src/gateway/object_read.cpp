// SPDX-License-Identifier: Apache-2.0
#include "gateway/object_read.h"

#include "codec/time.h"
#include "gateway/answers.h"
#include "gateway/attributes.h"
#include "gateway/listing.h"
#include "gateway/parameters.h"
#include "gateway/preconditions.h"
#include "http/range.h"
#include "s3/errors.h"

#include <optional>
#include <string>
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
    if (call.target.has("partNumber")) {
        SLIPWAY_TRY(number, read_part_number(call));
        get.part_number = number;
        if (call.request.headers.has("range")) {
            return s3::s3_fail("InvalidRequest",
                               "Cannot specify both Range header and partNumber query parameter");
        }
    }
    get.conditions = read_conditions(call);
    return get;
}

namespace {

/// The checksum of part `number` of the object that was read; nothing where it is not known.
Task<std::optional<objects::Checksum>> find_part_checksum(Call& call,
                                                          const objects::ObjectInfo& info,
                                                          unsigned number) {
    std::optional<objects::Checksum> none;
    objects::ObjectPartsRequest request;
    request.bucket = call.target.bucket;
    request.key = call.target.key;
    request.parts_max = 1;
    request.number_marker = info.parts_count;
    SLIPWAY_CO_TRY(beyond, co_await call.store.list_object_parts(request));
    if (!beyond.parts.empty()) {
        co_return none;  // the numbers have gaps, and reading counts parts without them
    }
    request.number_marker = number - 1;
    SLIPWAY_CO_TRY(listed, co_await call.store.list_object_parts(request));
    const bool same = listed.info.etag == info.etag && listed.parts.size() == 1 &&
                      listed.info.last_modified == info.last_modified;
    co_return same ? listed.parts.front().checksum : none;
}

}  // namespace

Task<http::Response> answer_read(Call& call,
                                 const objects::GetRequest& get,
                                 const objects::GetResult& result) {
    const objects::ObjectInfo& info = result.info;
    const bool is_part = get.part_number > 0 && info.parts_count > 0;
    const bool whole = !result.partial || (get.part_number > 0 && !is_part);
    http::Response response = empty_answer(result.partial ? 206 : 200);
    write_object_headers(call, info, !whole, response.headers);
    if (result.partial) {
        response.headers.add("Content-Range",
                             http::content_range(result.offset, result.length, info.size));
    }
    if (is_part) {
        response.headers.add("x-amz-mp-parts-count", std::to_string(info.parts_count));
    }
    if (is_part && info.checksum && asks_for_checksum(call)) {
        SLIPWAY_CO_TRY(checksum, co_await find_part_checksum(call, info, get.part_number));
        if (checksum) {
            response.headers.add(std::string(objects::header_name(checksum->algorithm)),
                                 checksum->value);
            response.headers.add("x-amz-checksum-type",
                                 std::string(checksum_type(objects::is_composite(*info.checksum))));
        }
    }
    co_return response;
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
