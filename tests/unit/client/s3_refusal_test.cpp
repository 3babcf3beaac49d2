// SPDX-License-Identifier: Apache-2.0
#include "codec/time.h"
#include "objects/retry.h"
#include "s3_client_fixture.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <future>
#include <vector>

// What is learnt from answers that say no.
namespace slipway::client {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class RefusalTest : public S3ClientTest {
  protected:
    static http::Response refusal(int status, std::string_view code) {
        return ScriptedServer::answer(
            status, "<Error><Code>" + std::string(code) + "</Code><Message>m</Message></Error>");
    }
    /// Our clock is this far ahead of the store's; answers carry the store's Date.
    void our_clock_is_ahead(std::chrono::seconds time) { clock_.shift = time; }

    /// A body too large to be held, which can be read once.
    Result<objects::ObjectInfo> put_streamed() {
        objects::PutRequest request;
        request.bucket = "photos";
        request.key = "large";
        MemoryBodyReader body(std::string(300'000, 'x'));
        return run(client_->put(request, body));
    }

    std::chrono::seconds retry_after_of(std::string text) {
        auto answer = refusal(503, "SlowDown");
        answer.headers.add("Retry-After", std::move(text));
        s3_.script.push_back(std::move(answer));
        return run(client_->head(object("a"))).error().retry_after;
    }
};

TEST_F(RefusalTest, SaysRequestIdAndHowLongToWait) {
    auto answer = refusal(503, "SlowDown");
    answer.headers.add("x-amz-request-id", "4442587FB7D0A2F9");
    answer.headers.add("Retry-After", "7");
    s3_.script.push_back(std::move(answer));
    const auto failed = run(client_->get(object("a")));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().http_status, 503);
    EXPECT_EQ(failed.error().code, "SlowDown");
    EXPECT_EQ(failed.error().request_id, "4442587FB7D0A2F9");
    EXPECT_EQ(failed.error().retry_after, 7s);
    EXPECT_TRUE(objects::is_temporary(failed.error()));
}

TEST_F(RefusalTest, ReadsRetryAfterAsSecondsAndAsDate) {
    EXPECT_EQ(retry_after_of("120"), 120s);
    EXPECT_EQ(retry_after_of("0"), 0s);
    const auto date = codec::http_date(SystemClock().now() + 100s);
    EXPECT_GE(retry_after_of(date), 95s);
    EXPECT_LE(retry_after_of(date), 101s);
    EXPECT_EQ(retry_after_of("Sat, 21 Nov 2015 05:00:00 GMT"), 0s);
    EXPECT_EQ(retry_after_of("soon"), 0s);
    EXPECT_EQ(retry_after_of("-5"), 0s);
    EXPECT_EQ(retry_after_of("5 minutes"), 0s);
    EXPECT_EQ(retry_after_of("4000000000"), std::chrono::seconds(limits::retry_after_believed_max));
    EXPECT_EQ(retry_after_of("99999999999999999999"), 0s);
}

TEST_F(RefusalTest, SignsOnceMoreForTheTimeAtTheStoreAndRemembersIt) {
    our_clock_is_ahead(2h);
    s3_.script.push_back(refusal(403, "RequestTimeTooSkewed"));
    s3_.script.push_back(ScriptedServer::answer(204));
    s3_.script.push_back(ScriptedServer::answer(204));
    ASSERT_TRUE(run(client_->remove("photos", "a")));
    ASSERT_TRUE(run(client_->remove("photos", "b")));
    ASSERT_EQ(s3_.seen.size(), 3u);
    const auto signed_at = [this](std::size_t i) {
        return codec::parse_amz_date(s3_.seen[i].request.headers.get("x-amz-date")).value();
    };
    const Time true_time = SystemClock().now();
    EXPECT_GT(signed_at(0), true_time + 1h);
    EXPECT_LT(std::chrono::abs(signed_at(1) - true_time), 1min);
    EXPECT_LT(std::chrono::abs(signed_at(2) - true_time), 1min) << "it is remembered";
}

TEST_F(RefusalTest, ARefusalWithoutWordsByAStoreFarOffInTimeIsTakenForThat) {
    our_clock_is_ahead(-1h);
    s3_.script.push_back(ScriptedServer::answer(403));  // as to HEAD
    auto there = ScriptedServer::answer(200);
    there.head_content_length = 0;
    s3_.script.push_back(std::move(there));
    EXPECT_TRUE(run(client_->head(object("a"))));
    EXPECT_EQ(s3_.seen.size(), 2u);
}

TEST_F(RefusalTest, ARefusalAtTheSameTimeIsMeant) {
    s3_.script.push_back(refusal(403, "AccessDenied"));
    EXPECT_EQ(run(client_->remove("photos", "a")).error().code, "AccessDenied");
    EXPECT_EQ(s3_.seen.size(), 1u);
}

TEST_F(RefusalTest, TheClockIsCorrectedOnceARequest) {
    our_clock_is_ahead(2h);
    for (int i = 0; i < 3; ++i) {
        s3_.script.push_back(refusal(403, "RequestTimeTooSkewed"));
    }
    EXPECT_EQ(run(client_->remove("photos", "a")).error().code, "RequestTimeTooSkewed");
    EXPECT_EQ(s3_.seen.size(), 2u);
}

TEST_F(RefusalTest, AllThatWereSignedBeforeTheTimeWasKnownAreSentAgain) {
    our_clock_is_ahead(2h);
    s3_.judge = [](const http::Request& request) -> std::optional<http::Response> {
        const auto signed_at = codec::parse_amz_date(request.headers.get("x-amz-date")).value();
        const bool far = std::chrono::abs(signed_at - SystemClock().now()) > 15min;
        return far ? refusal(403, "RequestTimeTooSkewed") : ScriptedServer::answer(204);
    };
    std::future<Result<>> first;
    std::future<Result<>> second;
    std::promise<void> both_sent;
    auto send_both = [&] {  // on the one thread that also reads the answers
        auto& loop = threads_.loop(0);
        const auto& future = boost::asio::use_future;
        first = boost::asio::co_spawn(loop, client_->remove("photos", "a"), future);
        second = boost::asio::co_spawn(loop, client_->remove("photos", "b"), future);
        both_sent.set_value();
    };
    boost::asio::post(threads_.loop(0), std::move(send_both));
    both_sent.get_future().get();
    EXPECT_TRUE(first.get());
    EXPECT_TRUE(second.get());
    EXPECT_EQ(s3_.seen.size(), 4u);
}

TEST_F(RefusalTest, AStreamedBodyIsForThoseAboveToSendAgainWhereSomethingWasLearnt) {
    our_clock_is_ahead(2h);
    for (int i = 0; i < 2; ++i) {
        s3_.script.push_back(refusal(403, "RequestTimeTooSkewed"));
    }
    const auto first = put_streamed();
    ASSERT_FALSE(first);
    EXPECT_EQ(first.error().code, "RequestTimeTooSkewed");
    EXPECT_TRUE(objects::is_temporary(first.error()));
    const auto second = put_streamed();
    ASSERT_FALSE(second);
    EXPECT_FALSE(objects::is_temporary(second.error())) << "it was signed for the time there";
    EXPECT_EQ(s3_.seen.size(), 2u);
}

class EndedCredentialsTest : public RefusalTest {
  protected:
    /// One after another, each once those before were refused.
    class InTurn final : public CredentialsSource {
      public:
        explicit InTurn(const std::vector<std::string>& ids) {
            for (const std::string& id : ids) {
                s3::Credentials credentials;
                credentials.access_key_id = id;
                credentials.secret_access_key = Secret("very secret");
                credentials.session_token = "session";
                all_.push_back(std::make_shared<const s3::Credentials>(std::move(credentials)));
            }
        }
        Task<CredentialsPtr> credentials() override {
            if (now_ == all_.size()) {
                co_return fail(ErrorKind::unauthenticated, "no S3 credentials: the agent is away");
            }
            co_return all_[now_];
        }
        void refused(const CredentialsPtr& credentials) override {
            ++refusals;
            if (now_ < all_.size() && all_[now_] == credentials) {
                ++now_;
            }
        }
        int refusals = 0;

      private:
        std::vector<CredentialsPtr> all_;
        std::size_t now_ = 0;
    };

    void client_has(const std::vector<std::string>& ids) {
        in_turn_.emplace(ids);
        const std::string url = "http://127.0.0.1:" + std::to_string(port_);
        client_.emplace(http_, *in_turn_, make_endpoint(url, "us-east-1", "auto").value(), clock_);
    }

    std::optional<InTurn> in_turn_;
};

TEST_F(EndedCredentialsTest, AreRenewedAndTheRequestIsSentOnceMore) {
    for (const char* code : {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"}) {
        s3_.seen.clear();
        client_has({"OLD", "NEW"});
        s3_.script.push_back(refusal(400, code));
        s3_.script.push_back(ScriptedServer::answer(204));
        const auto removed = run(client_->remove("photos", "a"));
        ASSERT_TRUE(removed) << removed.error().message;
        ASSERT_EQ(s3_.seen.size(), 2u);
        EXPECT_THAT(authorization(0), HasSubstr("Credential=OLD/"));
        EXPECT_THAT(authorization(1), HasSubstr("Credential=NEW/"));
        EXPECT_EQ(in_turn_->refusals, 1);
    }
}

TEST_F(EndedCredentialsTest, AHeadIsToldWithoutWords) {
    client_has({"OLD", "NEW"});
    s3_.script.push_back(ScriptedServer::answer(400));
    auto there = ScriptedServer::answer(200);
    there.head_content_length = 0;
    s3_.script.push_back(std::move(there));
    EXPECT_TRUE(run(client_->head(object("a"))));
    EXPECT_THAT(authorization(1), HasSubstr("Credential=NEW/"));
}

TEST_F(EndedCredentialsTest, AreRenewedOnceARequest) {
    client_has({"A", "B", "C", "D"});
    for (int i = 0; i < 3; ++i) {
        s3_.script.push_back(refusal(400, "ExpiredToken"));
    }
    EXPECT_EQ(run(client_->remove("photos", "a")).error().code, "ExpiredToken");
    EXPECT_EQ(s3_.seen.size(), 2u);
}

TEST_F(EndedCredentialsTest, WithoutOthersTheRefusalIsMeant) {
    s3_.script.push_back(refusal(400, "ExpiredToken"));  // there is one fixed pair
    const auto failed = run(client_->remove("photos", "a"));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, "ExpiredToken");
    EXPECT_FALSE(objects::is_temporary(failed.error()));
    EXPECT_EQ(s3_.seen.size(), 1u);
}

TEST_F(EndedCredentialsTest, AFailureToRenewThemIsSaid) {
    client_has({"OLD"});
    s3_.script.push_back(refusal(400, "ExpiredToken"));
    const auto failed = run(client_->remove("photos", "a"));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, "ExpiredToken");
    EXPECT_THAT(failed.error().message, HasSubstr("the agent is away"));
}

TEST_F(EndedCredentialsTest, AStreamedBodyIsForThoseAboveToSendAgain) {
    client_has({"OLD", "NEW"});
    s3_.script.push_back(refusal(400, "ExpiredToken"));
    const auto failed = put_streamed();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, "ExpiredToken");
    EXPECT_TRUE(objects::is_temporary(failed.error()));
    EXPECT_TRUE(put_streamed());
    EXPECT_THAT(authorization(1), HasSubstr("Credential=NEW/"));
}

TEST_F(RefusalTest, ARegionMayStandInTheDocument) {
    s3_.script.push_back(ScriptedServer::answer(
        400,
        "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message>"
        "<Region>eu-central-1</Region></Error>"));
    s3_.script.push_back(ScriptedServer::answer(204));
    ASSERT_TRUE(run(client_->remove("photos", "a")));
    EXPECT_THAT(authorization(1), HasSubstr("/eu-central-1/s3/"));
}

TEST_F(RefusalTest, WhatIsNoRegionIsNotGoneTo) {
    auto answer = refusal(301, "PermanentRedirect");
    answer.headers.add("x-amz-bucket-region", "evil.example/x");
    s3_.script.push_back(std::move(answer));
    EXPECT_EQ(run(client_->remove("photos", "a")).error().code, "PermanentRedirect");
    EXPECT_EQ(s3_.seen.size(), 1u);
}

TEST_F(RefusalTest, WithoutCredentialsNothingIsSigned) {
    AnonymousCredentials anonymous;
    const std::string url = "http://" + std::string("127.0.0.1:") + std::to_string(port_);
    S3Client client(http_, anonymous, make_endpoint(url, "us-east-1", "auto").value(), clock_);
    s3_.script.push_back(ScriptedServer::answer(204));
    ASSERT_TRUE(run(client.remove("photos", "a")));
    const auto& headers = s3_.seen.at(0).request.headers;
    for (const char* name : {"Authorization", "x-amz-date", "x-amz-security-token"}) {
        EXPECT_FALSE(headers.has(name)) << name;
    }
}

}  // namespace
}  // namespace slipway::client
