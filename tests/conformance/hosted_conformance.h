// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "conformance/multipart_conformance.h"
#include "objects/hosted_store.h"
#include "support/moved_clock.h"

#include <string>
#include <utility>

/// What holds for every HostedStore, besides what holds for every ObjectStore; the tests are in
/// hosted_uploads_test.cpp, hosted_objects_test.cpp and hosted_buckets_test.cpp.
namespace slipway::test {

class HostedFixture : public StoreFixture {
  public:
    objects::ObjectStore& store() override { return hosted(); }
    virtual objects::HostedStore& hosted() = 0;

    MovedClock clock;
};

class HostedConformance : public MultipartConformance {
  protected:
    objects::HostedStore& hosted() { return fixture().hosted(); }
    HostedFixture& fixture() { return static_cast<HostedFixture&>(*fixture_); }

    /// An object of these parts.
    Result<objects::ObjectInfo> make(const std::string& key,
                                     const std::vector<std::string>& parts,
                                     std::optional<Algorithm> algorithm = {}) {
        const auto upload = begin(key, algorithm);
        std::vector<objects::PartInfo> put;
        for (const std::string& bytes : parts) {
            const auto number = static_cast<unsigned>(put.size() + 1);
            SLIPWAY_TRY(part, put_part(upload, number, bytes));
            put.push_back(std::move(part));
        }
        return complete(complete_request(upload, std::move(put)));
    }

    static objects::CopyRequest copy_request(std::string from, std::string to) {
        objects::CopyRequest request;
        request.source_bucket = request.bucket = bucket;
        request.source_key = std::move(from);
        request.key = std::move(to);
        return request;
    }

    static objects::CopyPartRequest copy_part_request(const objects::MultipartUpload& upload,
                                                      unsigned number,
                                                      std::string from) {
        objects::CopyPartRequest request;
        request.upload = upload;
        request.number = number;
        request.source_bucket = bucket;
        request.source_key = std::move(from);
        return request;
    }
};

}  // namespace slipway::test
