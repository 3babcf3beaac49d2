// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "conformance/object_store_conformance.h"
#include "objects/multipart.h"
#include "objects/running_checksum.h"
#include "s3/limits.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What holds for every ObjectStore that takes uploads in parts; the tests are in
/// multipart_test.cpp.
namespace slipway::test {

class MultipartConformance : public ObjectStoreConformance {
  protected:
    using Algorithm = objects::ChecksumAlgorithm;
    static constexpr std::size_t part_bytes = s3::part_bytes_min;

    objects::MultipartUpload begin(std::string key, std::optional<Algorithm> algorithm = {}) {
        objects::CreateMultipartRequest request;
        request.bucket = bucket;
        request.key = std::move(key);
        request.checksum_algorithm = algorithm;
        return run(store().create_multipart(request)).value();
    }

    Result<objects::PartInfo> put_part(const objects::PutPartRequest& request, std::string bytes) {
        MemoryBodyReader body(std::move(bytes));
        return run(store().put_part(request, body));
    }
    Result<objects::PartInfo> put_part(const objects::MultipartUpload& upload,
                                       unsigned number,
                                       std::string bytes,
                                       std::optional<Algorithm> algorithm = {}) {
        objects::PutPartRequest request;
        request.upload = upload;
        request.number = number;
        if (algorithm) {
            request.checksum = objects::checksum_of(*algorithm, bytes);
        }
        return put_part(request, std::move(bytes));
    }

    static objects::CompleteMultipartRequest complete_request(
        const objects::MultipartUpload& upload, std::vector<objects::PartInfo> parts) {
        objects::CompleteMultipartRequest request;
        request.upload = upload;
        request.parts = std::move(parts);
        std::uint64_t size = 0;
        for (const objects::PartInfo& part : request.parts) {
            size += part.size;
        }
        request.size = size;
        return request;
    }
    Result<objects::ObjectInfo> complete(const objects::CompleteMultipartRequest& request) {
        return run(store().complete_multipart(request));
    }

    Result<objects::ListPartsResult> list_parts(const objects::MultipartUpload& upload) {
        objects::ListPartsRequest request;
        request.upload = upload;
        return run(store().list_parts(request));
    }
};

}  // namespace slipway::test
