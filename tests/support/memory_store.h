// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "objects/archive.h"
#include "objects/conditions.h"
#include "objects/hosted_store.h"
#include "objects/running_checksum.h"
#include "s3/errors.h"
#include "s3/limits.h"
#include "s3/names.h"
#include "support/memory_uploads.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::test {

/// A HostedStore in memory for tests of what stands on one: the same conformance suite holds for
/// it as for the real ones. Any thread.
class MemoryStore : public objects::HostedStore {
  public:
    explicit MemoryStore(const Clock& clock) : clock_(clock) {}

    Task<objects::ObjectInfo> put(const objects::PutRequest& request, BodyReader& body) override {
        SLIPWAY_CO_CHECK(s3::check_object_key(request.key));
        if (body.size().value_or(0) > s3::single_put_bytes_max) {
            co_return s3::s3_fail("EntityTooLarge");
        }
        SLIPWAY_CO_CHECK(check_bucket(request.bucket));
        SLIPWAY_CO_TRY(bytes, co_await read_declared(body));
        Object object;
        SLIPWAY_CO_TRY(info, describe(request, bytes));
        object.info = std::move(info);
        object.bytes = std::move(bytes);
        co_return insert(request.bucket, std::move(object), request.conditions);
    }

    Task<objects::GetResult> get(const objects::GetRequest& request) override {
        SLIPWAY_CO_TRY(object, find(request.bucket, request.key));
        SLIPWAY_CO_CHECK(objects::check_read(request.conditions, object.info));
        SLIPWAY_CO_CHECK(objects::check_readable(object.info, clock_.now()));
        SLIPWAY_CO_TRY(slice, slice_of(object, request));
        objects::GetResult result;
        result.info = std::move(object.info);
        result.body = object.bytes.substr(slice.offset, slice.length);
        result.offset = slice.offset;
        result.length = slice.length;
        result.partial = slice.partial;
        co_return result;
    }

    Task<objects::ObjectInfo> head(const objects::GetRequest& request) override {
        SLIPWAY_CO_TRY(object, find(request.bucket, request.key));
        SLIPWAY_CO_CHECK(objects::check_read(request.conditions, object.info));
        SLIPWAY_CO_CHECK(slice_of(object, request));
        co_return std::move(object.info);
    }

    Task<> remove(std::string_view bucket, std::string_view key) override {
        SLIPWAY_CO_CHECK(check_bucket(bucket));
        const std::lock_guard lock(mutex_);
        buckets_.find(bucket)->second.objects.erase(std::string(key));
        co_return Result<>();
    }

    Task<objects::ObjectInfo> copy(const objects::CopyRequest& request) override {
        SLIPWAY_CO_CHECK(s3::check_object_key(request.key));
        SLIPWAY_CO_CHECK(check_bucket(request.bucket));
        SLIPWAY_CO_TRY(object, find(request.source_bucket, request.source_key));
        SLIPWAY_CO_CHECK(objects::check_copy_source(request.source_conditions, object.info));
        SLIPWAY_CO_CHECK(objects::check_readable(object.info, clock_.now()));
        object.info.key = request.key;
        object.info.last_modified = clock_.now();
        if (request.attributes) {
            std::string tagging = std::move(object.info.attributes.tagging);
            object.info.attributes = *request.attributes;
            object.info.attributes.tagging = std::move(tagging);
        }
        if (!request.storage_class.empty()) {
            object.info.attributes.storage_class = request.storage_class;
        }
        if (request.tagging) {
            object.info.attributes.tagging = *request.tagging;
        }
        object.info.attributes.acl = request.attributes ? request.attributes->acl : request.acl;
        object.info.etag = codec::hex_encode(codec::md5(object.bytes));
        object.info.parts_count = 0;
        object.info.restoration.reset();
        object.parts.clear();
        const auto& checksum = object.info.checksum;
        if (request.checksum_algorithm || (checksum && objects::is_composite(*checksum))) {
            const auto algorithm = request.checksum_algorithm.value_or(checksum->algorithm);
            object.info.checksum = objects::checksum_of(algorithm, object.bytes);
        }
        object.upload_id.clear();
        co_return insert(request.bucket, std::move(object), request.conditions);
    }

    Task<objects::ListResult> list(const objects::ListRequest& request) override {
        SLIPWAY_CO_CHECK(check_bucket(request.bucket));
        const std::lock_guard lock(mutex_);
        // All names first, the page then: simple, and quick enough for a test.
        std::map<std::string, const objects::ObjectInfo*> names;
        for (const auto& [key, object] : buckets_.find(request.bucket)->second.objects) {
            if (!key.starts_with(request.prefix)) {
                continue;
            }
            const std::string group = group_of(key, request);
            const std::string& name = group.empty() ? key : group;
            if (name > request.start_after) {
                names.emplace(name, group.empty() ? &object.info : nullptr);
            }
        }
        co_return page_of(names, request.keys_max);
    }

    Task<> create_bucket(std::string_view bucket) override {
        SLIPWAY_CO_CHECK(s3::check_bucket_name(bucket));
        const std::lock_guard lock(mutex_);
        if (!buckets_.try_emplace(std::string(bucket), Bucket{clock_.now(), {}, no_settings()})
                 .second) {
            co_return s3::s3_fail("BucketAlreadyOwnedByYou");
        }
        co_return Result<>();
    }

    Task<objects::BucketInfo> head_bucket(std::string_view bucket) override {
        SLIPWAY_CO_CHECK(check_bucket(bucket));
        const std::lock_guard lock(mutex_);
        co_return objects::BucketInfo{std::string(bucket), buckets_.find(bucket)->second.created};
    }

    Task<> remove_bucket(std::string_view bucket) override {
        SLIPWAY_CO_CHECK(check_bucket(bucket));
        const std::lock_guard lock(mutex_);
        const auto found = buckets_.find(bucket);
        if (!found->second.objects.empty()) {
            co_return s3::s3_fail("BucketNotEmpty");
        }
        buckets_.erase(found);
        uploads_.erase_all(bucket);
        co_return Result<>();
    }

    Task<std::vector<objects::BucketInfo>> list_buckets() override {
        const std::lock_guard lock(mutex_);
        std::vector<objects::BucketInfo> all;
        for (const auto& [name, bucket] : buckets_) {
            all.push_back(objects::BucketInfo{name, bucket.created});
        }
        co_return all;
    }

    Task<objects::MultipartUpload> create_multipart(
        const objects::CreateMultipartRequest& request) override {
        SLIPWAY_CO_CHECK(s3::check_object_key(request.key));
        SLIPWAY_CO_CHECK(check_bucket(request.bucket));
        const std::lock_guard lock(mutex_);
        co_return uploads_.create(request, clock_.now());
    }

    Task<objects::PartInfo> put_part(const objects::PutPartRequest& request,
                                     BodyReader& body) override {
        if (request.number < 1 || request.number > s3::parts_max) {
            co_return s3::s3_fail("InvalidArgument", "The part number is none of 1 to 10000.");
        }
        SLIPWAY_CO_CHECK(check_bucket(request.upload.bucket));
        SLIPWAY_CO_TRY(bytes, co_await read_declared(body));
        const std::lock_guard lock(mutex_);
        co_return uploads_.put(request, std::move(bytes));
    }

    Task<objects::ObjectInfo> complete_multipart(
        const objects::CompleteMultipartRequest& request) override {
        SLIPWAY_CO_CHECK(check_bucket(request.upload.bucket));
        const std::lock_guard lock(mutex_);
        auto completed = uploads_.complete(request, part_bytes_min);
        if (!completed && completed.error().code == "NoSuchUpload") {
            co_return made_before(request);
        }
        SLIPWAY_CO_TRY(done, std::move(completed));
        Object object{std::move(done.info), std::move(done.bytes), std::move(done.parts),
                      request.upload.upload_id};
        object.info.last_modified = clock_.now();
        SLIPWAY_CO_TRY(info,
                       insert_locked(request.upload.bucket, std::move(object), request.conditions));
        uploads_.erase(request.upload);
        co_return info;
    }

    Task<> abort_multipart(const objects::MultipartUpload& upload) override {
        SLIPWAY_CO_CHECK(check_bucket(upload.bucket));
        const std::lock_guard lock(mutex_);
        uploads_.erase(upload);
        co_return Result<>();
    }

    Task<objects::ListPartsResult> list_parts(const objects::ListPartsRequest& request) override {
        SLIPWAY_CO_CHECK(check_bucket(request.upload.bucket));
        const std::lock_guard lock(mutex_);
        co_return uploads_.list_parts(request);
    }

    Task<objects::ListMultipartUploadsResult> list_multipart_uploads(
        const objects::ListMultipartUploadsRequest& request) override {
        SLIPWAY_CO_CHECK(check_bucket(request.bucket));
        const std::lock_guard lock(mutex_);
        co_return uploads_.list(request);
    }

    Task<> remove_if(std::string_view bucket,
                     std::string_view key,
                     const objects::Conditions& conditions) override {
        SLIPWAY_CO_CHECK(check_bucket(bucket));
        const std::lock_guard lock(mutex_);
        auto& all = buckets_.find(bucket)->second.objects;
        const auto current = all.find(std::string(key));
        const bool there = current != all.end();
        SLIPWAY_CO_CHECK(
            objects::check_write(conditions, there ? &current->second.info.etag : nullptr));
        if (there) {
            all.erase(current);
        }
        co_return Result<>();
    }

    Task<objects::CopyPartResult> copy_part(const objects::CopyPartRequest& request) override {
        if (request.number < 1 || request.number > s3::parts_max) {
            co_return s3::s3_fail("InvalidArgument", "The part number is none of 1 to 10000.");
        }
        SLIPWAY_CO_TRY(object, find(request.source_bucket, request.source_key));
        SLIPWAY_CO_CHECK(objects::check_copy_source(request.source_conditions, object.info));
        SLIPWAY_CO_CHECK(objects::check_readable(object.info, clock_.now()));
        SLIPWAY_CO_TRY(slice, objects::resolve_copy_range(request.range, object.bytes.size()));
        objects::PutPartRequest part;
        part.upload = request.upload;
        part.number = request.number;
        const std::lock_guard lock(mutex_);
        SLIPWAY_CO_TRY(info, uploads_.put(part, object.bytes.substr(slice.offset, slice.length)));
        co_return objects::CopyPartResult{std::move(info), clock_.now()};
    }

    Task<objects::MultipartUploadInfo> find_multipart(
        const objects::MultipartUpload& upload) override {
        SLIPWAY_CO_CHECK(check_bucket(upload.bucket));
        const std::lock_guard lock(mutex_);
        co_return uploads_.info(upload);
    }

    Task<objects::ObjectPartsResult> list_object_parts(
        const objects::ObjectPartsRequest& request) override {
        SLIPWAY_CO_TRY(object, find(request.bucket, request.key));
        objects::ObjectPartsResult result;
        result.info = object.info;
        for (const objects::PartInfo& part : object.parts) {
            if (part.number <= request.number_marker) {
                continue;
            }
            if (result.parts.size() == request.parts_max) {
                result.truncated = true;
                result.next_number_marker =
                    result.parts.empty() ? request.number_marker : result.parts.back().number;
                break;
            }
            result.parts.push_back(part);
        }
        co_return result;
    }

    Task<objects::ObjectInfo> change_object(std::string_view bucket,
                                            std::string_view key,
                                            const objects::ObjectChange& change) override {
        SLIPWAY_CO_TRY(object, find(bucket, key));
        if (change.tagging) {
            object.info.attributes.tagging = *change.tagging;
        }
        if (change.acl) {
            object.info.attributes.acl = *change.acl;
        }
        if (change.restoration) {
            object.info.restoration = *change.restoration;
        }
        const objects::Conditions none;
        co_return insert(bucket, std::move(object), none);
    }

    Result<std::shared_ptr<const objects::BucketSettings>> bucket_settings(
        std::string_view bucket) const override {
        SLIPWAY_CHECK(check_bucket(bucket));
        const std::lock_guard lock(mutex_);
        return buckets_.find(bucket)->second.settings;
    }

    Task<> change_bucket(std::string_view bucket,
                         objects::BucketSetting setting,
                         std::optional<std::string> value) override {
        SLIPWAY_CO_CHECK(check_bucket(bucket));
        const std::lock_guard lock(mutex_);
        auto& settings = buckets_.find(bucket)->second.settings;
        auto changed = std::make_shared<objects::BucketSettings>(*settings);
        if (value) {
            (*changed)[setting] = *std::move(value);
        } else {
            changed->erase(setting);
        }
        settings = std::move(changed);
        co_return Result<>();
    }

    /// Smaller parts are refused but for the last; a test that moves little bytes sets it lower.
    std::uint64_t part_bytes_min = s3::part_bytes_min;

  private:
    struct Object {
        objects::ObjectInfo info;
        std::string bytes;
        std::vector<objects::PartInfo> parts;
        std::string upload_id;
    };
    struct Bucket {
        Time created;
        std::map<std::string, Object> objects;  // std::string compares bytes: UTF-8 order
        std::shared_ptr<const objects::BucketSettings> settings;
    };

    static std::shared_ptr<const objects::BucketSettings> no_settings() {
        return std::make_shared<const objects::BucketSettings>();
    }

    /// The object that the same request made before.
    Result<objects::ObjectInfo> made_before(
        const objects::CompleteMultipartRequest& request) const {
        const auto& all = buckets_.find(request.upload.bucket)->second.objects;
        const auto found = all.find(request.upload.key);
        const auto same = [](const objects::PartInfo& one, const objects::PartInfo& other) {
            return one.number == other.number && one.etag == other.etag;
        };
        if (found == all.end() || found->second.upload_id != request.upload.upload_id ||
            !std::ranges::equal(found->second.parts, request.parts, same)) {
            return s3::s3_fail("NoSuchUpload");
        }
        return found->second.info;
    }

    /// Nothing is copied of a body that is held but its bytes.
    static Task<std::string> read_declared(BodyReader& body) {
        if (const auto held = body.held()) {
            std::string bytes;
            for (const Chunk& chunk : *held) {
                bytes.append(chunk.text());
            }
            co_return bytes;
        }
        SLIPWAY_CO_TRY(bytes, co_await read_all(body, s3::single_put_bytes_max));
        if (body.size().value_or(bytes.size()) != bytes.size()) {
            co_return s3::s3_fail("IncompleteBody");
        }
        co_return bytes;
    }

    static Result<objects::Slice> slice_of(const Object& object,
                                           const objects::GetRequest& request) {
        return objects::resolve_part_or_range(request, object.bytes.size(), object.parts);
    }

    Result<> check_bucket(std::string_view bucket) const {
        const std::lock_guard lock(mutex_);
        if (!buckets_.contains(bucket)) {
            return s3::s3_fail("NoSuchBucket");
        }
        return {};
    }

    Result<Object> find(std::string_view bucket, std::string_view key) const {
        SLIPWAY_CHECK(check_bucket(bucket));
        const std::lock_guard lock(mutex_);
        const auto& all = buckets_.find(bucket)->second.objects;
        const auto found = all.find(std::string(key));
        if (found == all.end()) {
            return s3::s3_fail("NoSuchKey");
        }
        return found->second;
    }

    Result<objects::ObjectInfo> insert(std::string_view bucket,
                                       Object object,
                                       const objects::Conditions& conditions) {
        const std::lock_guard lock(mutex_);
        return insert_locked(bucket, std::move(object), conditions);
    }

    Result<objects::ObjectInfo> insert_locked(std::string_view bucket,
                                              Object object,
                                              const objects::Conditions& conditions) {
        const auto found = buckets_.find(bucket);
        if (found == buckets_.end()) {
            return s3::s3_fail("NoSuchBucket");
        }
        auto& all = found->second.objects;
        const auto current = all.find(object.info.key);
        SLIPWAY_CHECK(objects::check_write(
            conditions, current == all.end() ? nullptr : &current->second.info.etag));
        objects::ObjectInfo info = object.info;
        all[info.key] = std::move(object);
        return info;
    }

    Result<objects::ObjectInfo> describe(const objects::PutRequest& request,
                                         const std::string& bytes) const {
        objects::ObjectInfo info;
        info.key = request.key;
        info.size = bytes.size();
        info.etag = codec::hex_encode(codec::md5(bytes));
        info.last_modified = clock_.now();
        info.attributes = request.attributes;
        const auto& declared = request.checksum;
        info.checksum = objects::checksum_of(
            declared ? declared->algorithm : objects::ChecksumAlgorithm::crc64nvme, bytes);
        if (!request.content_md5.empty() && !codec::is_lower_hex(request.content_md5, 32)) {
            return s3::s3_fail("InvalidDigest");
        }
        if (!request.content_md5.empty() && request.content_md5 != info.etag) {
            return s3::s3_fail("BadDigest");
        }
        if (!request.content_sha256.empty() &&
            request.content_sha256 != codec::hex_encode(codec::sha256(bytes))) {
            return s3::s3_fail("XAmzContentSHA256Mismatch");
        }
        if (declared && !declared->value.empty() && declared->value != info.checksum->value) {
            return s3::s3_fail("BadDigest");
        }
        return info;
    }

    /// The common prefix that a key goes into; empty when it stands for itself.
    static std::string group_of(const std::string& key, const objects::ListRequest& request) {
        const auto found = request.delimiter.empty()
                               ? std::string::npos
                               : key.find(request.delimiter, request.prefix.size());
        return found == std::string::npos ? "" : key.substr(0, found + request.delimiter.size());
    }

    static objects::ListResult page_of(
        const std::map<std::string, const objects::ObjectInfo*>& names, unsigned keys_max) {
        objects::ListResult page;
        if (keys_max == 0) {
            return page;
        }
        std::string last;
        for (const auto& [name, info] : names) {
            if (page.objects.size() + page.common_prefixes.size() == keys_max) {
                page.truncated = true;
                page.next_start_after = last;
                break;
            }
            if (info == nullptr) {
                page.common_prefixes.push_back(name);
            } else {
                page.objects.push_back(*info);
                page.objects.back().attributes = {};
                page.objects.back().attributes.storage_class = info->attributes.storage_class;
            }
            last = name;
        }
        return page;
    }

    const Clock& clock_;
    mutable std::mutex mutex_;
    std::map<std::string, Bucket, std::less<>> buckets_;
    MemoryUploads uploads_;
};

}  // namespace slipway::test
