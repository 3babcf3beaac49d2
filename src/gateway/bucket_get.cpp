// SPDX-License-Identifier: Apache-2.0
// ListObjects and ListObjectsV2
#include "gateway/answers.h"
#include "gateway/listing.h"
#include "gateway/operations.h"
#include "gateway/parameters.h"
#include "s3/documents.h"
#include "s3/errors.h"
#include "s3/limits.h"

#include <utility>

namespace slipway::gateway {
namespace {

/// What the request asks for, as far as it is repeated in the answer.
Result<s3::ListObjectsResult> read_parameters(const Call& call) {
    const s3::S3Target& target = call.target;
    s3::ListObjectsResult page;
    page.version = target.get("list-type") == "2" ? 2 : 1;
    page.bucket = target.bucket;
    page.prefix = target.get("prefix");
    page.delimiter = target.get("delimiter");
    SLIPWAY_TRY(keys_max, read_page_size(call, "max-keys", s3::list_keys_max));
    page.keys_max = keys_max;
    SLIPWAY_TRY(url_encoded, read_url_encoding(call));
    page.url_encoded = url_encoded;
    if (page.version == 1) {
        page.marker = target.get("marker");
    } else {
        page.start_after = target.get("start-after");
        if (const std::string* token = target.find("continuation-token"); token != nullptr) {
            page.continuation_token = *token;
        }
    }
    if (page.version == 1 || target.get("fetch-owner") == "true") {
        page.owner = call.options.owner;
    }
    return page;
}

Result<objects::ListRequest> to_list_request(const s3::ListObjectsResult& page) {
    objects::ListRequest request;
    request.bucket = page.bucket;
    request.prefix = page.prefix;
    request.delimiter = page.delimiter;
    request.keys_max = page.keys_max;
    request.start_after = page.version == 1 ? page.marker : page.start_after;
    if (page.continuation_token && !page.continuation_token->empty()) {
        SLIPWAY_TRY(start_after, read_continuation_token(*page.continuation_token));
        request.start_after = std::move(start_after);
    }
    return request;
}

void take_page(objects::ListResult listed, s3::ListObjectsResult& page) {
    page.objects = listed_objects(std::move(listed.objects));
    page.common_prefixes = std::move(listed.common_prefixes);
    page.truncated = listed.truncated;
    if (!listed.truncated) {
        return;
    }
    if (page.version == 2) {
        page.next_continuation_token = continuation_token(listed.next_start_after);
    } else if (!page.delimiter.empty()) {
        // Without a delimiter the last key serves, and S3 leaves it to the client.
        page.next_marker = std::move(listed.next_start_after);
    }
}

}  // namespace

Task<http::Response> list_objects(Call& call) {
    SLIPWAY_CO_TRY(page, read_parameters(call));
    SLIPWAY_CO_TRY(request, to_list_request(page));
    if (page.keys_max == 0) {
        SLIPWAY_CO_CHECK(co_await call.store.head_bucket(call.target.bucket));
    } else {
        SLIPWAY_CO_TRY(listed, co_await call.store.list(request));
        take_page(std::move(listed), page);
    }
    http::Response response = xml_answer(s3::list_objects_xml(page));
    response.headers.add("x-amz-bucket-region", call.options.region);
    co_return response;
}

}  // namespace slipway::gateway
