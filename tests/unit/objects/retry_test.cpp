// SPDX-License-Identifier: Apache-2.0
#include "objects/retry.h"

#include "support/run_on.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace slipway::objects {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Fails with each error of a script in turn, then succeeds.
class ScriptedStore final : public ObjectStore {
  public:
    std::deque<Error> script;
    int calls = 0;
    bool reads_body = true;

    Task<ObjectInfo> put(const PutRequest&, BodyReader& body) override {
        if (reads_body) {
            SLIPWAY_CO_TRY(text, co_await read_all(body, 1000));
            stored = text;
        }
        co_return next<ObjectInfo>();
    }
    Task<GetResult> get(const GetRequest&) override { co_return next<GetResult>(); }
    Task<ObjectInfo> head(const GetRequest&) override {
        auto answer = next<ObjectInfo>();
        co_return answer ? Result<ObjectInfo>(there) : answer;
    }
    Task<> remove(std::string_view, std::string_view) override { co_return next<void>(); }
    Task<std::vector<Result<>>> remove_many(std::string_view,
                                            std::span<const std::string> keys) override {
        asked.emplace_back(keys.begin(), keys.end());
        std::vector<Result<>> outcomes;
        for (const std::string& key : keys) {
            outcomes.push_back(key.starts_with("never") ? fail(ErrorKind::permission_denied, key)
                                                        : next<void>());
        }
        co_return outcomes;
    }
    Task<ObjectInfo> copy(const CopyRequest&) override { co_return next<ObjectInfo>(); }
    Task<ListResult> list(const ListRequest&) override { co_return next<ListResult>(); }
    Task<> create_bucket(std::string_view) override { co_return next<void>(); }
    Task<BucketInfo> head_bucket(std::string_view) override { co_return next<BucketInfo>(); }
    Task<> remove_bucket(std::string_view) override { co_return next<void>(); }
    Task<std::vector<BucketInfo>> list_buckets() override {
        co_return next<std::vector<BucketInfo>>();
    }
    Task<MultipartUpload> create_multipart(const CreateMultipartRequest&) override {
        co_return next<MultipartUpload>();
    }
    Task<PartInfo> put_part(const PutPartRequest&, BodyReader& body) override {
        SLIPWAY_CO_TRY(text, co_await read_all(body, 1000));
        stored = text;
        co_return next<PartInfo>();
    }
    Task<ObjectInfo> complete_multipart(const CompleteMultipartRequest&) override {
        co_return next<ObjectInfo>();
    }
    Task<> abort_multipart(const MultipartUpload&) override { co_return next<void>(); }
    Task<ListPartsResult> list_parts(const ListPartsRequest&) override {
        co_return next<ListPartsResult>();
    }
    Task<ListMultipartUploadsResult> list_multipart_uploads(
        const ListMultipartUploadsRequest&) override {
        co_return next<ListMultipartUploadsResult>();
    }

    std::vector<std::vector<std::string>> asked;  ///< of remove_many
    std::string stored;
    ObjectInfo there;  ///< what a head that succeeds finds

  private:
    template <class T>
    Result<T> next() {
        ++calls;
        if (script.empty()) {
            return Result<T>();
        }
        Error error = script.front();
        script.pop_front();
        return fail(std::move(error));
    }
};

Error away() {
    return Error{ErrorKind::unavailable, "the store is away", "", 0};
}

class RetryTest : public testing::Test {
  protected:
    template <class T>
    T run(Async<T> work) {
        auto answer = boost::asio::co_spawn(loop_, std::move(work), boost::asio::use_future);
        loop_.restart();
        loop_.run();
        return answer.get();
    }

    RetryingStore::Options options() {
        RetryingStore::Options made;
        made.random = [] { return 0.5; };
        made.pause = [this](std::chrono::milliseconds time) { return rest(time); };
        return made;
    }

    Async<void> rest(std::chrono::milliseconds time) {
        rests_.push_back(time);
        co_return;
    }

    boost::asio::io_context loop_;
    std::vector<std::chrono::milliseconds> rests_;
    ScriptedStore inner_;
    RetryingStore store_{inner_, options()};
};

TEST_F(RetryTest, TriesAgainWithGrowingRestsUntilItSucceeds) {
    inner_.script = {away(), Error{ErrorKind::throttled, "slow down", "SlowDown", 503}};
    EXPECT_TRUE(run(store_.head(GetRequest())));
    EXPECT_EQ(inner_.calls, 3);
    EXPECT_THAT(rests_, ElementsAre(50ms, 100ms));
}

TEST_F(RetryTest, GivesUpAfterThreeAttemptsAndSaysSo) {
    inner_.script = {away(), away(), away(), away()};
    const auto result = run(store_.list_buckets());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::unavailable);
    EXPECT_EQ(result.error().message, "the store is away (after 3 attempts)");
    EXPECT_EQ(inner_.calls, 3);
}

TEST_F(RetryTest, DoesNotRepeatWhatCannotSucceed) {
    for (const auto kind :
         {ErrorKind::invalid_argument, ErrorKind::not_found, ErrorKind::permission_denied,
          ErrorKind::precondition_failed, ErrorKind::corrupted, ErrorKind::cancelled}) {
        inner_.calls = 0;
        inner_.script = {Error{kind, "no", "", 400}};
        const auto result = run(store_.get(GetRequest()));
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().kind, kind);
        EXPECT_THAT(result.error().message, Not(HasSubstr("attempt")));
        EXPECT_EQ(inner_.calls, 1) << to_string(kind);
    }
    EXPECT_TRUE(rests_.empty());
}

TEST_F(RetryTest, RepeatsTheOtherSidesInternalErrorButNotOurs) {
    inner_.script = {Error{ErrorKind::internal, "try again", "InternalError", 500}};
    EXPECT_TRUE(run(store_.remove("bucket", "key")));
    EXPECT_EQ(inner_.calls, 2);
    inner_.calls = 0;
    inner_.script = {Error{ErrorKind::internal, "our fault", "", 0}};
    EXPECT_FALSE(run(store_.remove("bucket", "key")));
    EXPECT_EQ(inner_.calls, 1);
}

/// Says no size.
class Unsized final : public BodyReader {
  public:
    explicit Unsized(std::string bytes) : reader_(std::move(bytes)) {}
    Task<Chunk> read() override { return reader_.read(); }
    std::optional<std::uint64_t> size() const override { return std::nullopt; }

  private:
    MemoryBodyReader reader_;
};

TEST_F(RetryTest, HoldsASmallBodySoThatItsPutCanBeRepeated) {
    inner_.script = {away(), away()};
    MemoryBodyReader body("bytes that come once");
    EXPECT_TRUE(run(store_.put(PutRequest(), body)));
    EXPECT_EQ(inner_.calls, 3);
    EXPECT_EQ(inner_.stored, "bytes that come once");
}

TEST_F(RetryTest, DoesNotRepeatAPutWhoseBodyWasRead) {
    inner_.script = {away()};
    Unsized body("bytes that come once");
    EXPECT_FALSE(run(store_.put(PutRequest(), body)));
    EXPECT_EQ(inner_.calls, 1);
    EXPECT_TRUE(rests_.empty());
}

TEST_F(RetryTest, DoesNotRepeatAConditionalPutThatMayHaveSucceeded) {
    inner_.script = {away()};
    PutRequest request;
    request.conditions.if_none_match = "*";
    MemoryBodyReader body("bytes that come once");
    EXPECT_FALSE(run(store_.put(request, body)));
    EXPECT_EQ(inner_.calls, 1);
}

TEST_F(RetryTest, RepeatsAPutThatFailedBeforeItsBodyWasRead) {
    inner_.script = {away()};
    inner_.reads_body = false;
    Unsized body("bytes that come once");
    EXPECT_TRUE(run(store_.put(PutRequest(), body)));
    EXPECT_EQ(inner_.calls, 2);
    EXPECT_EQ(run(read_all(body, 100)).value(), "bytes that come once");
}

TEST_F(RetryTest, ABucketMadeByTheLostAttemptIsMade) {
    const Error owned{ErrorKind::already_exists, "yours", "BucketAlreadyOwnedByYou", 409};
    inner_.script = {away(), owned};
    EXPECT_TRUE(run(store_.create_bucket("photos")));
    inner_.script = {owned};
    EXPECT_FALSE(run(store_.create_bucket("photos")));
}

TEST_F(RetryTest, ABucketRemovedByTheLostAttemptIsGone) {
    const Error gone{ErrorKind::not_found, "no such bucket", "NoSuchBucket", 404};
    inner_.script = {away(), gone};
    EXPECT_TRUE(run(store_.remove_bucket("photos")));
    inner_.script = {gone};
    EXPECT_FALSE(run(store_.remove_bucket("photos")));
}

TEST_F(RetryTest, RestsAsLongAsTheStoreAsks) {
    Error busy{ErrorKind::throttled, "slow down", "SlowDown", 503};
    busy.retry_after = 2s;
    inner_.script = {busy};
    EXPECT_TRUE(run(store_.head(GetRequest())));
    EXPECT_THAT(rests_, ElementsAre(2s));
}

TEST_F(RetryTest, WaitsAsLongAsItIsMeantTo) {
    Error busy{ErrorKind::throttled, "slow down", "SlowDown", 503};
    busy.retry_after = 42s;
    inner_.script = {busy};
    auto patient = options();
    patient.rest_max = 1min;
    RetryingStore store(inner_, patient);
    EXPECT_TRUE(run(store.head(GetRequest())));
    EXPECT_THAT(rests_, ElementsAre(42s));
}

TEST_F(RetryTest, DoesNotWaitForAStoreThatWantsALongRest) {
    Error busy{ErrorKind::throttled, "slow down", "SlowDown", 503};
    busy.retry_after = 10min;
    inner_.script = {busy};
    const auto result = run(store_.head(GetRequest()));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().retry_after, 10min);
    EXPECT_EQ(inner_.calls, 1);
}

TEST_F(RetryTest, SendsABodyThatIsHeldAsOftenAsItTakes) {
    const Chunk chunks[] = {Chunk::copy_of(std::string(500, 'a')), Chunk::copy_of("end")};
    const std::string bytes = std::string(500, 'a') + "end";
    inner_.script = {away(), away()};
    HeldBodyReader body(chunks);
    EXPECT_TRUE(run(store_.put(PutRequest(), body)));
    EXPECT_EQ(inner_.calls, 3);
    EXPECT_EQ(inner_.stored, bytes);
    inner_.script = {away(), away()};
    HeldBodyReader part(chunks);
    inner_.stored.clear();
    EXPECT_TRUE(run(store_.put_part(PutPartRequest(), part)));
    EXPECT_EQ(inner_.calls, 6);
    EXPECT_EQ(inner_.stored, bytes);
}

TEST_F(RetryTest, DoesNotSendAHeldBodyAgainUnderACondition) {
    const Chunk chunks[] = {Chunk::copy_of("held")};
    inner_.script = {away()};
    HeldBodyReader body(chunks);
    PutRequest request;
    request.conditions.if_none_match = "*";
    EXPECT_FALSE(run(store_.put(request, body)));
    EXPECT_EQ(inner_.calls, 1);
}

class RetryConditionalPutTest : public RetryTest {
  protected:
    RetryConditionalPutTest() {
        request_.conditions.if_none_match = "*";
        request_.checksum = Checksum{ChecksumAlgorithm::crc64nvme, "AAAA"};
        inner_.there.size = 4;
        inner_.there.checksum = request_.checksum;
    }
    const Error refused_{ErrorKind::precondition_failed, "there", "PreconditionFailed", 412};
    PutRequest request_;
};

TEST_F(RetryConditionalPutTest, IsSentAgainSinceItsChecksumTellsWhoseObjectIsThere) {
    const Chunk chunks[] = {Chunk::copy_of("held")};
    inner_.script = {away(), away()};
    HeldBodyReader body(chunks);
    EXPECT_TRUE(run(store_.put(request_, body)));
    EXPECT_EQ(inner_.stored, "held");
    inner_.script = {away(), refused_};
    HeldBodyReader answer_lost(chunks);
    EXPECT_TRUE(run(store_.put(request_, answer_lost)));
}

TEST_F(RetryConditionalPutTest, AnotherObjectThereIsARefusal) {
    const Chunk chunks[] = {Chunk::copy_of("held")};
    inner_.there.checksum->value = "BBBB";
    inner_.script = {away(), refused_};
    HeldBodyReader body(chunks);
    const auto stored = run(store_.put(request_, body));
    ASSERT_FALSE(stored);
    EXPECT_EQ(stored.error().kind, ErrorKind::precondition_failed);
}

class PatientRetryTest : public RetryTest {
  protected:
    PatientRetryTest() {
        options_ = options();
        options_.patience = 30s;
        options_.pause = [this](std::chrono::milliseconds time) { return pass(time); };
        options_.now = [this] { return now_; };
    }
    Async<void> pass(std::chrono::milliseconds time) {
        now_ += time;
        rests_.push_back(time);
        co_return;
    }
    Instant now_ = Instant() + 100h;
    RetryingStore::Options options_;
};

TEST_F(PatientRetryTest, GoesOnForAsLongAsItIsMeantTo) {
    inner_.script.assign(10, away());
    RetryingStore store(inner_, options_);
    EXPECT_TRUE(run(store.head(GetRequest())));
    EXPECT_EQ(inner_.calls, 11);
}

TEST_F(PatientRetryTest, EndsWhenNothingGotThroughForThatLong) {
    inner_.script.assign(1000, away());
    RetryingStore store(inner_, options_);
    const Instant begin = now_;
    EXPECT_FALSE(run(store.head(GetRequest())));
    EXPECT_GE(now_ - begin, 30s);
    EXPECT_LT(now_ - begin, 30s + limits::retry_backoff_max);
    inner_.calls = 0;
    EXPECT_FALSE(run(store.head(GetRequest())));
    EXPECT_EQ(inner_.calls, limits::retry_attempts_max) << "no other request is waited for as long";
    inner_.script.clear();
    EXPECT_TRUE(run(store.head(GetRequest())));
    inner_.script.assign(10, away());
    EXPECT_TRUE(run(store.head(GetRequest()))) << "something got through since";
}

TEST_F(PatientRetryTest, EndsWhenItIsGivenUp) {
    inner_.script.assign(1000, away());
    options_.given_up = [this] { return inner_.calls >= 5; };
    RetryingStore store(inner_, options_);
    EXPECT_FALSE(run(store.head(GetRequest())));
    EXPECT_EQ(inner_.calls, 5);
}

TEST_F(RetryTest, RepeatsWhatIsSafeOfUploadsInParts) {
    inner_.script = {away()};
    EXPECT_TRUE(run(store_.create_multipart(CreateMultipartRequest())));
    inner_.script = {away()};
    EXPECT_TRUE(run(store_.abort_multipart(MultipartUpload())));
    inner_.script = {away()};
    EXPECT_TRUE(run(store_.list_parts(ListPartsRequest())));
    inner_.script = {away()};
    EXPECT_TRUE(run(store_.list_multipart_uploads(ListMultipartUploadsRequest())));
    inner_.script = {away()};
    EXPECT_TRUE(run(store_.complete_multipart(CompleteMultipartRequest())));
    EXPECT_EQ(inner_.calls, 10);
}

class RetryCompleteTest : public RetryTest {
  protected:
    RetryCompleteTest() {
        request_.size = 5;
        request_.checksum = Checksum{ChecksumAlgorithm::crc64nvme, "AAAA"};
        inner_.there.size = 5;
        inner_.there.checksum = request_.checksum;
    }
    const Error gone_{ErrorKind::not_found, "no such upload", "NoSuchUpload", 404};
    const Error refused_{ErrorKind::precondition_failed, "there", "PreconditionFailed", 412};
    CompleteMultipartRequest request_;
};

TEST_F(RetryCompleteTest, AnObjectMadeByTheLostAttemptIsMade) {
    inner_.script = {away(), gone_};
    const auto made = run(store_.complete_multipart(request_));
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->checksum, request_.checksum);
    EXPECT_EQ(inner_.calls, 3) << "complete, complete, head";
}

TEST_F(RetryCompleteTest, SoIsOneThatBreaksItsOwnCondition) {
    inner_.script = {away(), refused_};
    request_.conditions.if_none_match = "*";
    EXPECT_TRUE(run(store_.complete_multipart(request_)));
}

TEST_F(RetryCompleteTest, AnUploadThatIsGoneFromTheStartHasFailed) {
    for (const Error& error : {gone_, refused_}) {
        inner_.calls = 0;
        inner_.script = {error};
        const auto made = run(store_.complete_multipart(request_));
        ASSERT_FALSE(made);
        EXPECT_EQ(made.error(), error);
        EXPECT_EQ(inner_.calls, 1) << "nobody looks at an object that is another's";
    }
}

TEST_F(RetryCompleteTest, AnotherObjectThereIsNotTakenForIt) {
    inner_.there.checksum->value = "BBBB";
    inner_.script = {away(), gone_};
    const auto made = run(store_.complete_multipart(request_));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, "NoSuchUpload");
    EXPECT_THAT(made.error().message, HasSubstr("not what was sent"));
}

TEST_F(RetryCompleteTest, LooksAgainWhenTheLookFailed) {
    inner_.script = {away(), gone_, away(), gone_};
    EXPECT_TRUE(run(store_.complete_multipart(request_)));
    EXPECT_EQ(inner_.calls, 5);
}

TEST(IsTemporary, GoesByKindStatusAndAmazonsWord) {
    for (const int status : {429, 500, 502, 503, 504}) {
        EXPECT_TRUE(is_temporary(Error{ErrorKind::internal, "", "", status})) << status;
    }
    for (const int status : {0, 400, 403, 404, 412, 501, 507}) {
        EXPECT_FALSE(is_temporary(Error{ErrorKind::internal, "", "", status})) << status;
    }
    EXPECT_TRUE(is_temporary(Error{ErrorKind::timeout, "", "RequestTimeout", 400}));
    EXPECT_TRUE(is_temporary(Error{ErrorKind::throttled, "", "SlowDown", 503}));
    EXPECT_TRUE(is_temporary(Error{ErrorKind::unavailable, "connection lost", "", 0}));
    EXPECT_TRUE(is_temporary(Error{ErrorKind::internal, "", "InternalError", 200}))
        << "the document of a complete that failed late";
    EXPECT_FALSE(is_temporary(Error{ErrorKind::no_space, "", "QuotaExceeded", 507}));
}

TEST(Backoff, DoublesUpToItsCapAndIsSpreadOverAllOfIt) {
    EXPECT_EQ(backoff(1, 0.0), 0ms);
    EXPECT_EQ(backoff(1, 0.999), 99ms);
    EXPECT_EQ(backoff(2, 0.5), 100ms);
    EXPECT_EQ(backoff(3, 0.5), 200ms);
    EXPECT_EQ(backoff(40, 0.5), 2500ms);
    EXPECT_EQ(backoff(4'000'000'000U, 0.999), 4995ms);
}

TEST_F(RetryTest, WhatFailsByItselfOfManyIsDeletedAgainByItself) {
    inner_.script = {away(), away()};
    const std::vector<std::string> keys = {"a", "never", "b", "c"};
    const auto removed = run(store_.remove_many("photos", keys));
    ASSERT_TRUE(removed);
    ASSERT_EQ(removed->size(), 4U);
    EXPECT_TRUE((*removed)[0] && (*removed)[2] && (*removed)[3]);
    EXPECT_EQ((*removed)[1].error().kind, ErrorKind::permission_denied);
    EXPECT_THAT(inner_.asked,
                ElementsAre(ElementsAre("a", "never", "b", "c"), ElementsAre("a", "b")));
    EXPECT_EQ(rests_.size(), 1U);
    // In the end what it was stays.
    inner_.script.assign(limits::retry_attempts_max, away());
    const std::vector<std::string> one = {"a"};
    const auto failed = run(store_.remove_many("photos", one));
    ASSERT_TRUE(failed);
    EXPECT_EQ((*failed)[0].error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace slipway::objects
