// SPDX-License-Identifier: Apache-2.0
// Uploads in parts on disk: which files there are when, and what faults and crashes do.
#include "base/limits.h"
#include "s3/limits.h"
#include "unit/store/store_fixture.h"

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <thread>

namespace slipway::test {
namespace {

const std::string first_part(s3::part_bytes_min, 'A');
const std::string second_part(s3::part_bytes_min + 1, 'B');
const std::string large_end(100'000, 'C');
const std::string large_other(120'000, 'D');
const std::string small_end(5'000, 'e');

class UploadsTest : public LocalStoreTest {
  protected:
    objects::CopyPartRequest copy_part(const objects::MultipartUpload& upload, std::string from) {
        objects::CopyPartRequest request;
        request.upload = upload;
        request.source_bucket = bucket;
        request.source_key = std::move(from);
        return request;
    }

    std::size_t files_after_cleaning() {
        const auto report = store_->clean();
        EXPECT_TRUE(report) << report.error().message;
        EXPECT_EQ(report->leftovers_removed, 0U) << "handed over, not found by the scan";
        return files_on_disk();
    }
};

TEST_F(UploadsTest, completing_moves_no_bytes) {
    const auto upload = begin("key");
    const auto one = put_part(upload, 1, first_part).value();
    const auto two = put_part(upload, 2, small_end).value();
    EXPECT_EQ(files_on_disk(), 1U) << "a small part is in the index";
    ASSERT_TRUE(complete(upload, {one, two}));
    EXPECT_EQ(files_after_cleaning(), 1U);
    EXPECT_EQ(get("key"), first_part + small_end);
    store_.reset();
    ASSERT_TRUE(open(nullptr));
    EXPECT_EQ(get("key"), first_part + small_end);
    EXPECT_EQ(files_after_cleaning(), 1U);
}

TEST_F(UploadsTest, an_upload_goes_on_after_a_reopen) {
    const auto upload = begin("key");
    const auto one = put_part(upload, 1, first_part).value();
    store_.reset();
    ASSERT_TRUE(open(nullptr));
    EXPECT_EQ(files_after_cleaning(), 1U) << "the part is somebody's";
    const auto two = put_part(upload, 2, large_end).value();
    ASSERT_TRUE(complete(upload, {one, two}));
    EXPECT_EQ(get("key"), first_part + large_end);
}

TEST_F(UploadsTest, files_of_parts_that_are_not_needed_go) {
    const auto upload = begin("key");
    ASSERT_TRUE(put_part(upload, 1, large_other));
    EXPECT_EQ(files_after_cleaning(), 1U);
    const auto part = put_part(upload, 1, large_end).value();
    EXPECT_EQ(files_after_cleaning(), 1U) << "of the part that was replaced";
    ASSERT_TRUE(put_part(upload, 2, large_other));
    ASSERT_TRUE(put_part(upload, 3, small_end));
    ASSERT_TRUE(complete(upload, {part}));
    EXPECT_EQ(files_after_cleaning(), 1U) << "of the parts that were not named";
    ASSERT_TRUE(make("key", {large_other}));
    EXPECT_EQ(files_after_cleaning(), 1U) << "of the object that was replaced";
    EXPECT_EQ(get("key"), large_other);
    ASSERT_TRUE(run(store_->remove(bucket, "key")));
    EXPECT_EQ(files_after_cleaning(), 0U) << "of the object that was removed";
    const auto aborted = begin("key");
    ASSERT_TRUE(put_part(aborted, 1, large_end));
    ASSERT_TRUE(run(store_->abort_multipart(aborted)));
    EXPECT_EQ(files_after_cleaning(), 0U) << "of the upload that was aborted";
    const auto left = begin("key");
    ASSERT_TRUE(put_part(left, 1, large_end));
    ASSERT_TRUE(run(store_->remove_bucket(bucket)));
    EXPECT_EQ(files_after_cleaning(), 0U) << "of the bucket that was removed";
}

TEST_F(UploadsTest, an_upload_of_many_parts_is_cleared_a_few_at_a_time) {
    const auto upload = begin("key");
    const unsigned count = limits::dropped_parts_batch_max + 3;
    for (unsigned number = 1; number <= count; ++number) {
        ASSERT_TRUE(put_part(upload, number, number % 50 == 0 ? large_end : "small"));
    }
    ASSERT_TRUE(run(store_->abort_multipart(upload)));
    EXPECT_EQ(files_after_cleaning(), 0U);
}

TEST_F(UploadsTest, a_part_that_comes_too_late_leaves_nothing) {
    /// Aborts the upload in the middle of the part.
    class LateBody final : public BodyReader {
      public:
        explicit LateBody(std::function<void()> abort) : abort_(std::move(abort)) {}
        Task<Chunk> read() override {
            if (++reads_ == 3) {
                abort_();
            }
            co_return reads_ > 5 ? Chunk() : Chunk::copy_of(std::string(50'000, 'w'));
        }
        std::optional<std::uint64_t> size() const override { return 250'000; }

      private:
        std::function<void()> abort_;
        int reads_ = 0;
    };
    objects::PutPartRequest request;
    request.upload = begin("key");
    LateBody body([&] { EXPECT_TRUE(run(store_->abort_multipart(request.upload))); });
    const auto late = run(store_->put_part(request, body));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, "NoSuchUpload");
    EXPECT_EQ(files_after_cleaning(), 0U);
}

TEST_F(UploadsTest, a_reader_keeps_the_parts_it_has_not_come_to) {
    ASSERT_TRUE(make("key", {first_part, second_part, small_end}));
    auto answer = run(store_->get(wanted("key")));
    ASSERT_TRUE(answer);
    ASSERT_TRUE(run(store_->remove(bucket, "key")));
    const auto report = store_->clean();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->uploads_cleared, 0U);
    EXPECT_EQ(bytes_of(*answer), first_part + second_part + small_end);
    answer = fail(ErrorKind::cancelled, "the reader has gone");
    EXPECT_EQ(store_->clean()->uploads_cleared, 1U);
    EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(UploadsTest, readers_see_whole_objects_while_they_are_replaced) {
    const std::string a = std::string(s3::part_bytes_min, 'a');
    const std::string b = std::string(s3::part_bytes_min, 'b');
    ASSERT_TRUE(make("key", {a, std::string(50'000, 'a')}));
    std::atomic<bool> stop = false;
    std::atomic<int> reads = 0;
    std::jthread reader([&] {
        while (!stop) {
            const std::string bytes = get("key");
            ASSERT_FALSE(bytes.empty());
            const std::size_t end = bytes[0] == 'a' ? 50'000 : 60'000;
            EXPECT_TRUE(bytes == std::string(s3::part_bytes_min + end, bytes[0]))
                << bytes.size() << " bytes " << bytes.substr(0, 20);
            ++reads;
        }
    });
    for (int i = 0; i < 10 || reads < 10; ++i) {
        const bool odd = i % 2 == 1;
        ASSERT_TRUE(
            make("key", {odd ? a : b, std::string(odd ? 50'000 : 60'000, odd ? 'a' : 'b')}));
    }
    stop = true;
    reader.join();
    EXPECT_EQ(files_after_cleaning(), 2U);
}

TEST_F(UploadsTest, many_parts_take_one_descriptor_at_a_time) {
    ASSERT_TRUE(make("key", {first_part, second_part, large_end}));
    const auto open_files = [] {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
            std::error_code gone;
            const auto target = std::filesystem::read_symlink(entry.path(), gone);
            count += target.string().find("/objects/") != std::string::npos ? 1U : 0U;
        }
        return count;
    };
    auto answer = run(store_->get(wanted("key")));
    ASSERT_TRUE(answer);
    auto& reader = std::get<std::unique_ptr<BodyReader>>(answer->body);
    EXPECT_EQ(reader->size(), first_part.size() + second_part.size() + large_end.size());
    EXPECT_EQ(open_files(), 0U);
    std::vector<std::uint64_t> sizes;
    while (true) {
        const auto slice = reader->next_slice();
        ASSERT_TRUE(slice);
        if (!*slice) {
            break;
        }
        EXPECT_EQ(open_files(), 1U);
        sizes.push_back((*slice)->size);
    }
    EXPECT_THAT(sizes,
                ::testing::ElementsAre(first_part.size(), second_part.size(), large_end.size()));
    EXPECT_TRUE(run(reader->read())->empty());
}

TEST_F(UploadsTest, all_of_an_object_is_copied_without_its_bytes) {
    ASSERT_TRUE(put("source", large_end));
    const auto upload = begin("key");
    const auto copied = run(store_->copy_part(copy_part(upload, "source")));
    ASSERT_TRUE(copied) << copied.error().message;
    EXPECT_EQ(files_on_disk(), 2U);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path() / "objects")) {
        if (entry.is_regular_file()) {
            EXPECT_EQ(entry.hard_link_count(), 2U);
        }
    }
    ASSERT_TRUE(run(store_->remove(bucket, "source")));
    EXPECT_EQ(files_after_cleaning(), 1U);
    ASSERT_TRUE(complete(upload, {copied->part}));
    EXPECT_EQ(get("key"), large_end);
}

TEST_F(UploadsTest, a_missing_part_is_told_and_the_rest_served) {
    ASSERT_TRUE(make("lost", {large_end}));
    ASSERT_TRUE(put("other", "bytes"));
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path() / "objects")) {
        if (entry.is_regular_file()) {
            std::filesystem::remove(entry.path());
        }
    }
    const auto got = run(store_->get(wanted("lost")));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().kind, ErrorKind::corrupted);
    EXPECT_THAT(got.error().message, ::testing::HasSubstr("photos/lost"));
    EXPECT_EQ(get("other"), "bytes");
}

/// What is tried while the disk fails: a part replaced, the upload completed over an object in
/// parts, another one aborted.
class UploadFaultsTest : public UploadsTest {
  protected:
    void start_over() {
        disk_faults_.heal();
        store_.reset();
        std::filesystem::remove_all(path());
        SetUp();
        ASSERT_TRUE(make("key", {large_other}));
        upload_ = begin("key");
        ASSERT_TRUE(put_part(upload_, 1, large_other));
        aborted_ = begin("aborted");
        ASSERT_TRUE(put_part(aborted_, 1, large_end));
        ASSERT_TRUE(store_->clean());
    }

    void attempt() {
        const auto part = put_part(upload_, 1, large_end);
        put_ = part.has_value();
        completed_ = part && complete(upload_, {*part});
        abort_acknowledged_ = run(store_->abort_multipart(aborted_)).has_value();
    }

    /// After the disk works again.
    void expect_all_or_nothing() {
        const std::string bytes = get("key");
        EXPECT_TRUE(bytes == large_end || bytes == large_other) << bytes.substr(0, 40);
        const bool replaced = bytes == large_end;
        EXPECT_TRUE(replaced || !completed_) << "what was acknowledged is there";
        const auto report = store_->clean();
        ASSERT_TRUE(report) << report.error().message;
        objects::ListPartsRequest request;
        request.upload = upload_;
        const auto parts = run(store_->list_parts(request));
        EXPECT_EQ(parts.has_value(), !replaced);
        if (parts) {
            ASSERT_EQ(parts->parts.size(), 1U);
            EXPECT_TRUE(parts->parts[0].size == large_end.size() || !put_);
            EXPECT_TRUE(complete(upload_, parts->parts)) << "it can be gone on with";
        }
        request.upload = aborted_;
        const auto left = run(store_->list_parts(request));
        EXPECT_FALSE(left.has_value() && abort_acknowledged_);
        ASSERT_TRUE(store_->clean());
        EXPECT_EQ(files_on_disk(), left ? 2U : 1U);
        ASSERT_TRUE(run(store_->abort_multipart(aborted_)));
        ASSERT_TRUE(run(store_->remove(bucket, "key")));
        ASSERT_TRUE(store_->clean());
        EXPECT_EQ(files_on_disk(), 0U);
    }

    objects::MultipartUpload upload_;
    objects::MultipartUpload aborted_;
    bool put_ = false;
    bool completed_ = false;
    bool abort_acknowledged_ = false;
};

TEST_F(UploadFaultsTest, a_disk_that_fails_once_harms_nothing) {
    for (const int error_number : {ENOSPC, EIO}) {
        bool tripped = true;
        for (int call = 1; tripped; ++call) {
            ASSERT_LT(call, 1'000);
            SCOPED_TRACE(call);
            start_over();
            disk_faults_.fail_at(call, error_number);
            attempt();
            tripped = disk_faults_.tripped();
            disk_faults_.heal();
            expect_all_or_nothing();
        }
    }
}

TEST_F(UploadFaultsTest, power_may_go_at_any_call) {
    bool tripped = true;
    for (int call = 1; tripped; ++call) {
        ASSERT_LT(call, 1'000);
        SCOPED_TRACE(call);
        start_over();
        disk_faults_.cut_power_at(call);
        attempt();
        tripped = disk_faults_.tripped();
        store_.reset();
        disk_faults_.lose_power();
        disk_faults_.heal();
        ASSERT_TRUE(open(nullptr));
        expect_all_or_nothing();
    }
}

}  // namespace
}  // namespace slipway::test
