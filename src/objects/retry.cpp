// SPDX-License-Identifier: Apache-2.0
#include "objects/retry.h"

#include "base/random.h"
#include "objects/lost_answer.h"
#include "task/pause.h"

#include <algorithm>
#include <numeric>
#include <type_traits>
#include <utility>

namespace slipway::objects {
namespace {

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

/// Sends bytes that stay where they are; a reader brings them once, so each attempt has its own.
template <class Reader, class Send, class... Bytes>
std::invoke_result_t<Send&, BodyReader&, bool> send_held(Send& send,
                                                         bool again,
                                                         const Bytes&... bytes) {
    Reader body(bytes...);
    co_return co_await send(body, again);
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
            break;
    }
    switch (error.http_status) {
        case 0:  // an internal fault of ours would only repeat
            return false;
        case 429:
        case 500:
        case 502:
        case 503:
        case 504:
            return true;
        default:
            // Amazon's InternalError asks for a second attempt, also as a document after a 200.
            return error.code == "InternalError";
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
    std::optional<std::span<const Chunk>> held() const override {
        touched_ = true;
        return body_.held();
    }
    bool touched() const { return touched_; }

  private:
    BodyReader& body_;
    mutable bool touched_ = false;
};

RetryingStore::RetryingStore(ObjectStore& store) : RetryingStore(store, Options()) {
}

RetryingStore::RetryingStore(ObjectStore& store, Options options)
    : store_(store), options_(std::move(options)) {
    if (!options_.random) {
        options_.random = random_fraction;
    }
    if (!options_.pause) {
        options_.pause = pause_for;
    }
    if (!options_.now) {
        options_.now = [] { return Instant::clock::now(); };
    }
}

bool RetryingStore::note_failure() {
    const Instant now = options_.now();
    Instant::rep since = 0;
    if (failing_since_.compare_exchange_strong(since, now.time_since_epoch().count())) {
        since = now.time_since_epoch().count();
    }
    const auto failing = now - Instant(Instant::duration(since));
    return failing < options_.patience && !(options_.given_up && options_.given_up());
}

template <class Call>
std::invoke_result_t<Call&, bool> RetryingStore::repeat(Call call, const WatchedBody* body) {
    for (unsigned made = 1;; ++made) {
        auto result = co_await call(made > 1);
        const bool temporary = !result && is_temporary(result.error());
        const bool patient = temporary && note_failure();
        if (!temporary) {
            note_answer();
        }
        if (result) {
            co_return result;
        }
        const auto rest = std::chrono::milliseconds(result.error().retry_after);
        const bool repeatable =
            temporary && (body == nullptr || !body->touched()) && rest <= options_.rest_max;
        if (!repeatable || (made >= options_.attempts_max && !patient)) {
            if (made > 1) {
                result.error().message += " (after " + std::to_string(made) + " attempts)";
            }
            co_return result;
        }
        co_await options_.pause(std::max(rest, backoff(made, options_.random())));
    }
}

template <class Send>
std::invoke_result_t<Send&, BodyReader&, bool> RetryingStore::repeat_body(Send send,
                                                                          BodyReader& body,
                                                                          bool may_repeat) {
    const auto size = body.size();
    if (may_repeat && body.held()) {
        const std::span<const Chunk> chunks = *body.held();
        auto call = [&](bool again) { return send_held<HeldBodyReader>(send, again, chunks); };
        co_return co_await repeat(std::move(call));
    }
    if (!may_repeat || !size || *size > limits::client_held_body_bytes_max) {
        WatchedBody watched(body);
        auto call = [&](bool again) { return send(watched, again); };
        co_return co_await repeat(std::move(call), &watched);
    }
    SLIPWAY_CO_TRY(bytes, co_await read_all(body, static_cast<std::size_t>(*size)));
    auto call = [&](bool again) { return send_held<HeldBody>(send, again, bytes, *size); };
    co_return co_await repeat(std::move(call));
}

Task<ObjectInfo> RetryingStore::put(const PutRequest& request, BodyReader& body) {
    const auto size = body.size();
    auto send = [&](BodyReader& each, bool again) {
        return put_or_find(store_, request, each, size.value_or(0), again);
    };
    // A conditional put that succeeded without our hearing of it fails its own condition. Its
    // checksum tells then whether the object there is what was sent.
    const bool may_repeat = request.conditions.none() || request.checksum;
    co_return co_await repeat_body(std::move(send), body, may_repeat);
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

Task<std::vector<Result<>>> RetryingStore::remove_many(std::string_view bucket,
                                                       std::span<const std::string> keys) {
    std::vector<Result<>> outcomes(keys.size());
    std::vector<std::string> open(keys.begin(), keys.end());
    std::vector<std::size_t> places(keys.size());  // of the open ones in `outcomes`
    std::iota(places.begin(), places.end(), std::size_t{0});
    for (unsigned made = 1;; ++made) {
        auto call = [&](bool) { return store_.remove_many(bucket, open); };
        SLIPWAY_CO_TRY(answers, co_await repeat(std::move(call)));
        std::vector<std::string> again;
        std::vector<std::size_t> again_places;
        for (std::size_t i = 0; i < answers.size(); ++i) {
            if (!answers[i] && is_temporary(answers[i].error())) {
                again.push_back(open[i]);
                again_places.push_back(places[i]);
            }
            outcomes[places[i]] = std::move(answers[i]);
        }
        if (again.empty() || made >= options_.attempts_max) {
            co_return outcomes;
        }
        open = std::move(again);
        places = std::move(again_places);
        co_await options_.pause(backoff(made, options_.random()));
    }
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

Task<MultipartUpload> RetryingStore::create_multipart(const CreateMultipartRequest& request) {
    // One whose answer was lost stays behind empty; who cares for that lists and aborts.
    auto call = [&](bool) { return store_.create_multipart(request); };
    co_return co_await repeat(std::move(call));
}

Task<PartInfo> RetryingStore::put_part(const PutPartRequest& request, BodyReader& body) {
    auto send = [&](BodyReader& each, bool) { return store_.put_part(request, each); };
    co_return co_await repeat_body(std::move(send), body, true);
}

Task<ObjectInfo> RetryingStore::complete_multipart(const CompleteMultipartRequest& request) {
    auto call = [&](bool again) { return complete_or_find(store_, request, again); };
    co_return co_await repeat(std::move(call));
}

Task<> RetryingStore::abort_multipart(const MultipartUpload& upload) {
    auto call = [&](bool) { return store_.abort_multipart(upload); };
    co_return co_await repeat(std::move(call));
}

Task<ListPartsResult> RetryingStore::list_parts(const ListPartsRequest& request) {
    auto call = [&](bool) { return store_.list_parts(request); };
    co_return co_await repeat(std::move(call));
}

Task<ListMultipartUploadsResult> RetryingStore::list_multipart_uploads(
    const ListMultipartUploadsRequest& request) {
    auto call = [&](bool) { return store_.list_multipart_uploads(request); };
    co_return co_await repeat(std::move(call));
}

}  // namespace slipway::objects
