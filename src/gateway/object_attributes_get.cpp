// SPDX-License-Identifier: Apache-2.0
// GetObjectAttributes
#include "codec/time.h"
#include "gateway/answers.h"
#include "gateway/listing.h"
#include "gateway/operations.h"
#include "gateway/parameters.h"
#include "gateway/preconditions.h"
#include "s3/errors.h"
#include "s3/limits.h"
#include "s3/object_documents.h"

#include <algorithm>
#include <utility>

namespace slipway::gateway {
namespace {

struct Wanted {
    bool etag = false;
    bool checksum = false;
    bool parts = false;
    bool storage_class = false;
    bool size = false;
};

Result<> take_name(std::string_view name, Wanted& wanted) {
    if (name == "ETag") {
        wanted.etag = true;
    } else if (name == "Checksum") {
        wanted.checksum = true;
    } else if (name == "ObjectParts") {
        wanted.parts = true;
    } else if (name == "StorageClass") {
        wanted.storage_class = true;
    } else if (name == "ObjectSize") {
        wanted.size = true;
    } else {
        return s3::s3_fail("InvalidArgument", "Invalid attribute name specified.");
    }
    return {};
}

/// x-amz-object-attributes: names separated by commas, in one header or several.
Result<Wanted> read_wanted(const Call& call) {
    Wanted wanted;
    bool any = false;
    for (const http::Header& header : call.headers_after("x-amz-object-attributes")) {
        std::string_view names = header.value;
        while (header.name.empty() && !names.empty()) {
            const auto comma = std::min(names.find(','), names.size());
            const std::string_view name = http::trimmed(names.substr(0, comma));
            names.remove_prefix(std::min(comma + 1, names.size()));
            if (!name.empty()) {
                SLIPWAY_CHECK(take_name(name, wanted));
                any = true;
            }
        }
    }
    if (!any) {
        return s3::s3_fail("InvalidRequest",
                           "The x-amz-object-attributes header specifying the attributes to be "
                           "retrieved is either missing or empty");
    }
    return wanted;
}

Result<objects::ObjectPartsRequest> to_parts_request(const Call& call) {
    objects::ObjectPartsRequest request;
    request.bucket = call.target.bucket;
    request.key = call.target.key;
    constexpr std::string_view marker_name = "x-amz-part-number-marker";
    SLIPWAY_TRY(marker, read_number(marker_name, call.header(marker_name), 0));
    request.number_marker = marker;
    constexpr std::string_view max_name = "x-amz-max-parts";
    SLIPWAY_TRY(parts_max, read_number(max_name, call.header(max_name), s3::list_parts_max));
    request.parts_max = std::min(parts_max, s3::list_parts_max);
    return request;
}

s3::AttributeParts to_attribute_parts(const objects::ObjectPartsRequest& request,
                                      objects::ObjectPartsResult listed) {
    s3::AttributeParts parts;
    parts.total = listed.info.parts_count;
    parts.number_marker = request.number_marker;
    parts.parts_max = request.parts_max;
    parts.truncated = listed.truncated;
    parts.parts = listed_parts(std::move(listed.parts));
    parts.next_number_marker = parts.parts.empty() ? 0 : parts.parts.back().number;
    return parts;
}

s3::AttributesResult to_result(const Wanted& wanted, const objects::ObjectInfo& info) {
    s3::AttributesResult result;
    if (wanted.etag) {
        result.etag = info.etag;
    }
    if (wanted.checksum && info.checksum) {
        result.checksum_algorithm = objects::to_string(info.checksum->algorithm);
        result.checksum_value = info.checksum->value;
    }
    if (wanted.storage_class) {
        result.storage_class = info.attributes.storage_class;
    }
    if (wanted.size) {
        result.size = info.size;
    }
    return result;
}

}  // namespace

Task<http::Response> get_object_attributes(Call& call) {
    SLIPWAY_CO_TRY(wanted, read_wanted(call));
    SLIPWAY_CO_TRY(request, to_parts_request(call));
    SLIPWAY_CO_TRY(listed, co_await call.store.list_object_parts(request));
    s3::AttributesResult result = to_result(wanted, listed.info);
    const std::string last_modified = codec::http_date(listed.info.last_modified);
    if (wanted.parts && listed.info.parts_count > 0) {
        result.parts = to_attribute_parts(request, std::move(listed));
    }
    http::Response response = xml_answer(s3::attributes_xml(result));
    response.headers.add("Last-Modified", last_modified);
    co_return response;
}

}  // namespace slipway::gateway
