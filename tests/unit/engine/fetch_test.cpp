// SPDX-License-Identifier: Apache-2.0
#include "engine/fetch.h"

#include "support/run_task.h"
#include "support/temporary_directory.h"
#include "unsteady_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <utility>

namespace slipway::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FetchTest : public ::testing::Test {
  protected:
    FetchTest() {
        EXPECT_TRUE(test::run(store_.create_bucket("bucket")));
        put("0123456789abcdefghijklmnopqrstuvwxyz");
    }

    void put(const std::string& bytes) {
        objects::PutRequest request;
        request.bucket = "bucket";
        request.key = "a";
        MemoryBodyReader body(bytes);
        EXPECT_TRUE(test::run(store_.put(request, body)));
    }

    Result<objects::ObjectInfo> fetch_it(FetchRequest request = {}) {
        const OpenFile file(::open((directory_.path() + "/a").c_str(), O_CREAT | O_WRONLY, 0600));
        request.bucket = "bucket";
        request.key = "a";
        request.descriptor = file.fd();
        request.random = [] { return 0.0; };
        request.requested = [this] { ++requests_; };
        return test::run(fetch(store_, disk_, std::move(request)));
    }

    SystemClock clock_;
    UnsteadyStore store_{clock_};
    DiskThreads disk_{2};
    test::TemporaryDirectory directory_;
    unsigned requests_ = 0;
};

TEST_F(FetchTest, BreaksOffAndGoesOnWhereItWas) {
    store_.refusals = 2;
    store_.cuts = 3;
    const auto info = fetch_it();
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_EQ(info->size, 36U);
    EXPECT_EQ(directory_.read("a"), "0123456789abcdefghijklmnopqrstuvwxyz");
    EXPECT_THAT(store_.offsets, ElementsAre(0, 10, 20, 30));
    EXPECT_EQ(requests_, 6U);
}

TEST_F(FetchTest, AnEmptyOneIsNothing) {
    put("");
    ASSERT_TRUE(fetch_it());
    EXPECT_EQ(directory_.read("a"), "");
}

TEST_F(FetchTest, GivesUpWhenNothingComes) {
    store_.refusals = 1'000'000;
    FetchRequest request;
    request.no_progress_time_max = std::chrono::milliseconds(0);
    const auto failed = fetch_it(std::move(request));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, ErrorKind::unavailable);
    EXPECT_EQ(requests_, limits::retry_attempts_max);
}

TEST_F(FetchTest, SaysWhenTheBytesAreNotThoseThatAreStored) {
    store_.garble = true;
    EXPECT_THAT(fetch_it().error().message, HasSubstr("CRC64NVME"));
    store_.without_checksum = "a";
    EXPECT_THAT(fetch_it().error().message, HasSubstr("--no-verify-etag"));
    FetchRequest trusting;
    trusting.trust_etag = false;
    EXPECT_TRUE(fetch_it(std::move(trusting)));
}

TEST_F(FetchTest, ADescriptorThatTakesNothingIsAnError) {
    const OpenFile full(::open("/dev/full", O_WRONLY));
    FetchRequest request;
    request.bucket = "bucket";
    request.key = "a";
    request.descriptor = full.fd();
    request.random = [] { return 0.0; };
    const auto failed = test::run(fetch(store_, disk_, std::move(request)));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, ErrorKind::no_space);
}

}  // namespace
}  // namespace slipway::engine
