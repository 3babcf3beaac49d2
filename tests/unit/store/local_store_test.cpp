// SPDX-License-Identifier: Apache-2.0
#include "store/local_store.h"

#include "codec/digest.h"
#include "codec/hex.h"
#include "unit/store/store_fixture.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <sqlite3.h>

#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

namespace slipway::test {
namespace {

using ::testing::HasSubstr;

const std::string small_old(5'000, 'a');
const std::string small_new(6'000, 'b');
const std::string large_old(100'000, 'A');
const std::string large_new(120'000, 'B');

TEST_F(LocalStoreTest, what_was_put_survives_a_reopen) {
    ASSERT_TRUE(put("small", small_old));
    ASSERT_TRUE(put("large", large_old));
    ASSERT_TRUE(put("empty", ""));
    store_.reset();
    ASSERT_TRUE(open(nullptr));
    EXPECT_EQ(get("small"), small_old);
    EXPECT_EQ(get("large"), large_old);
    EXPECT_EQ(get("empty"), "");
}

TEST_F(LocalStoreTest, small_objects_take_no_file) {
    ASSERT_TRUE(put("small", std::string(limits::inline_object_bytes_max, 'x')));
    EXPECT_EQ(files_on_disk(), 0U);
    ASSERT_TRUE(put("large", std::string(limits::inline_object_bytes_max + 1, 'x')));
    EXPECT_EQ(files_on_disk(), 1U);
}

TEST_F(LocalStoreTest, files_of_replaced_and_deleted_objects_go) {
    ASSERT_TRUE(put("a", large_old));
    ASSERT_TRUE(put("a", large_new));
    ASSERT_TRUE(put("b", large_old));
    ASSERT_TRUE(put("b", small_new));
    ASSERT_TRUE(put("c", large_old));
    ASSERT_TRUE(run(store_->remove(bucket, "c")));
    const auto report = store_->clean();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->leftovers_removed, 0U) << "handed over, not found by the scan";
    EXPECT_EQ(files_on_disk(), 1U);
    EXPECT_EQ(get("a"), large_new);
    EXPECT_EQ(get("b"), small_new);
}

TEST_F(LocalStoreTest, files_left_by_a_crash_go_and_others_stay) {
    ASSERT_TRUE(put("large", large_old));
    store_.reset();
    const auto folder = path() / "objects" / "7f";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / std::string(30, '0')) << "half an upload";
    std::ofstream(folder / "note.txt") << "not ours";
    ASSERT_TRUE(open(nullptr));
    ASSERT_TRUE(store_->clean());
    EXPECT_FALSE(std::filesystem::exists(folder / std::string(30, '0')));
    EXPECT_TRUE(std::filesystem::exists(folder / "note.txt"));
    EXPECT_EQ(get("large"), large_old);
}

/// A body that lets the test look at the store between two of its chunks.
class WatchedBody final : public BodyReader {
  public:
    explicit WatchedBody(std::function<void()> look) : look_(std::move(look)) {}
    Task<Chunk> read() override {
        if (++reads_ > 4) {
            co_return Chunk();
        }
        if (reads_ > 2) {
            look_();
        }
        co_return Chunk::copy_of(std::string(50'000, 'w'));
    }
    std::optional<std::uint64_t> size() const override { return std::nullopt; }

  private:
    std::function<void()> look_;
    int reads_ = 0;
};

TEST_F(LocalStoreTest, the_janitor_leaves_uploads_under_way_alone) {
    int looks = 0;
    WatchedBody body([&] {
        ++looks;
        const auto report = store_->clean();
        ASSERT_TRUE(report);
        EXPECT_EQ(report->leftovers_removed, 0U);
        EXPECT_EQ(files_on_disk(), 1U);
    });
    objects::PutRequest request;
    request.bucket = bucket;
    request.key = "slow";
    ASSERT_TRUE(run(store_->put(request, body)));
    EXPECT_EQ(looks, 2);
    EXPECT_EQ(get("slow"), std::string(200'000, 'w'));
}

TEST_F(LocalStoreTest, an_upload_that_breaks_off_leaves_no_file) {
    class BrokenBody final : public BodyReader {
      public:
        Task<Chunk> read() override {
            if (++reads_ > 3) {
                co_return fail(ErrorKind::cancelled, "cut");
            }
            co_return Chunk::copy_of(std::string(50'000, 'w'));
        }
        std::optional<std::uint64_t> size() const override { return 1'000'000; }

      private:
        int reads_ = 0;
    } body;
    objects::PutRequest request;
    request.bucket = bucket;
    request.key = "cut";
    EXPECT_FALSE(run(store_->put(request, body)));
    const auto report = store_->clean();
    EXPECT_EQ(report.value().leftovers_removed, 0U);
    EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(LocalStoreTest, a_reader_keeps_what_it_opened) {
    ASSERT_TRUE(put("key", large_old));
    auto open_answer = run(store_->get(wanted("key")));
    ASSERT_TRUE(open_answer);
    ASSERT_TRUE(put("key", large_new));
    ASSERT_TRUE(run(store_->remove(bucket, "key")));
    ASSERT_TRUE(store_->clean());
    EXPECT_EQ(files_on_disk(), 0U);
    EXPECT_EQ(bytes_of(*open_answer), large_old);
}

TEST_F(LocalStoreTest, readers_see_whole_objects_while_they_are_overwritten) {
    ASSERT_TRUE(put("key", large_old));
    std::atomic<bool> stop = false;
    std::atomic<int> reads = 0;
    std::jthread reader([&] {
        while (!stop) {
            const std::string bytes = get("key");
            // One letter all over, and the size that belongs to it.
            const bool whole = bytes == large_old || bytes == large_new || bytes == small_new;
            EXPECT_TRUE(whole) << bytes.size() << " bytes " << bytes.substr(0, 20);
            ++reads;
        }
    });
    for (int i = 0; i < 40 || reads < 40; ++i) {
        ASSERT_TRUE(put("key", i % 3 == 0 ? large_new : i % 3 == 1 ? small_new : large_old));
    }
    stop = true;
}

TEST_F(LocalStoreTest, writers_of_one_key_leave_one_whole_object) {
    std::vector<std::jthread> writers;
    for (char letter : {'p', 'q', 'r', 's'}) {
        writers.emplace_back([this, letter] {
            for (int i = 0; i < 10; ++i) {
                EXPECT_TRUE(put("key", std::string(i % 2 == 0 ? 70'000 : 700, letter)));
            }
        });
    }
    writers.clear();
    const std::string bytes = get("key");
    EXPECT_EQ(bytes, std::string(bytes.size(), bytes.at(0)));
    ASSERT_TRUE(store_->clean());
    EXPECT_EQ(files_on_disk(), bytes.size() == 70'000 ? 1U : 0U);
}

TEST_F(LocalStoreTest, of_many_conditional_creators_one_wins) {
    std::atomic<int> winners = 0;
    boost::asio::io_context loop;
    const auto create = [&]() -> Async<void> {
        objects::PutRequest request;
        request.bucket = bucket;
        request.key = "key";
        request.conditions.if_none_match = "*";
        MemoryBodyReader body("mine");
        const auto stored = co_await store_->put(request, body);
        winners += stored ? 1 : 0;
    };
    for (int i = 0; i < 20; ++i) {
        boost::asio::co_spawn(loop, create(), boost::asio::detached);
    }
    loop.run();
    EXPECT_EQ(winners, 1);
    store_.reset();  // its committing thread may still be about to wake the loop
}

TEST_F(LocalStoreTest, uploads_that_are_hashed_together_get_their_own_md5) {
    std::atomic<int> right = 0;
    boost::asio::io_context loop;
    const auto upload = [&](std::size_t number) -> Async<void> {
        const std::string bytes(150'000 + 7'777 * number, static_cast<char>('a' + number));
        objects::PutRequest request;
        request.bucket = bucket;
        request.key = std::to_string(number);
        MemoryBodyReader body(bytes, 70'000 + number);
        const auto stored = co_await store_->put(request, body);
        right += stored && stored->etag == codec::hex_encode(codec::md5(bytes)) ? 1 : 0;
    };
    for (std::size_t i = 0; i < 20; ++i) {
        boost::asio::co_spawn(loop, upload(i), boost::asio::detached);
    }
    loop.run();
    EXPECT_EQ(right, 20);
    store_.reset();  // its committing thread may still be about to wake the loop
}

TEST_F(LocalStoreTest, a_missing_file_is_told_and_the_rest_served) {
    ASSERT_TRUE(put("lost", large_old));
    ASSERT_TRUE(put("other", large_old));
    ASSERT_TRUE(put("lost", large_new));
    ASSERT_TRUE(store_->clean());
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path() / "objects")) {
        if (entry.is_regular_file() && entry.file_size() == large_new.size()) {
            std::filesystem::remove(entry.path());
            break;
        }
    }
    const auto got = run(store_->get(wanted("lost")));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().kind, ErrorKind::corrupted);
    EXPECT_THAT(got.error().message, HasSubstr("photos/lost"));
    EXPECT_EQ(get("other"), large_old);
}

TEST_F(LocalStoreTest, copies_without_hard_links) {
    disk_faults_.no_links = true;
    ASSERT_TRUE(put("source", large_old));
    objects::CopyRequest request;
    request.source_bucket = request.bucket = bucket;
    request.source_key = "source";
    request.key = "target";
    ASSERT_TRUE(run(store_->copy(request)));
    ASSERT_TRUE(run(store_->remove(bucket, "source")));
    EXPECT_EQ(get("target"), large_old);
}

TEST_F(LocalStoreTest, short_writes_are_completed) {
    disk_faults_.write_at_most(1'000);
    ASSERT_TRUE(put("key", large_old));
    EXPECT_EQ(get("key"), large_old);
}

TEST_F(LocalStoreTest, a_second_store_on_the_directory_is_refused) {
    store::LocalStoreOptions options;
    options.directory = path();
    const auto second = store::LocalStore::open(options, disk_, clock_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::unavailable);
    EXPECT_THAT(second.error().message, HasSubstr("in use by another process"));
    EXPECT_THAT(second.error().message, HasSubstr(path().string()));
}

TEST_F(LocalStoreTest, a_newer_format_is_refused) {
    store_.reset();
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((path() / "index.db").c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, "PRAGMA user_version=99", nullptr, nullptr, nullptr),
              SQLITE_OK);
    sqlite3_close(database);
    const Result<> opened = open(nullptr);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::unsupported);
    EXPECT_THAT(opened.error().message, HasSubstr("format 99"));
}

TEST_F(LocalStoreTest, a_directory_that_cannot_be_made_is_named) {
    store::LocalStoreOptions options;
    options.directory = "/dev/null/store";
    const auto opened = store::LocalStore::open(options, disk_, clock_);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, HasSubstr("/dev/null/store"));
}

}  // namespace
}  // namespace slipway::test
