// SPDX-License-Identifier: Apache-2.0
// ListParts
#include "gateway/answers.h"
#include "gateway/listing.h"
#include "gateway/operations.h"
#include "gateway/parameters.h"
#include "s3/limits.h"
#include "s3/multipart_documents.h"

#include <utility>

namespace slipway::gateway {
namespace {

Result<s3::ListPartsResult> read_parameters(const Call& call) {
    s3::ListPartsResult page;
    page.bucket = call.target.bucket;
    page.key = call.target.key;
    page.upload_id = call.target.get("uploadId");
    SLIPWAY_TRY(parts_max, read_page_size(call, "max-parts", s3::list_parts_max));
    page.parts_max = parts_max;
    constexpr std::string_view marker_name = "part-number-marker";
    SLIPWAY_TRY(marker, read_number(marker_name, call.target.get(marker_name), 0));
    page.number_marker = marker;
    SLIPWAY_TRY(url_encoded, read_url_encoding(call));
    page.url_encoded = url_encoded;
    page.owner = call.options.owner;
    return page;
}

void take_page(objects::ListPartsResult listed, s3::ListPartsResult& page) {
    page.parts = listed_parts(std::move(listed.parts));
    page.truncated = listed.truncated;
    page.next_number_marker = page.parts.empty() ? 0 : page.parts.back().number;
}

}  // namespace

Task<http::Response> list_parts(Call& call) {
    SLIPWAY_CO_TRY(page, read_parameters(call));
    objects::ListPartsRequest request;
    request.upload = upload_of(call);
    request.number_marker = page.number_marker;
    request.parts_max = page.parts_max;
    SLIPWAY_CO_TRY(begun, co_await call.store.find_multipart(request.upload));
    page.storage_class = std::move(begun.attributes.storage_class);
    if (begun.checksum_algorithm) {
        page.checksum_algorithm = objects::to_string(*begun.checksum_algorithm);
        page.checksum_type = checksum_type(begun.composite);
    }
    if (page.parts_max > 0) {
        SLIPWAY_CO_TRY(listed, co_await call.store.list_parts(request));
        take_page(std::move(listed), page);
    }
    co_return xml_answer(s3::list_parts_xml(page));
}

}  // namespace slipway::gateway
