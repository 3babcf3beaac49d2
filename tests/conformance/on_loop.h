// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "objects/object_store.h"

#include <boost/asio/co_spawn.hpp>

#include <memory>
#include <utility>
#include <variant>

namespace slipway::test {

/// Runs every call of a store on one I/O thread, whatever loop the caller is on; a body that is
/// still coming is read there to its end.
class OnLoop final : public objects::ObjectStore {
  public:
    OnLoop(objects::ObjectStore& store, boost::asio::io_context& loop)
        : store_(store), loop_(loop) {}

    Task<objects::ObjectInfo> put(const objects::PutRequest& request, BodyReader& body) override {
        return there(store_.put(request, body));
    }
    Task<objects::GetResult> get(const objects::GetRequest& request) override {
        return there(get_whole(request));
    }
    Task<objects::ObjectInfo> head(const objects::GetRequest& request) override {
        return there(store_.head(request));
    }
    Task<> remove(std::string_view bucket, std::string_view key) override {
        return there(store_.remove(bucket, key));
    }
    Task<std::vector<Result<>>> remove_many(std::string_view bucket,
                                            std::span<const std::string> keys) override {
        return there(store_.remove_many(bucket, keys));
    }
    Task<objects::ObjectInfo> copy(const objects::CopyRequest& request) override {
        return there(store_.copy(request));
    }
    Task<objects::ListResult> list(const objects::ListRequest& request) override {
        return there(store_.list(request));
    }
    Task<> create_bucket(std::string_view bucket) override {
        return there(store_.create_bucket(bucket));
    }
    Task<objects::BucketInfo> head_bucket(std::string_view bucket) override {
        return there(store_.head_bucket(bucket));
    }
    Task<> remove_bucket(std::string_view bucket) override {
        return there(store_.remove_bucket(bucket));
    }
    Task<std::vector<objects::BucketInfo>> list_buckets() override {
        return there(store_.list_buckets());
    }
    Task<objects::MultipartUpload> create_multipart(
        const objects::CreateMultipartRequest& request) override {
        return there(store_.create_multipart(request));
    }
    Task<objects::PartInfo> put_part(const objects::PutPartRequest& request,
                                     BodyReader& body) override {
        return there(store_.put_part(request, body));
    }
    Task<objects::ObjectInfo> complete_multipart(
        const objects::CompleteMultipartRequest& request) override {
        return there(store_.complete_multipart(request));
    }
    Task<> abort_multipart(const objects::MultipartUpload& upload) override {
        return there(store_.abort_multipart(upload));
    }
    Task<objects::ListPartsResult> list_parts(const objects::ListPartsRequest& request) override {
        return there(store_.list_parts(request));
    }
    Task<objects::ListMultipartUploadsResult> list_multipart_uploads(
        const objects::ListMultipartUploadsRequest& request) override {
        return there(store_.list_multipart_uploads(request));
    }

  private:
    template <class T>
    Async<T> there(Async<T> work) {
        co_return co_await boost::asio::co_spawn(loop_, std::move(work), as_value);
    }

    Task<objects::GetResult> get_whole(const objects::GetRequest& request) {
        SLIPWAY_CO_TRY(result, co_await store_.get(request));
        auto& body = std::get<std::unique_ptr<BodyReader>>(result.body);
        SLIPWAY_CO_TRY(bytes, co_await read_all(*body, 1U << 30));
        result.body = std::move(bytes);
        co_return result;
    }

    objects::ObjectStore& store_;
    boost::asio::io_context& loop_;
};

/// Stands still: S3 does not tell when it stored an object, so the client goes by its own clock.
class StoppedClock final : public Clock {
  public:
    Time now() const override { return now_; }

  private:
    const Time now_ = SystemClock().now();
};

}  // namespace slipway::test
