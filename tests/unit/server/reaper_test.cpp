// SPDX-License-Identifier: Apache-2.0
#include "unit/server/service_fixture.h"

namespace slipway::server {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class ReaperTest : public ServiceTest {
  protected:
    ReapReport reap() { return test::run(service_->reap()).value(); }
    /// The URL's hour and the grace hour have passed.
    void wait() { clock_.time += hours(2) + minutes(1); }
};

TEST_F(ReaperTest, DeletesWhatWasNeverConfirmed) {
    const std::string uploaded = ask("uploaded.jpg", 5);
    upload(uploaded, "hello");
    ask("never.jpg", 5);
    clock_.time += hours(2);
    EXPECT_EQ(reap().uploads, 0U) << "the grace time is not over";
    clock_.time += minutes(1);
    const std::string fresh = ask("fresh.jpg", 5);
    upload(fresh, "hello");
    const ReapReport report = reap();
    EXPECT_EQ(report.uploads, 2U);
    EXPECT_EQ(report.failed, 0U);
    EXPECT_FALSE(is_stored(uploaded));
    EXPECT_TRUE(is_stored(fresh));
    EXPECT_EQ(confirm(uploaded).text("code"), "unknown_key");
    EXPECT_EQ(confirm(fresh).status, 200);
    EXPECT_EQ(reap().uploads, 0U);
    EXPECT_EQ(ask("uploaded.jpg", 5), uploaded) << "its name is free again";
}

TEST_F(ReaperTest, KeepsConfirmedFiles) {
    const std::string s3_key = put("a.jpg", "hello");
    wait();
    EXPECT_EQ(reap().uploads, 0U);
    EXPECT_TRUE(is_stored(s3_key));
    EXPECT_EQ(confirm(s3_key).status, 200);
}

TEST_F(ReaperTest, KeepsTheFileWhoseReplacementWasNeverConfirmed) {
    const std::string s3_key = put("a.jpg", "hello");
    ASSERT_EQ(ask("a.jpg", 6, R"(, "on_conflict": "replace")"), s3_key);
    wait();
    EXPECT_EQ(reap().uploads, 1U);
    EXPECT_TRUE(is_stored(s3_key));
    EXPECT_EQ(get("/api/files/username-a.jpg").status, 200);
    EXPECT_EQ(confirm(s3_key).status, 200) << "the file is what it was";
}

TEST_F(ReaperTest, LeavesForLaterWhatTheStoreDoesNotDelete) {
    const std::string s3_key = ask("a.jpg", 5);
    upload(s3_key, "hello");
    wait();
    store_.away = true;
    const ReapReport failed = reap();
    EXPECT_EQ(failed.uploads, 0U);
    EXPECT_EQ(failed.failed, 1U);
    store_.away = false;
    EXPECT_EQ(reap().uploads, 0U) << "claimed for a while";
    EXPECT_TRUE(is_stored(s3_key));
    clock_.time += limits::reaper_claim_time + minutes(1);
    EXPECT_EQ(reap().uploads, 1U);
    EXPECT_FALSE(is_stored(s3_key));
}

// Whoever is slower than the claim leaves the rest: another reaper may have freed the keys
// meanwhile.
TEST_F(ReaperTest, StopsBeforeItsClaimIsOver) {
    const std::string first = ask("a.jpg", 5);
    const std::string second = ask("b.jpg", 5);
    upload(first, "hello");
    upload(second, "hello");
    wait();
    Settings settings = make_settings();
    settings.confirm_concurrency = 1;
    serve(settings);
    store_.on_remove = [this] { clock_.time += limits::reaper_claim_time / 2; };
    const ReapReport report = reap();
    EXPECT_EQ(report.uploads, 1U);
    EXPECT_EQ(report.failed, 1U);
    EXPECT_FALSE(is_stored(first));
    EXPECT_TRUE(is_stored(second));
}

TEST_F(ReaperTest, WhatIsClaimedIsToldToHaveExpired) {
    const std::string s3_key = ask("a.jpg", 5);
    upload(s3_key, "hello");
    wait();
    store_.on_remove = [this] { store_.away = true; };
    EXPECT_EQ(reap().failed, 1U);
    store_.away = false;
    const Answer answer = confirm(s3_key);
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.text("code"), "upload_expired");
}

TEST_F(ReaperTest, MoreThanOneBatchIsDoneInOneRun) {
    std::vector<catalog::NewUpload> uploads(limits::reaper_batch_max + 1);
    for (std::size_t i = 0; i < uploads.size(); ++i) {
        uploads[i].user = "username";
        uploads[i].file_name = "f" + std::to_string(i);
        uploads[i].content_type = "image/jpeg";
        uploads[i].tier = "standard";
        uploads[i].expires_at = clock_.time;
    }
    const std::size_t count = uploads.size();
    ASSERT_TRUE(test::run(catalog_->reserve(std::move(uploads))));
    wait();
    EXPECT_EQ(reap().uploads, count);
    EXPECT_EQ(reap().uploads, 0U);
}

TEST_F(ReaperTest, ManyAreDoneAFewAtATime) {
    for (int i = 0; i < 40; ++i) {
        upload(ask("f" + std::to_string(i), 1), "x");
    }
    wait();
    EXPECT_EQ(reap().uploads, 40U);
    EXPECT_FALSE(is_stored("username/f39"));
}

}  // namespace
}  // namespace slipway::server
