// SPDX-License-Identifier: Apache-2.0
#include "store/part_put.h"

#include "objects/archive.h"
#include "objects/conditions.h"
#include "s3/errors.h"
#include "s3/limits.h"
#include "store/copied_bytes.h"
#include "store/multipart.h"
#include "store/object_get.h"
#include "store/receive_body.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

namespace slipway::store {
namespace {

using objects::ChecksumAlgorithm;
using objects::PartInfo;
using objects::PutPartRequest;

Result<> check_number(unsigned number) {
    if (number < 1 || number > s3::parts_max) {
        return s3::s3_fail("InvalidArgument",
                           fmt::format("Part number must be an integer between 1 and {}, inclusive",
                                       s3::parts_max));
    }
    return {};
}

/// S3 keeps a checksum of its own choice where none was asked for.
ChecksumAlgorithm kept_algorithm(const UploadRow& upload) {
    return upload.info.checksum_algorithm.value_or(ChecksumAlgorithm::crc64nvme);
}

/// Refuses before the body is read what could not be stored anyway; the commit decides again.
Result<DeclaredDigests> check_early(Storage& storage,
                                    const PutPartRequest& request,
                                    const BodyReader& body) {
    SLIPWAY_CHECK(check_number(request.number));
    SLIPWAY_CHECK(check_body_size(body.size().value_or(0)));
    SLIPWAY_TRY(upload, find_upload(storage, request.upload));
    const auto& wanted = upload.info.checksum_algorithm;
    if (request.checksum && wanted && request.checksum->algorithm != *wanted) {
        return s3::s3_fail("InvalidRequest",
                           fmt::format("Checksum Type mismatch occurred, expected checksum Type: "
                                       "{}, actual checksum Type: {}",
                                       to_string(*wanted), to_string(request.checksum->algorithm)));
    }
    DeclaredDigests declared;
    declared.md5 = request.content_md5;
    declared.sha256 = request.content_sha256;
    declared.checksum = request.checksum;
    declared.kept = kept_algorithm(upload);
    return declared;
}

std::unique_ptr<IndexChange> change_of(const objects::MultipartUpload& upload,
                                       PartInfo part,
                                       std::string data,
                                       std::unique_ptr<DataFile> file) {
    auto change = std::make_unique<IndexChange>();
    change->what = PutPart{upload, std::move(part), std::move(data), std::move(file)};
    return change;
}

}  // namespace

Task<PartInfo> put_part(Storage& storage, const PutPartRequest& request, BodyReader& body) {
    std::unique_ptr<ReceivedBody> received;
    {
        SLIPWAY_CO_TRY(declared, check_early(storage, request, body));
        SLIPWAY_CO_TRY(arrived, co_await receive_body(storage, std::move(declared), body));
        received = std::move(arrived);
    }
    PartInfo part;
    part.number = request.number;
    part.size = received->size;
    part.etag = std::move(received->digests.etag);
    part.checksum = std::move(received->digests.checksum);
    part.last_modified = storage.clock.now();
    auto change =
        change_of(request.upload, part, std::move(received->data), std::move(received->file));
    SLIPWAY_CO_CHECK(co_await commit(storage, std::move(change)));
    co_return part;
}

Task<objects::CopyPartResult> copy_part(Storage& storage, const objects::CopyPartRequest& request) {
    SLIPWAY_CO_CHECK(check_number(request.number));
    SLIPWAY_CO_TRY(upload, find_upload(storage, request.upload));
    const auto choose = [&](const ObjectRow& row) -> Result<objects::Slice> {
        SLIPWAY_CHECK(objects::check_copy_source(request.source_conditions, row.info));
        SLIPWAY_CHECK(objects::check_readable(row.info, storage.clock.now()));
        return objects::resolve_copy_range(request.range, row.info.size);
    };
    SLIPWAY_CO_TRY(source, open_object(storage, request.source_bucket, request.source_key, choose));
    SLIPWAY_CO_TRY(copied, co_await copy_bytes(storage, std::move(source), kept_algorithm(upload)));
    objects::CopyPartResult result;
    result.part.number = request.number;
    result.part.size = copied->size;
    result.part.etag = std::move(copied->digests.etag);
    result.part.checksum = std::move(copied->digests.checksum);
    result.part.last_modified = storage.clock.now();
    result.last_modified = result.part.last_modified;
    auto change =
        change_of(request.upload, result.part, std::move(copied->data), std::move(copied->file));
    SLIPWAY_CO_CHECK(co_await commit(storage, std::move(change)));
    co_return result;
}

}  // namespace slipway::store
