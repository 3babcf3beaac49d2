// SPDX-License-Identifier: Apache-2.0
#include "store/local_store.h"

#include "s3/errors.h"
#include "s3/names.h"
#include "store/listing.h"
#include "store/object_copy.h"
#include "store/object_get.h"
#include "store/object_put.h"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <system_error>
#include <utility>

namespace slipway::store {
namespace {

/// The store's lock: held as long as the file is open, given up by the kernel when the process
/// dies.
Result<std::unique_ptr<OpenFile>> lock_directory(const std::string& directory) {
    const std::string path = directory + "/lock";
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        return fail(system_error("cannot open " + path, errno));
    }
    auto file = std::make_unique<OpenFile>(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            return fail(ErrorKind::unavailable,
                        fmt::format("the store in {} is in use by another process; stop that one, "
                                    "or choose another directory",
                                    directory));
        }
        return fail(system_error("cannot lock " + path, errno));
    }
    return file;
}

Result<> make_directories(const std::filesystem::path& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) {
        return fail(system_error("cannot make the directory " + directory.string(), error.value()));
    }
    return {};
}

tl::unexpected<Error> no_multipart() {
    return s3::s3_fail("NotImplemented",
                       "the embedded store takes no multipart uploads; send the object in one PUT, "
                       "which may be of up to 5 GiB");
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
    SLIPWAY_TRY(index, Index::open(directory, system->sqlite_vfs()));
    store->index_ = std::move(index);
    // The names made above, `objects` and the index: objects that are acknowledged hang on them.
    SLIPWAY_CHECK(system->sync_directory(directory));
    store->storage_ =
        std::make_unique<Storage>(Storage{*store->files_, *store->index_, disk, clock});
    store->janitor_ =
        std::make_unique<Janitor>(*store->files_, *store->index_, options.janitor_interval);
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
    auto change = std::make_unique<IndexChange>();
    change->what = RemoveObject{std::string(bucket), std::string(key)};
    co_return co_await commit(*storage_, std::move(change));
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
    const objects::CreateMultipartRequest&) {
    co_return no_multipart();
}

Task<objects::PartInfo> LocalStore::put_part(const objects::PutPartRequest&, BodyReader&) {
    co_return no_multipart();
}

Task<objects::ObjectInfo> LocalStore::complete_multipart(const objects::CompleteMultipartRequest&) {
    co_return no_multipart();
}

Task<> LocalStore::abort_multipart(const objects::MultipartUpload&) {
    co_return no_multipart();
}

Task<objects::ListPartsResult> LocalStore::list_parts(const objects::ListPartsRequest&) {
    co_return no_multipart();
}

Task<objects::ListMultipartUploadsResult> LocalStore::list_multipart_uploads(
    const objects::ListMultipartUploadsRequest&) {
    co_return no_multipart();
}

Task<> LocalStore::remove_if(std::string_view, std::string_view, const objects::Conditions&) {
    co_return no_multipart();
}

Task<objects::CopyPartResult> LocalStore::copy_part(const objects::CopyPartRequest&) {
    co_return no_multipart();
}

Task<objects::MultipartUploadInfo> LocalStore::find_multipart(const objects::MultipartUpload&) {
    co_return no_multipart();
}

Task<objects::ObjectPartsResult> LocalStore::list_object_parts(const objects::ObjectPartsRequest&) {
    co_return no_multipart();
}

Task<objects::ObjectInfo> LocalStore::change_object(std::string_view,
                                                    std::string_view,
                                                    const objects::ObjectChange&) {
    co_return no_multipart();
}

Result<std::shared_ptr<const objects::BucketSettings>> LocalStore::bucket_settings(
    std::string_view) const {
    return std::make_shared<const objects::BucketSettings>();
}

Task<> LocalStore::change_bucket(std::string_view,
                                 objects::BucketSetting,
                                 std::optional<std::string>) {
    co_return no_multipart();
}

}  // namespace slipway::store
