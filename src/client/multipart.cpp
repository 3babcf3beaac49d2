// SPDX-License-Identifier: Apache-2.0
// Multipart uploads, all but their parts' bytes (put_object.cpp).
#include "client/object_headers.h"
#include "client/s3_client.h"
#include "codec/percent.h"
#include "s3/multipart_documents.h"

#include <fmt/format.h>

#include <utility>

namespace slipway::client {
namespace {

using objects::Checksum;
using objects::ChecksumAlgorithm;
using objects::MultipartUpload;
using objects::ObjectInfo;

std::string upload_query(const MultipartUpload& upload) {
    std::string query = "uploadId=";
    codec::append_percent_encoded(query, upload.upload_id, false);
    return query;
}

std::string_view type_name(ChecksumAlgorithm algorithm) {
    return objects::can_be_full_object(algorithm) ? "FULL_OBJECT" : "COMPOSITE";
}

/// A checksum in a document; one over the checksums of parts is none.
std::optional<Checksum> to_checksum(std::string_view algorithm, std::string value) {
    const auto known = objects::parse_checksum_algorithm(algorithm);
    if (!known || value.find('-') != std::string::npos) {
        return std::nullopt;
    }
    return Checksum{*known, std::move(value)};
}

std::string complete_body(const std::vector<objects::PartInfo>& parts) {
    std::vector<s3::ListedPart> listed;
    listed.reserve(parts.size());
    for (const objects::PartInfo& part : parts) {
        s3::ListedPart& made = listed.emplace_back();
        made.number = part.number;
        made.etag = part.etag;
        if (part.checksum) {
            made.checksum_algorithm = objects::to_string(part.checksum->algorithm);
            made.checksum_value = part.checksum->value;
        }
    }
    return s3::complete_multipart_request_xml(listed);
}

}  // namespace

Task<MultipartUpload> S3Client::create_multipart(const objects::CreateMultipartRequest& request) {
    Operation operation(http::Method::post, "begin multipart upload of", request.bucket,
                        request.key);
    operation.query = "uploads=";
    add_attributes(operation.headers, request.attributes);
    if (request.checksum_algorithm) {
        operation.headers.add("x-amz-checksum-algorithm",
                              std::string(objects::to_string(*request.checksum_algorithm)));
        operation.headers.add("x-amz-checksum-type",
                              std::string(type_name(*request.checksum_algorithm)));
    }
    const std::string attempt = describe(operation);
    SLIPWAY_CO_TRY(document, co_await send_for_document(std::move(operation)));
    auto created = s3::parse_create_multipart(document);
    if (!created) {
        co_return fail(in_answer(attempt, std::move(created).error()));
    }
    co_return MultipartUpload{request.bucket, request.key, std::move(created->upload_id)};
}

Task<ObjectInfo> S3Client::complete_multipart(const objects::CompleteMultipartRequest& request) {
    const MultipartUpload& upload = request.upload;
    Operation operation(http::Method::post, "complete multipart upload of", upload.bucket,
                        upload.key);
    operation.query = upload_query(upload);
    operation.answer_time_max = limits::client_complete_time_max;
    operation.headers.add("Content-Type", "application/xml");
    if (request.size) {
        operation.headers.add("x-amz-mp-object-size", std::to_string(*request.size));
    }
    add_conditions(operation.headers, request.conditions);
    if (request.checksum) {
        operation.headers.add(std::string(objects::header_name(request.checksum->algorithm)),
                              request.checksum->value);
        operation.headers.add("x-amz-checksum-type",
                              std::string(type_name(request.checksum->algorithm)));
    }
    operation.bytes = complete_body(request.parts);
    const std::string attempt = describe(operation);
    SLIPWAY_CO_TRY(document, co_await send_for_document(std::move(operation)));
    auto completed = s3::parse_complete_multipart(document);
    if (!completed) {
        co_return fail(in_answer(attempt, std::move(completed).error()));
    }
    ObjectInfo info;
    info.key = upload.key;
    info.size = request.size.value_or(0);
    info.etag = std::move(completed->etag);
    info.last_modified = clock_.now();  // S3 does not say; a HEAD would
    if (completed->checksum_type != "COMPOSITE") {
        info.checksum =
            to_checksum(completed->checksum_algorithm, std::move(completed->checksum_value));
    }
    co_return info;
}

Task<> S3Client::abort_multipart(const MultipartUpload& upload) {
    Operation operation(http::Method::delete_, "abort multipart upload of", upload.bucket,
                        upload.key);
    operation.query = upload_query(upload);
    auto answer = co_await send_for_document(std::move(operation));
    if (!answer && answer.error().code != "NoSuchUpload") {
        co_return fail(std::move(answer).error());
    }
    co_return Result<>();
}

Task<objects::ListPartsResult> S3Client::list_parts(const objects::ListPartsRequest& request) {
    Operation operation(http::Method::get, "list parts of", request.upload.bucket,
                        request.upload.key);
    operation.query = fmt::format("max-parts={}&part-number-marker={}&{}", request.parts_max,
                                  request.number_marker, upload_query(request.upload));
    const std::string attempt = describe(operation);
    SLIPWAY_CO_TRY(document, co_await send_for_document(std::move(operation)));
    auto page = s3::parse_list_parts(document);
    if (!page) {
        co_return fail(in_answer(attempt, std::move(page).error()));
    }
    if (page->truncated && page->next_number_marker <= request.number_marker) {
        co_return no_next_page(attempt);
    }
    objects::ListPartsResult result;
    result.truncated = page->truncated;
    result.next_number_marker = page->next_number_marker;
    for (s3::ListedPart& listed : page->parts) {
        result.parts.push_back(
            objects::PartInfo{listed.number, listed.size, std::move(listed.etag),
                              to_checksum(listed.checksum_algorithm, listed.checksum_value)});
    }
    co_return result;
}

Task<objects::ListMultipartUploadsResult> S3Client::list_multipart_uploads(
    const objects::ListMultipartUploadsRequest& request) {
    Operation operation(http::Method::get, "list multipart uploads of", request.bucket, "");
    operation.query = fmt::format("encoding-type=url&max-uploads={}&uploads=", request.uploads_max);
    const auto add = [&operation](std::string_view name, std::string_view value) {
        if (!value.empty()) {
            operation.query.append("&").append(name).append("=");
            codec::append_percent_encoded(operation.query, value, false);
        }
    };
    add("key-marker", request.key_marker);
    add("prefix", request.prefix);
    add("upload-id-marker", request.upload_id_marker);
    const std::string attempt = describe(operation);
    SLIPWAY_CO_TRY(document, co_await send_for_document(std::move(operation)));
    auto page = s3::parse_list_multipart_uploads(document);
    if (!page) {
        co_return fail(in_answer(attempt, std::move(page).error()));
    }
    const bool same = page->next_key_marker == request.key_marker &&
                      page->next_upload_id_marker == request.upload_id_marker;
    if (page->truncated && (same || page->next_key_marker.empty())) {
        co_return no_next_page(attempt);
    }
    objects::ListMultipartUploadsResult result;
    result.truncated = page->truncated;
    result.next_key_marker = std::move(page->next_key_marker);
    result.next_upload_id_marker = std::move(page->next_upload_id_marker);
    for (s3::ListedUpload& listed : page->uploads) {
        MultipartUpload upload{request.bucket, std::move(listed.key), std::move(listed.upload_id)};
        result.uploads.push_back(objects::ListedMultipartUpload{
            std::move(upload), listed.initiated, "STANDARD", {}, false});
    }
    co_return result;
}

}  // namespace slipway::client
