// SPDX-License-Identifier: Apache-2.0
// Lifecycle rules applied to a store, on a clock that the test moves.
#include "s3/lifecycle.h"

#include "base/limits.h"
#include "support/moved_clock.h"
#include "unit/store/store_fixture.h"

#include <fmt/format.h>

#include <thread>

namespace slipway::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

class LifecycleTest : public LocalStoreTest {
  protected:
    static constexpr std::chrono::minutes day{60};

    void SetUp() override {
        store::LocalStoreOptions options;
        options.directory = path();
        options.lifecycle_day = day;
        store_ = store::LocalStore::open(options, disk_, moved_).value();
        ASSERT_TRUE(run(store_->create_bucket(bucket)));
        moved_.set(std::chrono::floor<std::chrono::hours>(moved_.now()));
    }

    void set_rules(const std::string& rules) {
        ASSERT_TRUE(run(store_->change_bucket(
            bucket, objects::BucketSetting::lifecycle,
            "<LifecycleConfiguration>" + rules + "</LifecycleConfiguration>")));
    }
    static std::string rule(const std::string& inside, const std::string& status = "Enabled") {
        return "<Rule><Status>" + status + "</Status>" + inside + "</Rule>";
    }

    std::vector<std::string> keys_left() {
        const auto report = store_->apply_lifecycle();
        EXPECT_TRUE(report) << report.error().message;
        objects::ListRequest request;
        request.bucket = bucket;
        std::vector<std::string> keys;
        const auto page = run(store_->list(request)).value();
        for (const auto& object : page.objects) {
            keys.push_back(object.key);
        }
        return keys;
    }

    MovedClock moved_;
};

TEST_F(LifecycleTest, objects_expire_by_rules_that_are_enabled) {
    for (const char* key : {"keep/a", "logs/a", "logs/b", "tmp/a"}) {
        ASSERT_TRUE(put(key, std::string(20'000, 'x')));
    }
    set_rules(
        rule("<Filter><Prefix>logs/</Prefix></Filter><Expiration><Days>2</Days></Expiration>") +
        rule("<Prefix>tmp/</Prefix><Expiration><Days>1</Days></Expiration>") +
        rule("<Filter/><Expiration><Days>1</Days></Expiration>", "Disabled"));
    EXPECT_THAT(keys_left(), ElementsAre("keep/a", "logs/a", "logs/b", "tmp/a"));
    moved_.advance(day);
    EXPECT_THAT(keys_left(), ElementsAre("keep/a", "logs/a", "logs/b"));
    ASSERT_TRUE(put("logs/b", "written again"));
    moved_.advance(day);
    EXPECT_THAT(keys_left(), ElementsAre("keep/a", "logs/b"));
    ASSERT_TRUE(store_->clean());
    EXPECT_EQ(files_on_disk(), 1U) << "their files are gone, too";
}

TEST_F(LifecycleTest, objects_expire_by_tags_and_size) {
    objects::PutRequest request;
    request.bucket = bucket;
    for (const char* tagging : {"a=1", "a=2", "b=1&a=1", ""}) {
        request.key = std::string("key ") + tagging;
        request.attributes.tagging = tagging;
        MemoryBodyReader body("bytes");
        ASSERT_TRUE(run(store_->put(request, body)));
    }
    ASSERT_TRUE(make("parts", {std::string(20'000, 'x')}));
    set_rules(rule("<Filter><Tag><Key>a</Key><Value>1</Value></Tag></Filter>"
                   "<Expiration><Days>1</Days></Expiration>") +
              rule("<Filter><ObjectSizeGreaterThan>19999</ObjectSizeGreaterThan></Filter>"
                   "<Expiration><Days>1</Days></Expiration>"));
    moved_.advance(day);
    EXPECT_THAT(keys_left(), ElementsAre("key ", "key a=2"));
    ASSERT_TRUE(store_->clean());
    EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(LifecycleTest, objects_expire_at_a_date) {
    ASSERT_TRUE(put("key", "bytes"));
    moved_.set(Time(std::chrono::sys_days(std::chrono::year(2030) / 1 / 1) - 1min));
    set_rules(rule("<Filter/><Expiration><Date>2030-01-01T00:00:00Z</Date></Expiration>"));
    EXPECT_THAT(keys_left(), ElementsAre("key"));
    moved_.advance(1min);
    EXPECT_THAT(keys_left(), ElementsAre());
}

TEST_F(LifecycleTest, a_bucket_larger_than_a_batch_is_gone_through) {
    const auto count = 2 * limits::lifecycle_batch_max + 10;
    for (std::size_t i = 0; i < count; ++i) {
        ASSERT_TRUE(put(fmt::format("{}/{:04}", i % 2 == 0 ? "even" : "odd", i), "bytes"));
    }
    set_rules(
        rule("<Filter><Prefix>odd/</Prefix></Filter><Expiration><Days>1</Days>"
             "</Expiration>"));
    moved_.advance(day);
    EXPECT_EQ(keys_left().size(), count / 2);
    EXPECT_EQ(keys_left().front(), "even/0000");
}

TEST_F(LifecycleTest, unfinished_uploads_are_aborted) {
    const auto old = begin("logs/old");
    ASSERT_TRUE(put_part(old, 1, std::string(20'000, 'x')));
    const auto kept = begin("kept");
    moved_.advance(day / 2);
    const auto young = begin("logs/young");
    ASSERT_TRUE(make("logs/made", {"bytes"}));
    set_rules(
        rule("<Filter><Prefix>logs/</Prefix></Filter><AbortIncompleteMultipartUpload>"
             "<DaysAfterInitiation>1</DaysAfterInitiation>"
             "</AbortIncompleteMultipartUpload>"));
    moved_.advance(day / 2);
    const auto report = store_->apply_lifecycle();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->uploads_aborted, 1U);
    EXPECT_EQ(report->objects_expired, 0U);
    EXPECT_EQ(put_part(old, 2, "late").error().code, "NoSuchUpload");
    EXPECT_TRUE(put_part(kept, 1, "bytes"));
    EXPECT_TRUE(put_part(young, 1, "bytes"));
    EXPECT_EQ(get("logs/made"), "bytes");
    ASSERT_TRUE(store_->clean());
    EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(LifecycleTest, the_janitor_applies_them_by_itself) {
    store_.reset();
    store::LocalStoreOptions options;
    options.directory = path();
    options.lifecycle_day = 24ms;
    store_ = store::LocalStore::open(options, disk_, clock_).value();
    ASSERT_TRUE(put("key", "bytes"));
    set_rules(rule("<Filter/><Expiration><Days>1</Days></Expiration>"));
    const auto patience = std::chrono::steady_clock::now() + 30s;
    while (get("key") == "bytes") {
        ASSERT_LT(std::chrono::steady_clock::now(), patience);
        std::this_thread::sleep_for(1ms);
    }
    EXPECT_EQ(get("key"), "NoSuchKey");
}

}  // namespace
}  // namespace slipway::test
