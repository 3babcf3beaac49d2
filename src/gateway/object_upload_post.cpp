// SPDX-License-Identifier: Apache-2.0
// CompleteMultipartUpload
#include "gateway/answers.h"
#include "gateway/expiration.h"
#include "gateway/integrity.h"
#include "gateway/listing.h"
#include "gateway/operations.h"
#include "gateway/parameters.h"
#include "gateway/preconditions.h"
#include "objects/multipart.h"
#include "s3/errors.h"
#include "s3/limits.h"
#include "s3/multipart_documents.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <utility>

namespace slipway::gateway {
namespace {

Result<std::optional<std::uint64_t>> read_object_size(const Call& call) {
    const std::string_view text = call.header("x-amz-mp-object-size");
    if (text.empty()) {
        return std::nullopt;
    }
    std::uint64_t size = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), size);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
        return s3::s3_fail("InvalidArgument", "x-amz-mp-object-size must be a number of bytes.");
    }
    return size;
}

Result<std::vector<objects::PartInfo>> read_parts(std::string_view document) {
    SLIPWAY_TRY(listed, s3::parse_complete_multipart_request(document));
    std::vector<objects::PartInfo> parts;
    parts.reserve(listed.size());
    for (s3::ListedPart& entry : listed) {
        objects::PartInfo part;
        part.number = entry.number;
        part.etag = std::move(entry.etag);
        if (const auto algorithm = objects::parse_checksum_algorithm(entry.checksum_algorithm)) {
            part.checksum = objects::Checksum{*algorithm, std::move(entry.checksum_value)};
        }
        parts.push_back(std::move(part));
    }
    return parts;
}

/// Whether x-amz-checksum-type and the declared checksum are of the kind the upload was begun with.
Result<> check_kind(const Call& call,
                    const objects::MultipartUploadInfo& begun,
                    const std::optional<objects::Checksum>& declared) {
    const std::string_view type = call.header("x-amz-checksum-type");
    const std::string_view begun_type = checksum_type(begun.composite);
    if (!type.empty() && type != begun_type) {
        return s3::s3_fail("InvalidRequest",
                           fmt::format("The upload was created using the {} checksum mode. The "
                                       "complete request must use the same checksum mode.",
                                       begun_type));
    }
    const auto algorithm = begun.checksum_algorithm.value_or(objects::ChecksumAlgorithm::crc64nvme);
    if (declared && declared->algorithm != algorithm) {
        return s3::s3_fail(
            "InvalidRequest",
            fmt::format("The upload has a checksum of algorithm {}, and the request "
                        "declares a {} checksum.",
                        objects::to_string(algorithm), objects::to_string(declared->algorithm)));
    }
    return {};
}

/// A checksum over those of the parts follows from them, as the store checks each.
Result<> check_composite(std::span<const objects::PartInfo> parts,
                         const objects::Checksum& declared) {
    const auto whole = objects::composite_checksum(parts);
    if (!whole) {
        return s3::s3_fail("InvalidRequest",
                           fmt::format("The upload was created using a {} checksum. The complete "
                                       "request must include the checksum for each part.",
                                       objects::to_string(declared.algorithm)));
    }
    const std::string_view digest =
        std::string_view(whole->value).substr(0, whole->value.find('-'));
    if (declared.value != whole->value && declared.value != digest) {
        return s3::s3_fail("BadDigest",
                           fmt::format("The {} you specified did not match the calculated "
                                       "checksum.",
                                       objects::to_string(declared.algorithm)));
    }
    return {};
}

/// The declared checksum: compared here where it is over those of the parts, else by the store.
Task<> take_checksum(Call& call, objects::CompleteMultipartRequest& complete) {
    SLIPWAY_CO_TRY(declared, read_object_checksum(call));
    if (!declared && !call.has_header("x-amz-checksum-type")) {
        co_return Result<>();
    }
    const auto begun = co_await call.store.find_multipart(complete.upload);
    bool composite = declared && objects::is_composite(*declared);
    if (begun) {  // else it was completed before, or never was: the store knows
        SLIPWAY_CO_CHECK(check_kind(call, *begun, declared));
        composite = begun->composite;
    }
    if (declared && composite) {
        co_return check_composite(complete.parts, *declared);
    }
    complete.checksum = std::move(declared);
    co_return Result<>();
}

Task<objects::CompleteMultipartRequest> read_complete_request(Call& call) {
    objects::CompleteMultipartRequest complete;
    complete.upload = upload_of(call);
    complete.conditions = read_write_conditions(call);
    SLIPWAY_CO_TRY(size, read_object_size(call));
    complete.size = size;
    SLIPWAY_CO_CHECK(read_object_checksum(call));
    // The checksum in the header is the object's, not this body's.
    SLIPWAY_CO_TRY(declared, read_payload_integrity(call));
    SLIPWAY_CO_TRY(document, co_await read_proven(call, s3::complete_document_bytes_max, declared));
    SLIPWAY_CO_TRY(parts, read_parts(document));
    complete.parts = std::move(parts);
    SLIPWAY_CO_CHECK(co_await take_checksum(call, complete));
    co_return complete;
}

}  // namespace

Task<http::Response> complete_multipart_upload(Call& call) {
    SLIPWAY_CO_TRY(complete, co_await read_complete_request(call));
    SLIPWAY_CO_TRY(info, co_await call.store.complete_multipart(complete));
    s3::CompleteMultipartResult result;
    result.location = url_of(call, call.target.key);
    result.bucket = call.target.bucket;
    result.key = call.target.key;
    result.etag = std::move(info.etag);
    if (info.checksum) {
        result.checksum_algorithm = objects::to_string(info.checksum->algorithm);
        result.checksum_type = checksum_type(objects::is_composite(*info.checksum));
        result.checksum_value = std::move(info.checksum->value);
    }
    http::Response response = xml_answer(s3::complete_multipart_xml(result));
    write_expiration(call, info, response.headers);
    co_return response;
}

}  // namespace slipway::gateway
