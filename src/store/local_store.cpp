// SPDX-License-Identifier: Apache-2.0
#include "store/local_store.h"

#include "s3/names.h"
#include "store/directory_lock.h"
#include "store/listing.h"
#include "store/multipart.h"
#include "store/object_copy.h"
#include "store/object_get.h"
#include "store/object_put.h"
#include "store/part_put.h"
#include "store/upload_listing.h"

#include <string>
#include <system_error>
#include <utility>

namespace slipway::store {
namespace {

Result<> make_directories(const std::filesystem::path& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) {
        return fail(system_error("cannot make the directory " + directory.string(), error.value()));
    }
    return {};
}

std::unique_ptr<IndexChange> removal(std::string_view bucket,
                                     std::string_view key,
                                     const objects::Conditions& conditions) {
    auto change = std::make_unique<IndexChange>();
    change->what = RemoveObject{std::string(bucket), std::string(key), conditions};
    return change;
}

}  // namespace

Result<std::unique_ptr<LocalStore>> LocalStore::open(const LocalStoreOptions& options,
                                                     DiskThreads& disk,
                                                     const Clock& clock) {
    std::unique_ptr<LocalStore> store(new LocalStore);
    FileSystem* system = options.file_system;
    if (system == nullptr) {
        store->own_file_system_ = std::make_unique<FileSystem>();
        system = store->own_file_system_.get();
    }
    SLIPWAY_CHECK(make_directories(options.directory));
    const std::string directory = options.directory.string();
    SLIPWAY_TRY(lock, lock_directory(directory));
    store->lock_ = std::move(lock);
    SLIPWAY_TRY(files, DataFiles::open(*system, directory));
    store->files_ = std::move(files);
    SLIPWAY_TRY(index, Index::open(directory, *system, options.log_limits));
    store->index_ = std::move(index);
    // The names made above, `objects` and the index: objects that are acknowledged hang on them.
    SLIPWAY_CHECK(system->sync_directory(directory));
    store->hash_lanes_ = std::make_unique<HashLanes>(disk);
    store->storage_ =
        std::make_unique<Storage>(*store->files_, *store->index_, disk, *store->hash_lanes_, clock);
    store->janitor_ = std::make_unique<Janitor>(*store->storage_, options.janitor_interval,
                                                options.lifecycle_day);
    return store;
}

LocalStore::~LocalStore() = default;

Task<objects::ObjectInfo> LocalStore::put(const objects::PutRequest& request, BodyReader& body) {
    return put_object(*storage_, request, body);
}

Task<objects::GetResult> LocalStore::get(const objects::GetRequest& request) {
    co_return get_object(*storage_, request);
}

Task<objects::ObjectInfo> LocalStore::head(const objects::GetRequest& request) {
    co_return head_object(*storage_, request);
}

Task<> LocalStore::remove(std::string_view bucket, std::string_view key) {
    co_return co_await commit(*storage_, removal(bucket, key, objects::Conditions()));
}

Task<objects::ObjectInfo> LocalStore::copy(const objects::CopyRequest& request) {
    return copy_object(*storage_, request);
}

Task<objects::ListResult> LocalStore::list(const objects::ListRequest& request) {
    SLIPWAY_CO_TRY(bucket, index_->find_bucket(request.bucket));
    const auto list = [&](IndexReader& reader) { return list_objects(reader, bucket.id, request); };
    SLIPWAY_CO_TRY(listing, index_->read(list));
    co_return std::move(listing.page);
}

Task<> LocalStore::create_bucket(std::string_view bucket) {
    SLIPWAY_CO_CHECK(s3::check_bucket_name(bucket));
    auto change = std::make_unique<IndexChange>();
    change->what = CreateBucket{std::string(bucket), storage_->clock.now()};
    co_return co_await commit(*storage_, std::move(change));
}

Task<objects::BucketInfo> LocalStore::head_bucket(std::string_view bucket) {
    SLIPWAY_CO_TRY(found, index_->find_bucket(bucket));
    objects::BucketInfo info;
    info.name = bucket;
    info.created = found.created;
    co_return info;
}

Task<> LocalStore::remove_bucket(std::string_view bucket) {
    auto change = std::make_unique<IndexChange>();
    change->what = RemoveBucket{std::string(bucket)};
    co_return co_await commit(*storage_, std::move(change));
}

Task<std::vector<objects::BucketInfo>> LocalStore::list_buckets() {
    co_return index_->buckets();
}

Task<objects::MultipartUpload> LocalStore::create_multipart(
    const objects::CreateMultipartRequest& request) {
    return store::create_multipart(*storage_, request);
}

Task<objects::PartInfo> LocalStore::put_part(const objects::PutPartRequest& request,
                                             BodyReader& body) {
    return store::put_part(*storage_, request, body);
}

Task<objects::ObjectInfo> LocalStore::complete_multipart(
    const objects::CompleteMultipartRequest& request) {
    return store::complete_multipart(*storage_, request);
}

Task<> LocalStore::abort_multipart(const objects::MultipartUpload& upload) {
    return store::abort_multipart(*storage_, upload);
}

Task<objects::ListPartsResult> LocalStore::list_parts(const objects::ListPartsRequest& request) {
    co_return store::list_parts(*storage_, request);
}

Task<objects::ListMultipartUploadsResult> LocalStore::list_multipart_uploads(
    const objects::ListMultipartUploadsRequest& request) {
    SLIPWAY_CO_TRY(bucket, index_->find_bucket(request.bucket));
    const auto list = [&](IndexReader& reader) { return list_uploads(reader, bucket.id, request); };
    co_return index_->read(list);
}

Task<> LocalStore::remove_if(std::string_view bucket,
                             std::string_view key,
                             const objects::Conditions& conditions) {
    co_return co_await commit(*storage_, removal(bucket, key, conditions));
}

Task<objects::CopyPartResult> LocalStore::copy_part(const objects::CopyPartRequest& request) {
    return store::copy_part(*storage_, request);
}

Task<objects::MultipartUploadInfo> LocalStore::find_multipart(
    const objects::MultipartUpload& upload) {
    SLIPWAY_CO_TRY(found, find_upload(*storage_, upload));
    co_return std::move(found.info);
}

Task<objects::ObjectPartsResult> LocalStore::list_object_parts(
    const objects::ObjectPartsRequest& request) {
    co_return store::list_object_parts(*storage_, request);
}

Task<objects::ObjectInfo> LocalStore::change_object(std::string_view bucket,
                                                    std::string_view key,
                                                    const objects::ObjectChange& change) {
    auto queued = std::make_unique<IndexChange>();
    queued->what = ChangeObject{std::string(bucket), std::string(key), change};
    SLIPWAY_CO_CHECK(co_await commit(*storage_, std::move(queued)));
    SLIPWAY_CO_TRY(row, find_object(*storage_, bucket, key, IndexReader::Data::leave));
    co_return std::move(row.info);
}

Result<std::shared_ptr<const objects::BucketSettings>> LocalStore::bucket_settings(
    std::string_view bucket) const {
    return index_->settings(bucket);
}

Task<> LocalStore::change_bucket(std::string_view bucket,
                                 objects::BucketSetting setting,
                                 std::optional<std::string> value) {
    auto change = std::make_unique<IndexChange>();
    change->what = ChangeBucket{std::string(bucket), setting, std::move(value)};
    co_return co_await commit(*storage_, std::move(change));
}

}  // namespace slipway::store
