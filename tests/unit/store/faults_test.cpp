// SPDX-License-Identifier: Apache-2.0
// The promise of the store, at every call that reaches the disk: what was acknowledged is there,
// what was not is there whole or not at all, nothing leaks, and the service goes on.
#include "unit/store/store_fixture.h"

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <map>
#include <thread>
#include <vector>

namespace slipway::test {
namespace {

const std::string small_old(5'000, 'a');
const std::string small_new(6'000, 'b');
const std::string large_old(100'000, 'A');
const std::string large_new(120'000, 'B');
constexpr int calls_max = 1'000;

class FaultsTest : public LocalStoreTest {
  protected:
    void start_over() {
        disk_faults_.heal();
        store_.reset();
        std::filesystem::remove_all(path());
        SetUp();
        ASSERT_TRUE(put("small", small_old));
        ASSERT_TRUE(put("large", large_old));
        ASSERT_TRUE(store_->clean());
    }

    void expect_no_leak(std::size_t files) {
        const auto report = store_->clean();
        ASSERT_TRUE(report) << report.error().message;
        EXPECT_EQ(files_on_disk(), files);
    }
};

TEST_F(FaultsTest, a_full_disk_fails_one_put_and_harms_nothing) {
    for (const int error_number : {ENOSPC, EIO}) {
        bool tripped = true;
        for (int call = 1; tripped; ++call) {
            ASSERT_LT(call, calls_max);
            SCOPED_TRACE(call);
            start_over();
            disk_faults_.fail_at(call, error_number);
            const auto small = put("small", small_new);
            const auto large = put("large", large_new);
            tripped = disk_faults_.tripped();
            disk_faults_.heal();
            EXPECT_EQ(get("small"), small ? small_new : small_old);
            EXPECT_EQ(get("large"), large ? large_new : large_old);
            for (const auto* outcome : {&small, &large}) {
                if (!*outcome) {
                    const ErrorKind kind = outcome->error().kind;
                    EXPECT_TRUE(kind == ErrorKind::no_space || kind == ErrorKind::io)
                        << outcome->error().message;
                    EXPECT_FALSE(outcome->error().message.empty());
                }
            }
            expect_no_leak(1);
            ASSERT_TRUE(put("large", large_new)) << "the next put works";
            EXPECT_EQ(get("large"), large_new);
            expect_no_leak(1);
        }
    }
}

TEST_F(FaultsTest, a_full_disk_is_called_so) {
    start_over();
    disk_faults_.fail_at(2, ENOSPC);  // the first write of the new file
    const auto stored = put("large", large_new);
    ASSERT_FALSE(stored);
    EXPECT_EQ(stored.error().kind, ErrorKind::no_space);
    EXPECT_THAT(stored.error().message, ::testing::HasSubstr("free some space"));
}

/// What a key may hold after a crash: the old state, and the new one where the put was tried.
struct Expectation {
    std::string key;
    std::string before;  // "NoSuchKey": not there
    std::string after;
    bool acknowledged = false;
};

TEST_F(FaultsTest, power_may_go_at_any_call) {
    bool tripped = true;
    for (int call = 1; tripped; ++call) {
        ASSERT_LT(call, calls_max);
        SCOPED_TRACE(call);
        start_over();
        disk_faults_.cut_power_at(call);
        std::vector<Expectation> all = {
            {"small", small_old, small_new},   {"large", large_old, large_new},
            {"new", "NoSuchKey", large_new},   {"small", small_new, "NoSuchKey"},
            {"moved", "NoSuchKey", large_new},
        };
        all[0].acknowledged = put("small", small_new).has_value();
        all[1].acknowledged = put("large", large_new).has_value();
        all[2].acknowledged = put("new", large_new).has_value();
        all[3].acknowledged = run(store_->remove(bucket, "small")).has_value();
        objects::CopyRequest copy;
        copy.source_bucket = copy.bucket = bucket;
        copy.source_key = "large";
        copy.key = "moved";
        all[4].acknowledged = run(store_->copy(copy)).has_value() && all[1].acknowledged;
        tripped = disk_faults_.tripped();
        store_.reset();
        disk_faults_.lose_power();
        disk_faults_.heal();

        ASSERT_TRUE(open(nullptr));
        std::map<std::string, std::string> found;
        for (const Expectation& each : all) {
            const std::string bytes = get(each.key);
            found[each.key] = bytes;
            if (each.key == "small") {
                continue;  // two changes: below
            }
            if (each.acknowledged) {
                EXPECT_EQ(bytes, each.after) << each.key;
            } else {
                EXPECT_TRUE(bytes == each.before || bytes == each.after || bytes == large_old)
                    << each.key << " holds " << bytes.size() << " bytes: " << bytes.substr(0, 30);
            }
        }
        const std::string& small = found["small"];
        EXPECT_TRUE(small == small_old || small == small_new || small == "NoSuchKey");
        EXPECT_FALSE(all[0].acknowledged && small == small_old);
        EXPECT_FALSE(all[3].acknowledged && small != "NoSuchKey");
        std::size_t files = 0;
        for (const auto& [key, bytes] : found) {
            files += bytes == large_old || bytes == large_new ? 1U : 0U;
        }
        expect_no_leak(files);
        ASSERT_TRUE(put("after", large_new));
        EXPECT_EQ(get("after"), large_new);
    }
}

/// Copies a directory from which files may vanish meanwhile: what was replaced is removed after the
/// answer.
void copy_while_used(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::filesystem::create_directories(to);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(from)) {
        const auto target = to / std::filesystem::relative(entry.path(), from);
        std::error_code error;
        if (entry.is_directory(error)) {
            std::filesystem::create_directories(target);
        } else {
            std::filesystem::copy_file(entry.path(), target, error);
            EXPECT_TRUE(!error || error == std::errc::no_such_file_or_directory) << error.message();
        }
    }
}

TEST_F(FaultsTest, a_commit_whose_sync_failed_may_come_to_light_but_never_without_its_bytes) {
    bool tripped = true;
    for (int call = 1; tripped; ++call) {
        ASSERT_LT(call, calls_max);
        SCOPED_TRACE(call);
        start_over();
        disk_faults_.fail_at(call, EIO);
        const auto stored = put("large", large_new);
        tripped = disk_faults_.tripped();
        disk_faults_.heal();
        // A moment for the janitor, which must not take what the copy may need.
        std::this_thread::sleep_for(std::chrono::milliseconds(stored ? 0 : 10));
        // A copy of the directory is what a process killed now leaves: here what was written and
        // not synced has survived.
        TemporaryDirectory elsewhere;
        store::LocalStoreOptions options;
        options.directory = elsewhere.path() + "/store";
        copy_while_used(path(), options.directory);
        auto after_crash = store::LocalStore::open(options, disk_, clock_);
        ASSERT_TRUE(after_crash) << after_crash.error().message;
        auto got = run((*after_crash)->get(wanted("large")));
        ASSERT_TRUE(got) << got.error().message;
        const std::string bytes = bytes_of(*got);
        EXPECT_TRUE(bytes == large_new || (!stored && bytes == large_old));
    }
}

}  // namespace
}  // namespace slipway::test
