// SPDX-License-Identifier: Apache-2.0
// CreateMultipartUpload
#include "gateway/answers.h"
#include "gateway/attributes.h"
#include "gateway/integrity.h"
#include "gateway/listing.h"
#include "gateway/operations.h"
#include "s3/errors.h"
#include "s3/multipart_documents.h"

#include <fmt/format.h>

#include <utility>

namespace slipway::gateway {
namespace {

/// x-amz-checksum-algorithm and x-amz-checksum-type. Without the latter S3 takes COMPOSITE for all
/// but CRC64NVME ("Checking object integrity" of the user guide, checked 2026-11).
Result<> read_checksum_kind(const Call& call, objects::CreateMultipartRequest& create) {
    SLIPWAY_TRY(algorithm, read_checksum_algorithm(call, "x-amz-checksum-algorithm"));
    create.checksum_algorithm = algorithm;
    const std::string_view type = call.header("x-amz-checksum-type");
    if (type.empty()) {
        create.composite = algorithm && *algorithm != objects::ChecksumAlgorithm::crc64nvme;
        return {};
    }
    create.composite = type == checksum_type(true);
    if (!create.composite && type != checksum_type(false)) {
        return s3::s3_fail("InvalidRequest", "Value for x-amz-checksum-type header is invalid.");
    }
    if (!algorithm) {
        return s3::s3_fail("InvalidRequest",
                           "The x-amz-checksum-type header can only be used with the "
                           "x-amz-checksum-algorithm header.");
    }
    const bool exists = create.composite ? *algorithm != objects::ChecksumAlgorithm::crc64nvme
                                         : objects::can_be_full_object(*algorithm);
    if (!exists) {
        return s3::s3_fail("InvalidRequest",
                           fmt::format("The {} checksum type cannot be used with the {} checksum "
                                       "algorithm.",
                                       type, objects::to_string(*algorithm)));
    }
    return {};
}

Result<objects::CreateMultipartRequest> to_create_request(const Call& call) {
    objects::CreateMultipartRequest create;
    create.bucket = call.target.bucket;
    create.key = call.target.key;
    SLIPWAY_TRY(attributes, read_attributes(call));
    create.attributes = std::move(attributes);
    SLIPWAY_CHECK(read_checksum_kind(call, create));
    return create;
}

}  // namespace

Task<http::Response> create_multipart_upload(Call& call) {
    SLIPWAY_CO_TRY(create, to_create_request(call));
    SLIPWAY_CO_TRY(upload, co_await call.store.create_multipart(create));
    s3::CreateMultipartResult result;
    result.bucket = std::move(upload.bucket);
    result.key = std::move(upload.key);
    result.upload_id = std::move(upload.upload_id);
    http::Response response = xml_answer(s3::create_multipart_xml(result));
    if (create.checksum_algorithm) {
        response.headers.add("x-amz-checksum-algorithm",
                             std::string(objects::to_string(*create.checksum_algorithm)));
        response.headers.add("x-amz-checksum-type", std::string(checksum_type(create.composite)));
    }
    co_return response;
}

}  // namespace slipway::gateway
