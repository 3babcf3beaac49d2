// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/limits.h"
#include "objects/object_store.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <type_traits>

namespace slipway::objects {

/// Whether the same request may well succeed a little later: the other side was away, too slow or
/// overloaded, or failed in a way of its own (5xx).
bool is_temporary(const Error& error);

/// How long to wait before the attempt after `attempts_made`: capped exponential backoff with full
/// jitter ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015). `random` is in [0, 1).
std::chrono::milliseconds backoff(unsigned attempts_made, double random);

/// An ObjectStore that repeats what failed for a reason that passes.
///
/// Only what is safe to repeat: everything but a put whose body has begun to be read, since a
/// reader brings its bytes once. Small bodies are held for that, and one that is held anyway
/// (BodyReader::held) is sent from where it is each time; under a condition both only with a
/// checksum. A repeated put whose condition does not hold, and a repeated complete that finds its
/// upload gone, look at the object: the answer before may have been lost (lost_answer.h). The last
/// error says how many attempts were made. Any I/O thread.
class RetryingStore final : public ObjectStore {
  public:
    struct Options {
        unsigned attempts_max = limits::retry_attempts_max;
        /// Further attempts are made while requests have only failed for no longer than this, all
        /// requests taken together.
        std::chrono::milliseconds patience{0};
        /// A store that asks for a longer rest (Retry-After) is not waited for.
        std::chrono::milliseconds rest_max = limits::retry_backoff_max;
        /// Whether patience has ended early; may be empty. Any I/O thread.
        std::function<bool()> given_up;
        /// Both may be called from any I/O thread. Tests replace them.
        std::function<double()> random;                               ///< default: uniform
        std::function<Async<void>(std::chrono::milliseconds)> pause;  ///< default: a timer
        std::function<Instant()> now;                                 ///< default: the machine's
    };

    /// `store` outlives this.
    explicit RetryingStore(ObjectStore& store);
    RetryingStore(ObjectStore& store, Options options);

    Task<ObjectInfo> put(const PutRequest& request, BodyReader& body) override;
    bool takes_streams() const override { return store_.takes_streams(); }
    Task<GetResult> get(const GetRequest& request) override;
    Task<ObjectInfo> head(const GetRequest& request) override;
    Task<> remove(std::string_view bucket, std::string_view key) override;
    /// Also what failed of it by itself for a reason that passes.
    Task<std::vector<Result<>>> remove_many(std::string_view bucket,
                                            std::span<const std::string> keys) override;
    Task<ObjectInfo> copy(const CopyRequest& request) override;
    Task<ListResult> list(const ListRequest& request) override;
    Task<> create_bucket(std::string_view bucket) override;
    Task<BucketInfo> head_bucket(std::string_view bucket) override;
    Task<> remove_bucket(std::string_view bucket) override;
    Task<std::vector<BucketInfo>> list_buckets() override;
    Task<MultipartUpload> create_multipart(const CreateMultipartRequest& request) override;
    Task<PartInfo> put_part(const PutPartRequest& request, BodyReader& body) override;
    Task<ObjectInfo> complete_multipart(const CompleteMultipartRequest& request) override;
    Task<> abort_multipart(const MultipartUpload& upload) override;
    Task<ListPartsResult> list_parts(const ListPartsRequest& request) override;
    Task<ListMultipartUploadsResult> list_multipart_uploads(
        const ListMultipartUploadsRequest& request) override;

  private:
    class WatchedBody;

    /// Whether requests have only failed for so short a time that there is patience for more.
    bool note_failure();
    void note_answer() {
        if (failing_since_ != 0) {  // or all threads would write to it with each request
            failing_since_ = 0;
        }
    }

    /// Calls `call(again)` until it succeeds, fails for good, or has been called often enough.
    template <class Call>
    std::invoke_result_t<Call&, bool> repeat(Call call, const WatchedBody* body = nullptr);

    /// Sends a body with `send(BodyReader&, again)`, again if its bytes can be had again.
    template <class Send>
    std::invoke_result_t<Send&, BodyReader&, bool> repeat_body(Send send,
                                                               BodyReader& body,
                                                               bool may_repeat);

    ObjectStore& store_;
    Options options_;
    std::atomic<Instant::rep> failing_since_{0};  // 0: the last answer was a good one
};

}  // namespace slipway::objects
