// SPDX-License-Identifier: Apache-2.0
// ListObjects and ListObjectsV2
#include "codec/base64.h"
#include "gateway/answers.h"
#include "gateway/operations.h"
#include "s3/documents.h"
#include "s3/errors.h"
#include "s3/limits.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace slipway::gateway {
namespace {

Result<unsigned> read_keys_max(const Call& call) {
    const std::string_view text = call.target.get("max-keys");
    if (text.empty()) {
        return s3::list_keys_max;
    }
    constexpr std::int64_t protocol_max = 2'147'483'647;
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || value < 0 ||
        value > protocol_max) {
        return s3::s3_fail("InvalidArgument",
                           "Argument max-keys must be an integer between 0 and 2147483647");
    }
    return static_cast<unsigned>(std::min<std::int64_t>(value, s3::list_keys_max));
}

/// A continuation token is the last name of the page before, marked so that a client's own text is
/// told from one of ours.
constexpr std::string_view token_mark = "1:";

std::string continuation_token(std::string_view last_name) {
    return codec::base64_encode(std::string(token_mark).append(last_name));
}

Result<std::string> read_continuation_token(std::string_view token) {
    auto text = codec::base64_decode(token);
    if (!text || !text->starts_with(token_mark)) {
        return s3::s3_fail("InvalidArgument", "The continuation token provided is incorrect");
    }
    return text->substr(token_mark.size());
}

/// What the request asks for, as far as it is repeated in the answer.
Result<s3::ListObjectsResult> read_parameters(const Call& call) {
    const s3::S3Target& target = call.target;
    s3::ListObjectsResult page;
    page.version = target.get("list-type") == "2" ? 2 : 1;
    page.bucket = target.bucket;
    page.prefix = target.get("prefix");
    page.delimiter = target.get("delimiter");
    SLIPWAY_TRY(keys_max, read_keys_max(call));
    page.keys_max = keys_max;
    const std::string_view encoding = target.get("encoding-type");
    if (!encoding.empty() && encoding != "url") {
        return s3::s3_fail("InvalidArgument", "Invalid Encoding Method specified in Request");
    }
    page.url_encoded = !encoding.empty();
    if (page.version == 1) {
        page.marker = target.get("marker");
    } else {
        page.start_after = target.get("start-after");
        page.continuation_token = target.get("continuation-token");
        if (page.continuation_token.empty() && target.has("continuation-token")) {
            return s3::s3_fail("InvalidArgument", "The continuation token provided is incorrect");
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
    if (!page.continuation_token.empty()) {
        SLIPWAY_TRY(start_after, read_continuation_token(page.continuation_token));
        request.start_after = std::move(start_after);
    }
    return request;
}

void take_page(objects::ListResult listed, s3::ListObjectsResult& page) {
    page.objects.reserve(listed.objects.size());
    for (objects::ObjectInfo& object : listed.objects) {
        s3::ListedObject entry;
        entry.key = std::move(object.key);
        entry.last_modified = object.last_modified;
        entry.etag = std::move(object.etag);
        entry.size = object.size;
        entry.storage_class = std::move(object.attributes.storage_class);
        if (object.checksum) {
            entry.checksum_algorithm = objects::to_string(object.checksum->algorithm);
        }
        page.objects.push_back(std::move(entry));
    }
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
