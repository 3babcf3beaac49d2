// SPDX-License-Identifier: Apache-2.0
#include "client/credentials_chain.h"

#include "credentials_fixture.h"
#include "task/pause.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <future>
#include <thread>

namespace slipway::client {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class SetClock final : public Clock {
  public:
    Time now() const override { return time; }
    Time time{std::chrono::seconds(1'900'000'000)};
};

/// Answers what it is told, at once or when the test lets it.
class FakeProvider final : public CredentialsProvider {
  public:
    explicit FakeProvider(std::string name) : name_(std::move(name)) {}
    std::string name() const override { return name_; }
    Task<Offer> ask() override {
        ++asked;
        while (held) {
            co_await pause_for(1ms);
        }
        co_return next;
    }
    void has(std::string id, std::optional<Time> expires_at = {}) {
        s3::Credentials credentials;
        credentials.access_key_id = std::move(id);
        credentials.secret_access_key = Secret("secret");
        credentials.expires_at = expires_at;
        next = Offer{std::move(credentials), ""};
    }

    std::atomic<int> asked = 0;
    std::atomic<bool> held = false;
    Result<Offer> next = Offer::nothing("it is empty");

  private:
    std::string name_;
};

class ChainTest : public testing::Test {
  protected:
    ChainTest() {
        std::vector<std::unique_ptr<CredentialsProvider>> providers;
        for (const char* name : {"first", "second"}) {
            auto made = std::make_unique<FakeProvider>(name);
            fakes_.push_back(made.get());
            providers.push_back(std::move(made));
        }
        chain_.emplace(std::move(providers), clock_);
        threads_.start();
    }
    ~ChainTest() override { threads_.stop(); }

    std::future<Result<CredentialsPtr>> start(std::size_t loop = 0) {
        return boost::asio::co_spawn(threads_.loop(loop), chain_->credentials(),
                                     boost::asio::use_future);
    }
    Result<CredentialsPtr> get() { return start().get(); }
    std::string id() {
        const auto got = get();
        return got ? (*got)->access_key_id : got.error().message;
    }
    void wait_until_asked(int times) {
        while (first().asked < times) {
            std::this_thread::yield();
        }
    }
    FakeProvider& first() { return *fakes_[0]; }
    FakeProvider& second() { return *fakes_[1]; }

    SetClock clock_;
    std::vector<FakeProvider*> fakes_;
    std::optional<CredentialsChain> chain_;
    net::IoThreads threads_{2};
};

TEST_F(ChainTest, TakesTheFirstThatHasSomeAndKeepsIt) {
    second().has("SECOND");
    EXPECT_EQ(id(), "SECOND");
    first().has("FIRST");
    const auto kept = get();
    EXPECT_EQ((*kept)->access_key_id, "SECOND");
    EXPECT_EQ(*get(), *kept) << "the very same";
    EXPECT_EQ(first().asked, 1);
    EXPECT_EQ(second().asked, 1);
}

TEST_F(ChainTest, SaysEachPlaceAndWhyItHadNone) {
    second().next = Offer::nothing("no metadata service");
    const auto none = get();
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().kind, ErrorKind::unauthenticated);
    EXPECT_THAT(none.error().message, HasSubstr("first: it is empty; second: no metadata service"));
}

TEST_F(ChainTest, APlaceThatWasMeantAndDoesNotWorkEndsTheSearch) {
    first().next = fail(ErrorKind::invalid_argument, "half a pair");
    second().has("SECOND");
    const auto failed = get();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, ErrorKind::invalid_argument);
    EXPECT_EQ(failed.error().message, "no S3 credentials: first: half a pair");
    EXPECT_EQ(second().asked, 0);
}

TEST_F(ChainTest, RenewsThemBeforeTheyEnd) {
    first().has("OLD", clock_.time + 1h);
    EXPECT_EQ(id(), "OLD");
    first().has("NEW", clock_.time + 2h);
    clock_.time += 54min;
    EXPECT_EQ(id(), "OLD");
    clock_.time += 2min;
    EXPECT_EQ(id(), "NEW");
    EXPECT_EQ(first().asked, 2);
}

TEST_F(ChainTest, OthersGoOnWithTheOldOnesWhileOneRenewsThem) {
    first().has("OLD", clock_.time + 1h);
    EXPECT_EQ(id(), "OLD");
    clock_.time += 56min;
    first().held = true;
    first().has("NEW", clock_.time + 1h);
    auto renewing = start();
    wait_until_asked(2);
    EXPECT_EQ(start(1).get().value()->access_key_id, "OLD");
    EXPECT_EQ(id(), "OLD");
    first().held = false;
    EXPECT_EQ(renewing.get().value()->access_key_id, "NEW");
    EXPECT_EQ(id(), "NEW");
    EXPECT_EQ(first().asked, 2);
}

TEST_F(ChainTest, WithoutUsableOnesAllWaitForTheOneWhoAsks) {
    first().held = true;
    first().has("ONLY", clock_.time + 1h);
    std::vector<std::future<Result<CredentialsPtr>>> waiting;
    for (std::size_t i = 0; i < 10; ++i) {
        waiting.push_back(start(i % 2));
    }
    wait_until_asked(1);
    first().held = false;
    for (auto& each : waiting) {
        EXPECT_EQ(each.get().value()->access_key_id, "ONLY");
    }
    EXPECT_EQ(first().asked, 1);
}

TEST_F(ChainTest, AFailureToRenewIsNoneWhileTheOldAreGood) {
    first().has("OLD", clock_.time + 1h);
    EXPECT_EQ(id(), "OLD");
    first().next = fail(ErrorKind::unavailable, "the agent is away");
    clock_.time += 56min;
    EXPECT_EQ(id(), "OLD");
    EXPECT_EQ(id(), "OLD");
    EXPECT_EQ(first().asked, 2) << "not with every request";
    clock_.time += 1min;
    EXPECT_EQ(id(), "OLD");
    EXPECT_EQ(first().asked, 3);
    clock_.time += 3min;  // they have ended
    const auto gone = get();
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().kind, ErrorKind::unavailable);
    EXPECT_THAT(gone.error().message, HasSubstr("the agent is away"));
}

TEST_F(ChainTest, CredentialsThatHaveEndedAlreadyAreNotUsed) {
    first().has("OLD", clock_.time - 1s);
    EXPECT_THAT(id(), HasSubstr("those of first have expired"));
}

TEST_F(ChainTest, RefusedOnesAreFetchedAnewThoughTheyWouldLast) {
    first().has("OLD");
    const auto old = get();
    first().has("NEW");
    EXPECT_EQ(id(), "OLD");
    chain_->refused(*old);
    EXPECT_EQ(id(), "NEW");
    chain_->refused(*old);
    EXPECT_EQ(id(), "NEW");
    EXPECT_EQ(first().asked, 2) << "those were replaced already";
}

TEST_F(ChainTest, AllWaitForThoseInPlaceOfRefusedOnes) {
    first().has("OLD", clock_.time + 1h);
    const auto old = get();
    first().held = true;
    first().has("NEW", clock_.time + 1h);
    chain_->refused(*old);
    auto asking = start();
    wait_until_asked(2);
    auto waiting = start(1);
    first().held = false;
    EXPECT_EQ(asking.get().value()->access_key_id, "NEW");
    EXPECT_EQ(waiting.get().value()->access_key_id, "NEW");
    EXPECT_EQ(first().asked, 2);
}

TEST_F(ChainTest, AStoreThatRefusesAllDoesNotHaveThemFetchedWithEachRequest) {
    first().has("A");
    chain_->refused(*get());
    first().has("B");
    EXPECT_EQ(id(), "B");
    first().has("C");
    chain_->refused(*get());
    EXPECT_EQ(id(), "B");
    EXPECT_EQ(first().asked, 2);
    clock_.time += 31s;
    EXPECT_EQ(id(), "B");
    chain_->refused(*get());
    EXPECT_EQ(id(), "C");
}

TEST_F(ChainTest, TheSameAgainAreTheVerySame) {
    first().has("ONLY");
    const auto only = get();
    chain_->refused(*only);
    EXPECT_EQ(*get(), *only);
    EXPECT_EQ(first().asked, 2);
}

TEST_F(ChainTest, AFailureToReplaceRefusedOnesIsSaidOnce) {
    first().has("OLD");
    chain_->refused(*get());
    first().next = fail(ErrorKind::unauthenticated, "it failed with exit status 1");
    EXPECT_THAT(id(), HasSubstr("first: it failed with exit status 1"));
    EXPECT_EQ(id(), "OLD");
    EXPECT_EQ(first().asked, 2);
}

TEST_F(ChainTest, AnAskerThatIsBrokenOffLeavesItToAnother) {
    first().held = true;
    first().has("ONLY", clock_.time + 1h);
    boost::asio::cancellation_signal give_up;
    std::promise<void> ended;
    auto when_done = [&](std::exception_ptr, Result<CredentialsPtr>) { ended.set_value(); };
    boost::asio::co_spawn(
        threads_.loop(0), chain_->credentials(),
        boost::asio::bind_cancellation_slot(give_up.slot(), std::move(when_done)));
    wait_until_asked(1);
    auto waiting = start(1);
    auto cancel = [&] { give_up.emit(boost::asio::cancellation_type::terminal); };
    boost::asio::post(threads_.loop(0), std::move(cancel));
    ended.get_future().get();
    wait_until_asked(2);
    first().held = false;
    EXPECT_EQ(waiting.get().value()->access_key_id, "ONLY");
}

class SdkChainTest : public ServiceTest {
  protected:
    Result<CredentialsPtr> find(bool profile_by_flag = false) {
        SLIPWAY_TRY(settings, load_aws_settings(environment(), AwsOverrides()));
        const auto chain =
            make_credentials_chain(http_, environment(), settings, profile_by_flag, clock_);
        return run(chain->credentials());
    }
    std::string id(bool profile_by_flag = false) {
        const auto found = find(profile_by_flag);
        return found ? (*found)->access_key_id : found.error().message;
    }
};

TEST_F(SdkChainTest, AsksInTheOrderOfTheSdks) {
    variables_["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = url_;
    answer(200, "token");
    answer(200, "role");
    answer(200, agent_document("INSTANCE"));
    EXPECT_EQ(id(), "INSTANCE");
    variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url_;
    answer(200, agent_document("CONTAINER"));
    EXPECT_EQ(id(), "CONTAINER");
    home_.write(".aws/credentials",
                "[default]\naws_access_key_id = PROFILE\naws_secret_access_key = s\n");
    EXPECT_EQ(id(), "PROFILE");
    variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = home_.write("token", "t");
    variables_["AWS_ROLE_ARN"] = "arn:a";
    variables_["AWS_ENDPOINT_URL_STS"] = url_;
    answer(200, sts_document("AssumeRoleWithWebIdentity"));
    EXPECT_EQ(id(), "ROLE");
    variables_["AWS_ACCESS_KEY_ID"] = "ENVIRONMENT";
    variables_["AWS_SECRET_ACCESS_KEY"] = "s";
    EXPECT_EQ(id(), "ENVIRONMENT");
    EXPECT_EQ(id(true), "PROFILE") << "a profile given as a flag is meant";
}

TEST_F(SdkChainTest, HearsOfRefusedOnes) {
    variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url_;
    answer(200, agent_document("OLD"));
    answer(200, agent_document("NEW"));
    const auto settings = load_aws_settings(environment(), AwsOverrides()).value();
    const auto chain = make_credentials_chain(http_, environment(), settings, false, clock_);
    const auto old = run(chain->credentials());
    ASSERT_TRUE(old) << old.error().message;
    chain->refused(*old);
    EXPECT_EQ(run(chain->credentials()).value()->access_key_id, "NEW");
}

TEST_F(SdkChainTest, HalfAPairInTheEnvironmentIsAMistakeAndNotShown) {
    variables_["AWS_SECRET_ACCESS_KEY"] = "topsecret";
    const auto found = find();
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, ErrorKind::invalid_argument);
    EXPECT_THAT(found.error().message, HasSubstr("AWS_ACCESS_KEY_ID is not"));
    EXPECT_THAT(found.error().message, testing::Not(HasSubstr("topsecret")));
}

TEST_F(SdkChainTest, WithoutAnyItNamesAllPlaces) {
    variables_["AWS_EC2_METADATA_DISABLED"] = "true";
    const std::string message = id();
    for (const char* part :
         {"environment: AWS_ACCESS_KEY_ID is not set",
          "web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set", "profile 'default': neither ",
          "container: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
          "instance: AWS_EC2_METADATA_DISABLED is set", "set AWS_ACCESS_KEY_ID"}) {
        EXPECT_THAT(message, HasSubstr(part));
    }
}

}  // namespace
}  // namespace slipway::client
