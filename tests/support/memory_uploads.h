// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "objects/hosted_store.h"
#include "objects/multipart.h"
#include "objects/object_store.h"
#include "objects/running_checksum.h"
#include "s3/errors.h"
#include "s3/limits.h"

#include <charconv>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::test {

/// The uploads in parts of a MemoryStore, with S3's rules for them. Not locked: the store does.
class MemoryUploads {
  public:
    /// What a completed upload makes of its parts; not yet under its key.
    struct Completed {
        objects::ObjectInfo info;
        std::string bytes;
        std::vector<objects::PartInfo> parts;
    };

    objects::MultipartUpload create(const objects::CreateMultipartRequest& request, Time now) {
        const objects::MultipartUpload made{request.bucket, request.key,
                                            "upload-" + std::to_string(++last_id_)};
        uploads_[Place{made.key, last_id_}] = Upload{made, request, now, {}};
        return made;
    }

    Result<objects::PartInfo> put(const objects::PutPartRequest& request, std::string bytes) {
        SLIPWAY_TRY(upload, find(request.upload));
        objects::PartInfo info;
        info.number = request.number;
        info.size = bytes.size();
        info.etag = codec::hex_encode(codec::md5(bytes));
        if (!request.content_md5.empty() && request.content_md5 != info.etag) {
            return s3::s3_fail("BadDigest");
        }
        if (!request.content_sha256.empty() &&
            request.content_sha256 != codec::hex_encode(codec::sha256(bytes))) {
            return s3::s3_fail("XAmzContentSHA256Mismatch");
        }
        SLIPWAY_TRY(checksum, checksum_of_part(*upload, request, bytes));
        info.checksum = std::move(checksum);
        upload->parts[info.number] = Part{info, std::move(bytes)};
        return info;
    }

    /// The upload stays: erase() it when the object has its place.
    Result<Completed> complete(const objects::CompleteMultipartRequest& request,
                               std::uint64_t part_bytes_min) const {
        SLIPWAY_TRY(upload, find(request.upload));
        SLIPWAY_CHECK(check_parts(*upload, request, part_bytes_min));
        Completed done;
        for (const objects::PartInfo& named : request.parts) {
            done.bytes += upload->parts.at(named.number).bytes;
            done.parts.push_back(upload->parts.at(named.number).info);
        }
        if (request.size && done.bytes.size() != *request.size) {
            return s3::s3_fail("InvalidRequest", "The declared size is not that of the parts.");
        }
        done.info.key = request.upload.key;
        done.info.size = done.bytes.size();
        done.info.parts_count = static_cast<unsigned>(done.parts.size());
        done.info.etag = objects::multipart_etag(request.parts).value();
        done.info.attributes = upload->request.attributes;
        const auto algorithm = algorithm_of(*upload);
        if (is_composite(*upload)) {
            done.info.checksum = objects::composite_checksum(done.parts);
        } else {
            done.info.checksum = objects::checksum_of(algorithm, done.bytes);
            if (request.checksum && !(request.checksum == done.info.checksum)) {
                return s3::s3_fail("BadDigest");
            }
        }
        return done;
    }

    Result<objects::MultipartUploadInfo> info(const objects::MultipartUpload& id) const {
        SLIPWAY_TRY(upload, find(id));
        const auto& begun = upload->request;
        return objects::MultipartUploadInfo{id, upload->initiated, begun.attributes,
                                            begun.checksum_algorithm, begun.composite};
    }

    void erase(const objects::MultipartUpload& upload) {
        std::erase_if(uploads_, [&](const auto& entry) { return entry.second.id == upload; });
    }

    void erase_all(std::string_view bucket) {
        std::erase_if(uploads_,
                      [&](const auto& entry) { return entry.second.id.bucket == bucket; });
    }

    Result<objects::ListPartsResult> list_parts(const objects::ListPartsRequest& request) const {
        SLIPWAY_TRY(upload, find(request.upload));
        objects::ListPartsResult page;
        for (auto part = upload->parts.upper_bound(request.number_marker);
             part != upload->parts.end(); ++part) {
            if (page.parts.size() == request.parts_max) {
                page.truncated = true;
                page.next_number_marker = page.parts.empty() ? 0 : page.parts.back().number;
                break;
            }
            page.parts.push_back(part->second.info);
        }
        return page;
    }

    objects::ListMultipartUploadsResult list(
        const objects::ListMultipartUploadsRequest& request) const {
        objects::ListMultipartUploadsResult page;
        objects::MultipartUpload last;
        for (const auto& [place, upload] : uploads_) {
            const std::string group = group_of(upload.id.key, request);
            const bool after = group.empty()
                                   ? place > place_of(request.key_marker, request.upload_id_marker)
                                   : group > request.key_marker;
            if (upload.id.bucket != request.bucket || !upload.id.key.starts_with(request.prefix) ||
                !after || (!group.empty() && group == last.key)) {
                continue;
            }
            if (page.uploads.size() + page.common_prefixes.size() == request.uploads_max) {
                page.truncated = true;
                page.next_key_marker = last.key;
                page.next_upload_id_marker = last.upload_id;
                break;
            }
            last = group.empty() ? upload.id : objects::MultipartUpload{request.bucket, group, ""};
            if (!group.empty()) {
                page.common_prefixes.push_back(group);
                continue;
            }
            const auto& begun = upload.request;
            page.uploads.push_back(objects::ListedMultipartUpload{
                upload.id, upload.initiated, begun.attributes.storage_class,
                begun.checksum_algorithm, begun.composite});
        }
        return page;
    }

  private:
    struct Part {
        objects::PartInfo info;
        std::string bytes;
    };
    struct Upload {
        objects::MultipartUpload id;
        objects::CreateMultipartRequest request;
        Time initiated{};
        std::map<unsigned, Part> parts;
    };
    using Place = std::pair<std::string, unsigned>;  // key and number of the id

    /// The common prefix that a key goes into; empty when it stands for itself.
    static std::string group_of(const std::string& key,
                                const objects::ListMultipartUploadsRequest& request) {
        const auto found = request.delimiter.empty() || !key.starts_with(request.prefix)
                               ? std::string::npos
                               : key.find(request.delimiter, request.prefix.size());
        return found == std::string::npos ? "" : key.substr(0, found + request.delimiter.size());
    }

    /// The place after which a page begins: without an id past all uploads of the key.
    static Place place_of(const std::string& key, const std::string& id) {
        unsigned number = ~0U;
        if (id.starts_with("upload-")) {
            std::from_chars(id.data() + 7, id.data() + id.size(), number);
        }
        return key.empty() ? Place() : Place(key, number);
    }

    const Upload* look_up(const objects::MultipartUpload& id) const {
        for (const auto& [place, upload] : uploads_) {
            if (upload.id == id) {
                return &upload;
            }
        }
        return nullptr;
    }
    Result<const Upload*> find(const objects::MultipartUpload& id) const {
        const Upload* found = look_up(id);
        return found != nullptr ? Result<const Upload*>(found) : s3::s3_fail("NoSuchUpload");
    }
    Result<Upload*> find(const objects::MultipartUpload& id) {
        SLIPWAY_TRY(found, std::as_const(*this).find(id));
        return const_cast<Upload*>(found);
    }

    /// S3 keeps a checksum of its own choice where none was asked for.
    static objects::ChecksumAlgorithm algorithm_of(const Upload& upload) {
        return upload.request.checksum_algorithm.value_or(objects::ChecksumAlgorithm::crc64nvme);
    }

    static bool is_composite(const Upload& upload) {
        return upload.request.composite || !objects::can_be_full_object(algorithm_of(upload));
    }

    static Result<objects::Checksum> checksum_of_part(const Upload& upload,
                                                      const objects::PutPartRequest& request,
                                                      const std::string& bytes) {
        const auto& declared = request.checksum;
        const auto& wanted = upload.request.checksum_algorithm;
        if (declared && wanted && declared->algorithm != *wanted) {
            return s3::s3_fail("InvalidRequest",
                               "The part's checksum is not of the upload's algorithm.");
        }
        if (declared && !declared->value.empty() &&
            *declared != objects::checksum_of(declared->algorithm, bytes)) {
            return s3::s3_fail("BadDigest");
        }
        return objects::checksum_of(algorithm_of(upload), bytes);
    }

    static Result<> check_parts(const Upload& upload,
                                const objects::CompleteMultipartRequest& request,
                                std::uint64_t part_bytes_min) {
        if (request.parts.empty()) {
            return s3::s3_fail("MalformedXML");
        }
        const bool composite = is_composite(upload);
        unsigned before = 0;
        for (const objects::PartInfo& named : request.parts) {
            if (named.number <= before) {
                return s3::s3_fail("InvalidPartOrder");
            }
            before = named.number;
            const auto part = upload.parts.find(named.number);
            if (part == upload.parts.end() || part->second.info.etag != named.etag ||
                (named.checksum && !(named.checksum == part->second.info.checksum))) {
                return s3::s3_fail("InvalidPart");
            }
            if (composite && !named.checksum) {
                return s3::s3_fail("InvalidRequest", "A part's checksum is missing.");
            }
            if (part->second.bytes.size() < part_bytes_min && &named != &request.parts.back()) {
                return s3::s3_fail("EntityTooSmall");
            }
        }
        return {};
    }

    std::map<Place, Upload> uploads_;
    unsigned last_id_ = 0;
};

}  // namespace slipway::test
