// SPDX-License-Identifier: Apache-2.0
// ListMultipartUploads
#include "gateway/answers.h"
#include "gateway/listing.h"
#include "gateway/operations.h"
#include "gateway/parameters.h"
#include "s3/limits.h"
#include "s3/multipart_documents.h"

#include <utility>

namespace slipway::gateway {
namespace {

Result<s3::ListMultipartUploadsResult> read_parameters(const Call& call) {
    const s3::S3Target& target = call.target;
    s3::ListMultipartUploadsResult page;
    page.bucket = target.bucket;
    page.prefix = target.get("prefix");
    page.delimiter = target.get("delimiter");
    page.key_marker = target.get("key-marker");
    if (!page.key_marker.empty()) {  // S3 ignores the one without the other
        page.upload_id_marker = target.get("upload-id-marker");
    }
    SLIPWAY_TRY(uploads_max, read_page_size(call, "max-uploads", s3::list_uploads_max));
    page.uploads_max = uploads_max;
    SLIPWAY_TRY(url_encoded, read_url_encoding(call));
    page.url_encoded = url_encoded;
    page.owner = call.options.owner;
    return page;
}

s3::ListedUpload to_listed(objects::ListedMultipartUpload listed) {
    s3::ListedUpload upload;
    upload.key = std::move(listed.upload.key);
    upload.upload_id = std::move(listed.upload.upload_id);
    upload.storage_class = std::move(listed.storage_class);
    upload.initiated = listed.initiated;
    if (listed.checksum_algorithm) {
        upload.checksum_algorithm = objects::to_string(*listed.checksum_algorithm);
        upload.checksum_type = checksum_type(listed.composite);
    }
    return upload;
}

void take_page(objects::ListMultipartUploadsResult listed, s3::ListMultipartUploadsResult& page) {
    page.uploads.reserve(listed.uploads.size());
    for (objects::ListedMultipartUpload& upload : listed.uploads) {
        page.uploads.push_back(to_listed(std::move(upload)));
    }
    page.common_prefixes = std::move(listed.common_prefixes);
    page.truncated = listed.truncated;
    page.next_key_marker = std::move(listed.next_key_marker);
    page.next_upload_id_marker = std::move(listed.next_upload_id_marker);
}

}  // namespace

Task<http::Response> list_multipart_uploads(Call& call) {
    SLIPWAY_CO_TRY(page, read_parameters(call));
    if (page.uploads_max == 0) {
        SLIPWAY_CO_CHECK(co_await call.store.head_bucket(call.target.bucket));
    } else {
        objects::ListMultipartUploadsRequest request;
        request.bucket = page.bucket;
        request.prefix = page.prefix;
        request.delimiter = page.delimiter;
        request.key_marker = page.key_marker;
        request.upload_id_marker = page.upload_id_marker;
        request.uploads_max = page.uploads_max;
        SLIPWAY_CO_TRY(listed, co_await call.store.list_multipart_uploads(request));
        take_page(std::move(listed), page);
    }
    co_return xml_answer(s3::list_multipart_uploads_xml(page));
}

}  // namespace slipway::gateway
