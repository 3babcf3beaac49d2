// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/limits.h"
#include "objects/hosted_store.h"
#include "store/janitor.h"
#include "store/storage.h"
#include "task/disk_threads.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

namespace slipway::store {

struct LocalStoreOptions {
    /// Made when it is not there; holds all of the store (docs/disk-format.md).
    std::filesystem::path directory;
    /// nullptr: the operating system's. Must outlive the store.
    FileSystem* file_system = nullptr;
    std::chrono::milliseconds janitor_interval = limits::janitor_interval;
    /// A day of a lifecycle rule; tests make it short.
    std::chrono::milliseconds lifecycle_day = limits::lifecycle_day;
    /// When the index's log is moved into the index.
    sqlite::CheckpointLimits log_limits = Index::usual_log_limits;
};

/// A HostedStore on local disk that acknowledges only what is durable (design decision 5).
///
/// Small objects live in the index, an SQLite database whose commits are shared by all who wait for
/// one; larger ones in a file each, synced before the index refers to it. Any thread may call. The
/// disk threads and the clock must outlive the store, and no call may be under way when it goes.
class LocalStore final : public objects::HostedStore {
  public:
    /// Errors: unavailable when another process has the directory open; unsupported when a newer
    /// version wrote it; corrupted; permission_denied; no_space; io.
    static Result<std::unique_ptr<LocalStore>> open(const LocalStoreOptions& options,
                                                    DiskThreads& disk,
                                                    const Clock& clock);
    /// Commits what is queued and joins the store's threads.
    ~LocalStore() override;

    Task<objects::ObjectInfo> put(const objects::PutRequest& request, BodyReader& body) override;
    bool takes_streams() const override { return true; }
    Task<objects::GetResult> get(const objects::GetRequest& request) override;
    Task<objects::ObjectInfo> head(const objects::GetRequest& request) override;
    Task<> remove(std::string_view bucket, std::string_view key) override;
    Task<objects::ObjectInfo> copy(const objects::CopyRequest& request) override;
    Task<objects::ListResult> list(const objects::ListRequest& request) override;
    Task<> create_bucket(std::string_view bucket) override;
    Task<objects::BucketInfo> head_bucket(std::string_view bucket) override;
    Task<> remove_bucket(std::string_view bucket) override;
    Task<std::vector<objects::BucketInfo>> list_buckets() override;
    Task<objects::MultipartUpload> create_multipart(
        const objects::CreateMultipartRequest& request) override;
    Task<objects::PartInfo> put_part(const objects::PutPartRequest& request,
                                     BodyReader& body) override;
    Task<objects::ObjectInfo> complete_multipart(
        const objects::CompleteMultipartRequest& request) override;
    Task<> abort_multipart(const objects::MultipartUpload& upload) override;
    Task<objects::ListPartsResult> list_parts(const objects::ListPartsRequest& request) override;
    Task<objects::ListMultipartUploadsResult> list_multipart_uploads(
        const objects::ListMultipartUploadsRequest& request) override;

    Task<> remove_if(std::string_view bucket,
                     std::string_view key,
                     const objects::Conditions& conditions) override;
    Task<objects::CopyPartResult> copy_part(const objects::CopyPartRequest& request) override;
    Task<objects::MultipartUploadInfo> find_multipart(
        const objects::MultipartUpload& upload) override;
    Task<objects::ObjectPartsResult> list_object_parts(
        const objects::ObjectPartsRequest& request) override;
    Task<objects::ObjectInfo> change_object(std::string_view bucket,
                                            std::string_view key,
                                            const objects::ObjectChange& change) override;
    Result<std::shared_ptr<const objects::BucketSettings>> bucket_settings(
        std::string_view bucket) const override;
    Task<> change_bucket(std::string_view bucket,
                         objects::BucketSetting setting,
                         std::optional<std::string> value) override;

    /// Removes every file that is nobody's, now. Blocks; the store goes on serving.
    Result<JanitorReport> clean() { return janitor_->clean(); }
    /// Applies the buckets' lifecycle rules, now. Blocks; the store goes on serving.
    Result<LifecycleReport> apply_lifecycle() { return janitor_->apply_lifecycle(); }

  private:
    LocalStore() = default;

    // Destroyed from the last to the first.
    std::unique_ptr<FileSystem> own_file_system_;
    std::unique_ptr<OpenFile> lock_;
    std::unique_ptr<DataFiles> files_;
    std::unique_ptr<Index> index_;
    std::unique_ptr<HashLanes> hash_lanes_;
    std::unique_ptr<Storage> storage_;
    std::unique_ptr<Janitor> janitor_;
};

}  // namespace slipway::store
