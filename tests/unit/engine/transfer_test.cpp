// SPDX-License-Identifier: Apache-2.0
#include "engine/transfer.h"

#include "support/loop_thread.h"
#include "support/memory_store.h"
#include "support/run_on.h"
#include "support/run_task.h"
#include "support/temporary_directory.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <unistd.h>
#include <utility>

namespace slipway::engine {
namespace {

constexpr std::size_t mebibyte = 1U << 20U;

/// Bytes that differ from place to place and from seed to seed.
std::string bytes(std::size_t size, unsigned seed) {
    std::string text(size, '\0');
    std::uint32_t state = seed * 2654435761U + 1;
    for (char& byte : text) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<char>(state >> 24U);
    }
    return text;
}

/// Files one after the other, made when they are asked for.
class ListFeed final : public Feed {
  public:
    using Make = std::function<NewFile()>;
    explicit ListFeed(std::vector<Make> files) : files_(std::move(files)) {}
    Task<std::optional<NewFile>> next() override {
        if (next_ == files_.size()) {
            if (error) {
                co_return fail(*error);
            }
            co_return std::nullopt;
        }
        co_return files_[next_++]();
    }
    std::optional<Error> error;

  private:
    std::vector<Make> files_;
    std::size_t next_ = 0;
};

/// A store that fails calls as it is told before it passes them on, or after (a lost answer).
class FaultyStore final : public test::MemoryStore {
  public:
    using test::MemoryStore::MemoryStore;

    Task<objects::ObjectInfo> put(const objects::PutRequest& request, BodyReader& body) override {
        ++calls["put"];
        if (auto error = take(before, request.key)) {
            co_return fail(*std::move(error));
        }
        co_return co_await test::MemoryStore::put(request, body);
    }
    Task<objects::PartInfo> put_part(const objects::PutPartRequest& request,
                                     BodyReader& body) override {
        ++calls["part"];
        if (auto error = take(before, std::to_string(request.number))) {
            co_return fail(*std::move(error));
        }
        co_return co_await test::MemoryStore::put_part(request, body);
    }
    Task<objects::MultipartUpload> create_multipart(
        const objects::CreateMultipartRequest& request) override {
        ++calls["create"];
        if (no_parts) {
            co_return fail(ErrorKind::unsupported, "no such thing here", "NotImplemented");
        }
        co_return co_await test::MemoryStore::create_multipart(request);
    }
    Task<> abort_multipart(const objects::MultipartUpload& upload) override {
        ++calls["abort"];
        co_return co_await test::MemoryStore::abort_multipart(upload);
    }

    std::map<std::string, std::vector<Error>> before;  // by key, or by number of a part
    std::map<std::string, unsigned> calls;
    bool no_parts = false;  // a store without uploads in parts

  private:
    static std::optional<Error> take(std::map<std::string, std::vector<Error>>& from,
                                     const std::string& name) {
        auto& errors = from[name];
        if (errors.empty()) {
            return std::nullopt;
        }
        Error error = errors.front();
        errors.erase(errors.begin());
        return error;
    }
};

class TransferTest : public ::testing::Test {
  protected:
    TransferTest() { EXPECT_TRUE(test::run(store_.create_bucket("photos"))); }

    void add(const std::string& key, std::string content) {
        contents_[key] = std::move(content);
        files_.push_back([this, key] {
            NewFile file;
            file.key = key;
            file.source = std::make_unique<MemorySource>(contents_.at(key));
            return file;
        });
    }

    Result<> run() {
        TransferOptions options;
        options.bucket = "photos";
        options.scheduler = scheduler_;
        options.random = [] { return 0.0; };
        options.ended = [this](FileReport report) {
            const std::string key = report.key;
            EXPECT_TRUE(reports_.emplace(key, std::move(report)).second) << "reported once";
        };
        Transfer transfer(store_, std::move(options));
        ListFeed feed(files_);
        feed.error = feed_error_;
        return test::run(transfer.run(feed));
    }

    std::string stored(const std::string& key) {
        objects::GetRequest request;
        request.bucket = "photos";
        request.key = key;
        auto result = test::run(store_.get(request));
        return result ? std::get<std::string>(result->body) : result.error().code;
    }

    bool an_upload_is_left() {
        objects::ListMultipartUploadsRequest request;
        request.bucket = "photos";
        return !test::run(store_.list_multipart_uploads(request))->uploads.empty();
    }

    SystemClock clock_;
    FaultyStore store_{clock_};
    SchedulerOptions scheduler_;
    std::map<std::string, std::string> contents_;
    std::vector<ListFeed::Make> files_;
    std::map<std::string, FileReport> reports_;
    std::optional<Error> feed_error_;
};

Error slow_down() {
    return Error{ErrorKind::throttled, "slow down", "SlowDown", 503};
}

TEST_F(TransferTest, AStoreWithoutPartsGetsLargeFilesWhole) {
    store_.no_parts = true;
    for (const std::string key : {"a", "b", "c"}) {
        add(key, bytes(20 * mebibyte, 3));
    }
    ASSERT_TRUE(run());
    for (const std::string key : {"a", "b", "c"}) {
        EXPECT_EQ(reports_.at(key).end, FileEnd::stored) << reports_.at(key).error->message;
        EXPECT_EQ(stored(key), contents_.at(key));
    }
    EXPECT_EQ(store_.calls["abort"], 0U);
}

TEST_F(TransferTest, SmallAndLargeFilesArriveWhole) {
    add("nothing", "");
    add("one byte", "x");
    add("a chunk", bytes(limits::chunk_bytes, 1));
    add("more than a chunk", bytes(limits::chunk_bytes + 1, 2));
    add("large", bytes(37 * mebibyte + 5, 3));
    for (unsigned i = 0; i < 300; ++i) {
        add("small/" + std::to_string(i), bytes(i * 97, i));
    }
    ASSERT_TRUE(run());
    EXPECT_EQ(reports_.size(), contents_.size());
    for (const auto& [key, content] : contents_) {
        EXPECT_EQ(reports_.at(key).end, FileEnd::stored) << key;
        EXPECT_TRUE(stored(key) == content) << key;
    }
    EXPECT_EQ(store_.calls["part"], 5U);
    EXPECT_FALSE(an_upload_is_left());
}

TEST_F(TransferTest, WhatFailsForAReasonThatPassesIsSentAgain) {
    add("a", bytes(1000, 1));
    add("large", bytes(20 * mebibyte, 2));
    store_.before["a"] = {slow_down(), slow_down()};
    store_.before["2"] = {slow_down()};
    ASSERT_TRUE(run());
    EXPECT_TRUE(stored("a") == contents_["a"]);
    EXPECT_TRUE(stored("large") == contents_["large"]);
    EXPECT_EQ(reports_.at("a").requests, 3U);
    EXPECT_EQ(store_.calls["part"], 4U);
}

TEST_F(TransferTest, WhatFailsForGoodFailsAloneWithItsCause) {
    add("a", "aaa");
    add("b", "bbb");
    add("large", bytes(20 * mebibyte, 2));
    const Error denied{ErrorKind::permission_denied, "not yours", "AccessDenied", 403};
    store_.before["b"] = {denied};
    store_.before["3"] = {denied};
    ASSERT_TRUE(run());
    EXPECT_EQ(reports_.at("a").end, FileEnd::stored);
    EXPECT_EQ(reports_.at("b").end, FileEnd::failed);
    EXPECT_EQ(reports_.at("b").error->code, "AccessDenied");
    EXPECT_EQ(reports_.at("large").end, FileEnd::failed);
    EXPECT_EQ(stored("large"), "NoSuchKey");
    EXPECT_EQ(store_.calls["abort"], 1U);
    EXPECT_FALSE(an_upload_is_left());
}

TEST_F(TransferTest, WhatNoFileCanSurviveEndsTheRun) {
    const Error missing{ErrorKind::not_found, "no such bucket", "NoSuchBucket", 404};
    for (unsigned i = 0; i < 1000; ++i) {
        add(std::to_string(i), "content");
        store_.before[std::to_string(i)] = {missing};
    }
    const auto outcome = run();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, "NoSuchBucket");
    EXPECT_LT(store_.calls["put"], 100U) << "not a line of complaint for each file";
}

TEST_F(TransferTest, AFileThatSucceededProvesTheBucket) {
    scheduler_.requests_max = 1;
    add("a", "aaa");
    add("b", "bbb");
    add("c", "ccc");
    store_.before["b"] = {Error{ErrorKind::permission_denied, "?", "SignatureDoesNotMatch", 403}};
    ASSERT_TRUE(run());
    EXPECT_EQ(reports_.at("b").end, FileEnd::failed);
    EXPECT_EQ(reports_.at("c").end, FileEnd::stored);
}

TEST_F(TransferTest, AStoreThatTakesNothingIsGivenUp) {
    scheduler_.no_progress_time_max = std::chrono::milliseconds(0);
    add("a", "aaa");
    add("b", "bbb");
    store_.before["a"] = std::vector<Error>(100, slow_down());
    store_.before["b"] = std::vector<Error>(100, slow_down());
    ASSERT_TRUE(run());
    EXPECT_EQ(reports_.at("a").end, FileEnd::gave_up);
    EXPECT_EQ(reports_.at("b").end, FileEnd::gave_up);
    EXPECT_THAT(reports_.at("a").error->message,
                ::testing::EndsWith("; given up: nothing got through for 0 s"));
    EXPECT_EQ(reports_.at("a").error->code, "SlowDown");
}

TEST_F(TransferTest, AFeedThatFailsEndsTheRunWithItsError) {
    add("a", "aaa");
    feed_error_ = fail(ErrorKind::io, "the disk is gone").value();
    const auto outcome = run();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().message, "the disk is gone");
    EXPECT_EQ(reports_.at("a").end, FileEnd::stored) << "what came before is stored";
}

TEST_F(TransferTest, NothingToDoIsDone) {
    EXPECT_TRUE(run());
    EXPECT_TRUE(reports_.empty());
}

class FileSourceTest : public ::testing::Test {
  protected:
    std::unique_ptr<FileSource> find(const std::string& content) {
        std::ofstream(path_) << content;
        struct stat found {};
        EXPECT_EQ(::stat(path_.c_str(), &found), 0);
        return std::make_unique<FileSource>(path_, found, disk_);
    }

    Result<std::string> read(FileSource& source, std::uint64_t offset, std::uint64_t size) {
        const Part part{1, offset, size};
        auto bytes = test::run(source.read(part, objects::ChecksumAlgorithm::crc32c, pool_));
        if (!bytes) {
            return fail(bytes.error());
        }
        std::string text;
        for (const Chunk& chunk : bytes->chunks) {
            text += chunk.text();
        }
        if (bytes->slice) {
            EXPECT_GT(size, limits::chunk_bytes);
            text.resize(static_cast<std::size_t>(bytes->slice->size));
            EXPECT_EQ(::pread(bytes->slice->file->fd(), text.data(), text.size(),
                              static_cast<off_t>(bytes->slice->offset)),
                      static_cast<ssize_t>(text.size()));
        }
        EXPECT_EQ(bytes->checksum, objects::checksum_of(objects::ChecksumAlgorithm::crc32c, text));
        return text;
    }

    test::TemporaryDirectory directory_;
    const std::string path_ = directory_.path() + "/file";
    DiskThreads disk_{2};
    ChunkPool pool_;
};

TEST_F(FileSourceTest, BringsAnyPartAndAgain) {
    const std::string content = bytes(300'000, 1);
    const auto source = find(content);
    EXPECT_EQ(source->size(), content.size());
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(read(*source, 0, content.size()).value(), content);
        EXPECT_EQ(read(*source, 1000, 200'000).value(), content.substr(1000, 200'000));
    }
    EXPECT_EQ(read(*find(""), 0, 0).value(), "");
}

TEST_F(FileSourceTest, WhoSentASliceLearnsWhetherTheFileChangedMeanwhile) {
    const auto source = find(bytes(300'000, 1));
    ASSERT_TRUE(read(*source, 0, 300'000));
    EXPECT_TRUE(test::run(source->check_unchanged()));
    std::ofstream(path_, std::ios::app) << "more";
    EXPECT_EQ(test::run(source->check_unchanged()).error().code, "SourceChanged");
}

TEST_F(FileSourceTest, AFileThatChangesIsAnErrorThatSaysHow) {
    const std::map<std::string, std::function<void()>> changes = {
        {"grew", [this] { std::ofstream(path_, std::ios::app) << "more"; }},
        {"became shorter", [this] { EXPECT_EQ(::truncate(path_.c_str(), 3), 0); }},
        {"was replaced",
         [this] {
             std::ofstream(path_ + ".new") << "0123456789";
             EXPECT_EQ(::rename((path_ + ".new").c_str(), path_.c_str()), 0);
         }},
        {"was removed", [this] { EXPECT_EQ(::unlink(path_.c_str()), 0); }},
        {"was written to",
         [this] {
             const timespec times[2] = {{1, 0}, {1, 0}};
             EXPECT_EQ(::utimensat(AT_FDCWD, path_.c_str(), times, 0), 0);
         }},
    };
    for (const auto& [how, change] : changes) {
        ::unlink(path_.c_str());
        const auto source = find("0123456789");
        ASSERT_TRUE(read(*source, 0, 4)) << how;
        change();
        const auto second = read(*source, 4, 6);
        ASSERT_FALSE(second) << how;
        EXPECT_EQ(second.error().code, "SourceChanged") << how;
        EXPECT_THAT(second.error().message, ::testing::HasSubstr(how));
    }
}

TEST_F(FileSourceTest, BringsChunksForWhoComputesTheChecksum) {
    const std::string content = bytes(300'000, 1);
    const auto source = find(content);
    const auto chunk = test::run(source->read_chunk(Part{1, 1000, 299'000}, pool_));
    ASSERT_TRUE(chunk);
    EXPECT_EQ(chunk->text(), content.substr(1000, limits::chunk_bytes));
    EXPECT_EQ(test::run(source->read_chunk(Part{1, 299'999, 1}, pool_))->text(),
              content.substr(299'999));
    EXPECT_TRUE(test::run(source->check_unchanged()));
    EXPECT_EQ(::truncate(path_.c_str(), 100'000), 0);
    EXPECT_EQ(test::run(source->read_chunk(Part{1, 200'000, 1000}, pool_)).error().code,
              "SourceChanged");
}

TEST_F(FileSourceTest, WhatCannotBeReadSaysWhy) {
    struct stat found {};
    found.st_size = 4;
    FileSource missing(directory_.path() + "/missing", found, disk_);
    const auto outcome = read(missing, 0, 4);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, ErrorKind::not_found);
    EXPECT_THAT(outcome.error().message, ::testing::HasSubstr("missing"));
}

/// A store for several threads, which remembers who used it.
class SharedStore final : public test::MemoryStore {
  public:
    using test::MemoryStore::MemoryStore;

    Task<objects::ObjectInfo> put(const objects::PutRequest& request, BodyReader& body) override {
        SLIPWAY_CO_TRY(content, co_await read_all(body, 4 * mebibyte));
        objects::ObjectInfo info;
        info.checksum = request.checksum;
        const std::lock_guard lock(mutex_);
        contents[request.key] = std::move(content);
        threads.insert(std::this_thread::get_id());
        co_return info;
    }

    std::map<std::string, std::string> contents;
    std::set<std::thread::id> threads;

  private:
    std::mutex mutex_;
};

TEST(TransferOverThreads, SendsWhatIsLargeOnAllAndTellsOnItsOwn) {
    test::LoopThread first;
    test::LoopThread second;
    Spread spread({first.context.get_executor(), second.context.get_executor()});
    const SystemClock clock;
    SharedStore store(clock);
    std::map<std::string, std::string> contents;
    std::vector<ListFeed::Make> files;
    for (unsigned i = 0; i < 20; ++i) {
        const std::string key = fmt::format("{:02}", i);
        contents[key] = bytes(limits::engine_spread_bytes_min + i * 100'000, i);
        files.push_back([&contents, key] {
            NewFile file;
            file.key = key;
            file.source = std::make_unique<MemorySource>(contents.at(key));
            return file;
        });
    }
    std::set<std::thread::id> told_on;
    std::int64_t sent = 0;
    TransferOptions options;
    options.bucket = "photos";
    options.spread = &spread;
    options.random = [] { return 0.0; };
    options.sent = [&](Slot, std::int64_t count) {
        told_on.insert(std::this_thread::get_id());
        sent += count;
    };
    options.ended = [&](const FileReport& report) {
        told_on.insert(std::this_thread::get_id());
        EXPECT_EQ(report.end, FileEnd::stored) << report.error->message;
    };
    Transfer transfer(store, std::move(options));
    ListFeed feed(files);
    ASSERT_TRUE(test::run_on(first.context, transfer.run(feed)));
    EXPECT_EQ(store.contents, contents);
    EXPECT_EQ(store.threads, (std::set{first.id(), second.id()}));
    EXPECT_EQ(told_on, std::set{first.id()});
    std::int64_t all = 0;
    for (const auto& [key, content] : contents) {
        all += static_cast<std::int64_t>(content.size());
    }
    EXPECT_EQ(sent, all);
}

}  // namespace
}  // namespace slipway::engine
