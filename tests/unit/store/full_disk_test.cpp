// SPDX-License-Identifier: Apache-2.0
// A disk that is full or read-only: what cannot be stored is refused in words, reading goes on, and
// deleting makes room again, without a restart.
#include "support/small_disk.h"
#include "unit/store/store_fixture.h"

#include <fmt/format.h>

#include <chrono>
#include <stop_token>
#include <thread>

namespace slipway::test {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t mib = 1024 * 1024;
constexpr unsigned objects_max = 20'000;

class FullDiskTest : public LocalStoreTest {
  protected:
    void SetUp() override {
        const auto opened = open_on(small_disk_);
        ASSERT_TRUE(opened) << opened.error().message;
        ASSERT_TRUE(run(store_->create_bucket(bucket)));
    }
    void TearDown() override { store_.reset(); }  // before its disk

    Result<> open_on(SmallDisk& disk) {
        store::LocalStoreOptions options;
        options.directory = path();
        options.file_system = &disk;
        options.janitor_interval = std::chrono::milliseconds(5);
        SLIPWAY_TRY(opened, store::LocalStore::open(options, disk_, clock_));
        store_ = std::move(opened);
        return {};
    }

    static std::string bytes_of_object(unsigned number, std::size_t size) {
        return std::string(size, static_cast<char>('a' + number % 26));
    }

    /// Puts objects until one is refused; answers how many there are.
    unsigned fill(std::size_t size) {
        for (unsigned number = 0; number < objects_max; ++number) {
            const auto stored = put(std::to_string(number), bytes_of_object(number, size));
            if (!stored) {
                EXPECT_EQ(stored.error().kind, ErrorKind::no_space) << stored.error().message;
                EXPECT_THAT(stored.error().message, HasSubstr("free some space"));
                return number;
            }
        }
        ADD_FAILURE() << "the disk was never full";
        return 0;
    }

    void expect_all(unsigned objects, std::size_t size) {
        for (unsigned number = 0; number < objects; ++number) {
            ASSERT_EQ(get(std::to_string(number)), bytes_of_object(number, size)) << number;
        }
        EXPECT_EQ(get(std::to_string(objects)), "NoSuchKey");
    }

    /// Somebody else does, once what the last put left behind is gone.
    void take_the_rest() {
        ASSERT_TRUE(store_->clean());
        small_disk_.add(-small_disk_.free_bytes());
    }

    SmallDisk small_disk_{48 * mib};
};

TEST_F(FullDiskTest, deleting_makes_room_for_large_objects) {
    constexpr std::size_t size = 500'000;
    const unsigned objects = fill(size);
    ASSERT_GT(objects, 20U);
    expect_all(objects, size);
    take_the_rest();
    ASSERT_FALSE(put("more", "x"));
    for (unsigned number = 0; number < objects; ++number) {
        const auto removed = run(store_->remove(bucket, std::to_string(number)));
        ASSERT_TRUE(removed) << removed.error().message;
    }
    ASSERT_TRUE(store_->clean());
    EXPECT_GT(fill(size), objects / 2);
}

TEST_F(FullDiskTest, deleting_makes_room_for_small_objects) {
    constexpr std::size_t size = 9'000;
    const unsigned objects = fill(size);
    ASSERT_GT(objects, 200U);
    expect_all(objects, size);
    for (unsigned number = 0; number < objects; ++number) {
        const auto removed = run(store_->remove(bucket, std::to_string(number)));
        ASSERT_TRUE(removed) << number << " of " << objects << ": " << removed.error().message;
    }
    small_disk_.add(8 * mib);  // for the reserve, and the log; the objects find room in the index
    EXPECT_GT(fill(size), objects / 2);
}

TEST_F(FullDiskTest, it_can_delete_while_others_read) {
    constexpr std::size_t size = 9'000;
    const unsigned objects = fill(size);
    {
        // Between them somebody always reads: the index's log never starts anew by itself.
        const auto read = [this](const std::stop_token& stopping) {
            objects::ListRequest request;
            request.bucket = bucket;
            while (!stopping.stop_requested()) {
                EXPECT_TRUE(run(store_->list(request)));
            }
        };
        const std::jthread reader(read);
        const std::jthread another(read);
        for (unsigned number = 0; number < objects; ++number) {
            const auto removed = run(store_->remove(bucket, std::to_string(number)));
            ASSERT_TRUE(removed) << number << " of " << objects << ": " << removed.error().message;
        }
    }
    EXPECT_EQ(get("0"), "NoSuchKey");
}

TEST_F(FullDiskTest, the_janitor_works_on_a_full_disk) {
    const unsigned objects = fill(500'000);
    take_the_rest();
    const auto report = store_->clean();
    EXPECT_TRUE(report) << report.error().message;
    expect_all(objects, 500'000);
}

TEST_F(FullDiskTest, it_goes_on_when_others_make_room) {
    const unsigned objects = fill(500'000);
    take_the_rest();
    ASSERT_FALSE(put("more", std::string(100'000, 'm')));
    small_disk_.add(10 * mib);
    const auto stored = put("more", std::string(100'000, 'm'));
    ASSERT_TRUE(stored) << stored.error().message;
    ASSERT_TRUE(put("small", "s"));
    expect_all(objects, 500'000);
}

TEST_F(FullDiskTest, it_opens_on_a_full_disk_and_can_delete) {
    const unsigned objects = fill(500'000);
    take_the_rest();
    store_.reset();
    const auto opened = open_on(small_disk_);
    ASSERT_TRUE(opened) << opened.error().message;
    expect_all(objects, 500'000);
    const auto removed = run(store_->remove(bucket, "0"));
    ASSERT_TRUE(removed) << removed.error().message;
}

TEST_F(FullDiskTest, a_read_only_disk_is_read_and_heals) {
    ASSERT_TRUE(put("small", "s"));
    ASSERT_TRUE(put("large", bytes_of_object(1, 100'000)));
    small_disk_.read_only = true;
    const auto stored = put("more", std::string(100'000, 'm'));
    ASSERT_FALSE(stored);
    EXPECT_EQ(stored.error().kind, ErrorKind::unavailable) << stored.error().message;
    EXPECT_THAT(stored.error().message, HasSubstr("ead-only file system"));
    // SQLite does not tell why a commit could not be written.
    EXPECT_EQ(put("more", "m").error().kind, ErrorKind::io);
    EXPECT_EQ(run(store_->remove(bucket, "small")).error().kind, ErrorKind::io);
    EXPECT_EQ(get("small"), "s");
    EXPECT_EQ(get("large"), bytes_of_object(1, 100'000));
    small_disk_.read_only = false;
    ASSERT_TRUE(put("more", "m"));
    ASSERT_TRUE(run(store_->remove(bucket, "small")));
    EXPECT_EQ(get("small"), "NoSuchKey");
}

}  // namespace
}  // namespace slipway::test
