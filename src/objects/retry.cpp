// SPDX-License-Identifier: Apache-2.0
#include "objects/retry.h"

#include "task/pause.h"

#include <algorithm>
#include <random>
#include <type_traits>
#include <utility>

namespace slipway::objects {
namespace {

double uniform() {
    thread_local std::minstd_rand source{std::random_device{}()};
    return std::uniform_real_distribution<double>(0.0, 1.0)(source);
}

/// `size` is what was declared: the store refuses bytes that are fewer.
class HeldBody final : public BodyReader {
  public:
    HeldBody(const std::string& bytes, std::uint64_t size) : reader_(bytes), size_(size) {}
    Task<Chunk> read() override { return reader_.read(); }
    std::optional<std::uint64_t> size() const override { return size_; }

  private:
    MemoryBodyReader reader_;
    std::uint64_t size_;
};

Task<ObjectInfo> put_bytes(ObjectStore& store,
                           const PutRequest& request,
                           const std::string& bytes,
                           std::uint64_t size) {
    HeldBody body(bytes, size);
    co_return co_await store.put(request, body);
}

/// Turns the failure with that code into success; an empty code is none's.
Task<> forgive(Task<> call, std::string_view code) {
    auto result = co_await std::move(call);
    if (!result && !code.empty() && result.error().code == code) {
        co_return Result<>();
    }
    co_return result;
}

}  // namespace

bool is_temporary(const Error& error) {
    switch (error.kind) {
        case ErrorKind::unavailable:
        case ErrorKind::throttled:
        case ErrorKind::timeout:
            return true;
        default:
            // Amazon's InternalError asks for a second attempt; an internal fault of ours has no
            // status and would only repeat.
            return error.http_status == 500 || error.http_status >= 502;
    }
}

std::chrono::milliseconds backoff(unsigned attempts_made, double random) {
    constexpr auto base = std::chrono::milliseconds(limits::retry_backoff_base);
    constexpr auto cap = std::chrono::milliseconds(limits::retry_backoff_max);
    const unsigned doublings = std::min(attempts_made > 0 ? attempts_made - 1 : 0U, 16U);
    const auto ceiling = std::min(std::chrono::milliseconds(base.count() << doublings), cap);
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(static_cast<double>(ceiling.count()) * random));
}

/// Remembers whether anything was asked of a body: from then on it cannot be sent again.
class RetryingStore::WatchedBody final : public BodyReader {
  public:
    explicit WatchedBody(BodyReader& body) : body_(body) {}
    Task<Chunk> read() override {
        touched_ = true;
        return body_.read();
    }
    std::optional<std::uint64_t> size() const override { return body_.size(); }
    bool touched() const { return touched_; }

  private:
    BodyReader& body_;
    bool touched_ = false;
};

RetryingStore::RetryingStore(ObjectStore& store) : RetryingStore(store, Options()) {
}

RetryingStore::RetryingStore(ObjectStore& store, Options options)
    : store_(store), options_(std::move(options)) {
    if (!options_.random) {
        options_.random = uniform;
    }
    if (!options_.pause) {
        options_.pause = pause_for;
    }
}

template <class Call>
std::invoke_result_t<Call&, bool> RetryingStore::repeat(Call call, const WatchedBody* body) {
    for (unsigned made = 1;; ++made) {
        auto result = co_await call(made > 1);
        if (result) {
            co_return result;
        }
        const bool repeatable =
            is_temporary(result.error()) && (body == nullptr || !body->touched());
        if (!repeatable || made >= options_.attempts_max) {
            if (made > 1) {
                result.error().message += " (after " + std::to_string(made) + " attempts)";
            }
            co_return result;
        }
        co_await options_.pause(backoff(made, options_.random()));
    }
}

Task<ObjectInfo> RetryingStore::put(const PutRequest& request, BodyReader& body) {
    const auto size = body.size();
    // A conditional put that succeeded without our hearing of it would fail its own condition.
    if (!size || *size > limits::client_held_body_bytes_max || !request.conditions.none()) {
        WatchedBody watched(body);
        auto call = [&](bool) { return store_.put(request, watched); };
        co_return co_await repeat(std::move(call), &watched);
    }
    SLIPWAY_CO_TRY(bytes, co_await read_all(body, static_cast<std::size_t>(*size)));
    auto call = [&](bool) { return put_bytes(store_, request, bytes, *size); };
    co_return co_await repeat(std::move(call));
}

Task<GetResult> RetryingStore::get(const GetRequest& request) {
    auto call = [&](bool) { return store_.get(request); };
    co_return co_await repeat(std::move(call));
}

Task<ObjectInfo> RetryingStore::head(const GetRequest& request) {
    auto call = [&](bool) { return store_.head(request); };
    co_return co_await repeat(std::move(call));
}

Task<> RetryingStore::remove(std::string_view bucket, std::string_view key) {
    auto call = [&](bool) { return store_.remove(bucket, key); };
    co_return co_await repeat(std::move(call));
}

Task<ObjectInfo> RetryingStore::copy(const CopyRequest& request) {
    auto call = [&](bool) { return store_.copy(request); };
    co_return co_await repeat(std::move(call));
}

Task<ListResult> RetryingStore::list(const ListRequest& request) {
    auto call = [&](bool) { return store_.list(request); };
    co_return co_await repeat(std::move(call));
}

Task<> RetryingStore::create_bucket(std::string_view bucket) {
    // The attempt whose answer was lost may have made it.
    auto call = [&](bool again) {
        return forgive(store_.create_bucket(bucket), again ? "BucketAlreadyOwnedByYou" : "");
    };
    co_return co_await repeat(std::move(call));
}

Task<BucketInfo> RetryingStore::head_bucket(std::string_view bucket) {
    auto call = [&](bool) { return store_.head_bucket(bucket); };
    co_return co_await repeat(std::move(call));
}

Task<> RetryingStore::remove_bucket(std::string_view bucket) {
    // Likewise: gone is what was wanted.
    auto call = [&](bool again) {
        return forgive(store_.remove_bucket(bucket), again ? "NoSuchBucket" : "");
    };
    co_return co_await repeat(std::move(call));
}

Task<std::vector<BucketInfo>> RetryingStore::list_buckets() {
    auto call = [&](bool) { return store_.list_buckets(); };
    co_return co_await repeat(std::move(call));
}

}  // namespace slipway::objects
