// SPDX-License-Identifier: Apache-2.0
#include "store/multipart.h"

#include "objects/conditions.h"
#include "objects/multipart.h"
#include "s3/errors.h"
#include "s3/limits.h"
#include "s3/names.h"
#include "store/damaged_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace slipway::store {
namespace {

using objects::ChecksumAlgorithm;
using objects::CompleteMultipartRequest;
using objects::ObjectInfo;
using objects::PartInfo;

/// An upload and the parts that are there, of one moment.
struct Found {
    UploadRow upload;
    std::vector<PartInfo> parts;
};

Result<std::optional<Found>> find_with_parts(Storage& storage,
                                             const objects::MultipartUpload& upload) {
    SLIPWAY_TRY(bucket, storage.index.find_bucket(upload.bucket));
    const auto find = [&](IndexReader& reader) -> Result<std::optional<Found>> {
        SLIPWAY_TRY(row, reader.uploads().find(bucket.id, upload));
        if (!row) {
            return std::nullopt;
        }
        SLIPWAY_TRY(parts, reader.uploads().parts(row->row, 0, s3::parts_max));
        return Found{*std::move(row), std::move(parts)};
    };
    return storage.index.read(find);
}

/// What shows whether a page of so many parts is the last.
unsigned one_more_than(unsigned parts_max) {
    return std::min(parts_max, s3::parts_max) + 1;
}

/// Whether the object's checksum is one over those of its parts.
bool composite(const objects::MultipartUploadInfo& upload) {
    return upload.composite ||
           (upload.checksum_algorithm && !objects::can_be_full_object(*upload.checksum_algorithm));
}

Result<> check_part(const objects::MultipartUploadInfo& upload,
                    const PartInfo& named,
                    const PartInfo* there) {
    const bool same = there != nullptr && there->etag == named.etag &&
                      (!named.checksum || named.checksum == there->checksum);
    if (!same) {
        return s3::s3_fail("InvalidPart",
                           "One or more of the specified parts could not be found. The part may "
                           "not have been uploaded, or the specified entity tag may not match the "
                           "part's entity tag.");
    }
    if (composite(upload) && !named.checksum) {
        const auto algorithm = upload.checksum_algorithm.value_or(ChecksumAlgorithm::crc64nvme);
        return s3::s3_fail(
            "InvalidRequest",
            fmt::format("The upload was created using a {} checksum. The complete request must "
                        "include the checksum for each part. It was missing for part {} in the "
                        "request.",
                        to_string(algorithm), named.number));
    }
    return {};
}

/// The parts as they are there that the request names.
Result<std::vector<PartInfo>> named_parts(const Found& found,
                                          const CompleteMultipartRequest& request) {
    if (request.parts.empty()) {
        return s3::s3_fail("MalformedXML");
    }
    std::vector<PartInfo> parts;
    auto there = found.parts.begin();
    for (const PartInfo& named : request.parts) {
        if (!parts.empty() && named.number <= parts.back().number) {
            return s3::s3_fail("InvalidPartOrder");
        }
        there =
            std::ranges::lower_bound(there, found.parts.end(), named.number, {}, &PartInfo::number);
        const bool absent = there == found.parts.end() || there->number != named.number;
        SLIPWAY_CHECK(check_part(found.upload.info, named, absent ? nullptr : &*there));
        parts.push_back(*there);
    }
    const auto small = [](const PartInfo& part) { return part.size < s3::part_bytes_min; };
    if (std::any_of(parts.begin(), parts.end() - 1, small)) {
        return s3::s3_fail("EntityTooSmall");
    }
    return parts;
}

Result<std::optional<objects::Checksum>> checksum_of(const Found& found,
                                                     std::span<const PartInfo> parts,
                                                     const CompleteMultipartRequest& request) {
    const bool over_parts = composite(found.upload.info);
    auto checksum =
        over_parts ? objects::composite_checksum(parts) : objects::combined_checksum(parts);
    if (!request.checksum || over_parts) {
        return checksum;
    }
    const bool comparable = checksum && checksum->algorithm == request.checksum->algorithm;
    if (!comparable) {
        return s3::s3_fail("InvalidRequest",
                           "The checksum of the object is not of the upload's algorithm.");
    }
    if (*checksum != *request.checksum) {
        return s3::s3_fail("BadDigest",
                           fmt::format("The {} you specified did not match the calculated "
                                       "checksum.",
                                       to_string(checksum->algorithm)));
    }
    return checksum;
}

/// What the request makes of the parts; the commit sees to it that they are still the same.
Result<CompleteUpload> completion_of(Found found,
                                     const CompleteMultipartRequest& request,
                                     Time now) {
    CompleteUpload completion;
    SLIPWAY_TRY(parts, named_parts(found, request));
    SLIPWAY_TRY(checksum, checksum_of(found, parts, request));
    ObjectInfo& info = completion.info;
    for (const PartInfo& part : parts) {
        info.size += part.size;
    }
    if (request.size && *request.size != info.size) {
        return s3::s3_fail("InvalidRequest",
                           "The provided 'x-amz-mp-object-size' header value does not match what "
                           "was computed.");
    }
    if (info.size > s3::object_bytes_max) {
        return s3::s3_fail("EntityTooLarge");
    }
    const auto etag = objects::multipart_etag(parts);
    if (!etag) {
        return damaged_index("a part's ETag is no MD5");
    }
    info.key = request.upload.key;
    info.etag = *etag;
    info.last_modified = now;
    info.attributes = std::move(found.upload.info.attributes);
    info.checksum = std::move(checksum);
    info.parts_count = static_cast<unsigned>(parts.size());
    completion.upload = request.upload;
    completion.parts = std::move(parts);
    completion.conditions = request.conditions;
    return completion;
}

/// The object that the same request made before, whose answer may have been lost.
/// Errors: not_found `NoSuchUpload`.
Result<ObjectInfo> made_before(Storage& storage,
                               const Found& found,
                               const CompleteMultipartRequest& request) {
    const auto row =
        find_object(storage, request.upload.bucket, request.upload.key, IndexReader::Data::leave);
    const auto same = [](const PartInfo& named, const PartInfo& there) {
        return named.number == there.number && named.etag == there.etag;
    };
    if (!row || row->manifest != found.upload.row ||
        !std::ranges::equal(request.parts, found.parts, same)) {
        return s3::s3_fail("NoSuchUpload");
    }
    return row->info;
}

}  // namespace

Task<objects::MultipartUpload> create_multipart(Storage& storage,
                                                const objects::CreateMultipartRequest& request) {
    SLIPWAY_CO_CHECK(s3::check_object_key(request.key));
    CreateUpload creation;
    creation.info.upload.bucket = request.bucket;
    creation.info.upload.key = request.key;
    creation.info.initiated = storage.clock.now();
    creation.info.attributes = request.attributes;
    creation.info.checksum_algorithm = request.checksum_algorithm;
    creation.info.composite = request.composite;
    creation.id.secret = new_upload_secret();
    auto change = std::make_unique<IndexChange>();
    change->what = std::move(creation);
    const auto done = co_await storage.index.submit(std::move(change));
    SLIPWAY_CO_CHECK(done->outcome);
    objects::MultipartUpload upload;
    upload.bucket = request.bucket;
    upload.key = request.key;
    upload.upload_id = to_text(std::get<CreateUpload>(done->what).id);
    co_return upload;
}

Task<ObjectInfo> complete_multipart(Storage& storage, const CompleteMultipartRequest& request) {
    SLIPWAY_CO_TRY(found, find_with_parts(storage, request.upload));
    if (!found || found->upload.state == UploadState::dropped) {
        co_return s3::s3_fail("NoSuchUpload");
    }
    if (found->upload.state == UploadState::completed) {
        co_return made_before(storage, *found, request);
    }
    SLIPWAY_CO_TRY(completion, completion_of(*std::move(found), request, storage.clock.now()));
    ObjectInfo info = completion.info;
    auto change = std::make_unique<IndexChange>();
    change->what = std::move(completion);
    const auto committed = co_await commit(storage, std::move(change));
    if (committed) {
        co_return info;
    }
    if (committed.error().code == "NoSuchUpload") {
        // The same request at the same time may have been first.
        SLIPWAY_CO_TRY(again, find_with_parts(storage, request.upload));
        if (again && again->upload.state == UploadState::completed) {
            co_return made_before(storage, *again, request);
        }
    }
    co_return fail(committed.error());
}

Task<> abort_multipart(Storage& storage, const objects::MultipartUpload& upload) {
    auto change = std::make_unique<IndexChange>();
    change->what = AbortUpload{upload};
    co_return co_await commit(storage, std::move(change));
}

Result<UploadRow> find_upload(Storage& storage, const objects::MultipartUpload& upload) {
    SLIPWAY_TRY(bucket, storage.index.find_bucket(upload.bucket));
    const auto find = [&](IndexReader& reader) { return reader.uploads().find(bucket.id, upload); };
    SLIPWAY_TRY(row, storage.index.read(find));
    if (!row || row->state != UploadState::open) {
        return s3::s3_fail("NoSuchUpload");
    }
    return *std::move(row);
}

/// Takes what was asked for beyond a page, to see whether there is more, off it.
template <class Page, class Request>
static void cut_page(Page& page, const Request& request) {
    if (page.parts.size() > request.parts_max) {
        page.parts.pop_back();
        page.truncated = true;
        page.next_number_marker =
            page.parts.empty() ? request.number_marker : page.parts.back().number;
    }
}

Result<objects::ListPartsResult> list_parts(Storage& storage,
                                            const objects::ListPartsRequest& request) {
    SLIPWAY_TRY(upload, find_upload(storage, request.upload));
    const auto find = [&](IndexReader& reader) {
        return reader.uploads().parts(upload.row, request.number_marker,
                                      one_more_than(request.parts_max));
    };
    objects::ListPartsResult page;
    SLIPWAY_TRY(parts, storage.index.read(find));
    page.parts = std::move(parts);
    cut_page(page, request);
    return page;
}

Result<objects::ObjectPartsResult> list_object_parts(Storage& storage,
                                                     const objects::ObjectPartsRequest& request) {
    SLIPWAY_TRY(bucket, storage.index.find_bucket(request.bucket));
    const auto find = [&](IndexReader& reader) -> Result<objects::ObjectPartsResult> {
        SLIPWAY_TRY(row, reader.find(bucket.id, request.key, IndexReader::Data::leave));
        if (!row) {
            return s3::s3_fail("NoSuchKey");
        }
        objects::ObjectPartsResult page;
        page.info = std::move(row->info);
        if (row->manifest) {
            SLIPWAY_TRY(parts, reader.uploads().parts(*row->manifest, request.number_marker,
                                                      one_more_than(request.parts_max)));
            page.parts = std::move(parts);
        }
        return page;
    };
    SLIPWAY_TRY(page, storage.index.read(find));
    cut_page(page, request);
    return page;
}

}  // namespace slipway::store
