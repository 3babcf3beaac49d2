// SPDX-License-Identifier: Apache-2.0
#include "slipway/download.h"
#include "slipway/serve.h"
#include "slipway/upload.h"

#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace slipway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr std::size_t mebibyte = 1U << 20U;

std::string some_bytes(std::size_t size) {
    std::string text(size, '\0');
    unsigned state = 7;
    std::ranges::generate(text, [&state] {
        state = state * 1664525U + 1013904223U;
        return static_cast<char>(state >> 24U);
    });
    return text;
}

MemoryContent in_memory(std::string text) {
    auto owner = std::make_shared<const std::string>(std::move(text));
    return {*owner, owner};
}

ReadContent by_function(std::string text) {
    ReadContent content;
    content.size = text.size();
    content.read = [text = std::move(text)](std::uint64_t offset,
                                            std::span<char> into) -> Result<std::size_t> {
        return text.copy(into.data(), into.size(), offset);
    };
    return content;
}

StreamContent as_stream(std::string text) {
    auto rest = std::make_shared<std::string>(std::move(text));
    auto position = std::make_shared<std::size_t>(0);
    return {[rest, position](std::span<char> into) -> Result<std::size_t> {
        const auto count = rest->copy(into.data(), std::min(into.size(), 70'000UL), *position);
        *position += count;
        return count;
    }};
}

/// Uploads into an embedded store of the test's own, with the public API alone.
class ItemFeedTest : public testing::Test {
  protected:
    void SetUp() override {
        ::setenv("AWS_ACCESS_KEY_ID", "test-access-key", 1);
        ::setenv("AWS_SECRET_ACCESS_KEY", "test-secret-key", 1);
        StoreOptions options;
        options.listen = "127.0.0.1:0";
        options.data_dir = directory_.path() + "/store";
        options.access_key = "test-access-key";
        options.secret_key = "test-secret-key";
        options.io_threads = 1;
        options.disk_threads = 2;
        options.log_level = "error";
        auto store = StoreServer::start(options);
        ASSERT_TRUE(store) << store.error().message;
        store_ = *std::move(store);
        S3Options where;
        where.endpoint_url = store_->url();
        auto s3 = S3::open(where);
        ASSERT_TRUE(s3) << s3.error().message;
        s3_ = *std::move(s3);
        request_.target = S3Uri{"slipway", "in"};
    }

    Result<std::unique_ptr<Upload>> start() {
        return Upload::start(*s3_, request_, [this](const UploadEvent& event) {
            {
                const std::lock_guard lock(mutex_);
                if (event.kind == UploadEvent::Kind::stored) {
                    stored_.push_back(event.key);
                } else if (event.kind == UploadEvent::Kind::failed) {
                    failed_[event.key] = *event.error;
                }
            }
            if (on_event_) {
                on_event_(event);
            }
        });
    }

    Result<UploadProgress> upload(std::vector<UploadItem> items) {
        request_.next_item = each_of(std::move(items));
        auto upload = start();
        return upload ? (*upload)->wait() : tl::unexpected(upload.error());
    }

    std::string stored_bytes(const std::string& key) {
        DownloadRequest request;
        request.sources = {S3Uri{"slipway", key}};
        request.target = directory_.path() + "/back";
        auto download = Download::start(*s3_, request);
        EXPECT_TRUE(download && (*download)->wait()->files_stored == 1) << key;
        return directory_.read("back");
    }

    ObjectSummary stat(const std::string& key) {
        auto summary = s3_->stat(S3Uri{"slipway", key});
        EXPECT_TRUE(summary) << key << ": " << summary.error().message;
        return summary ? *summary : ObjectSummary();
    }

    test::TemporaryDirectory directory_;
    std::unique_ptr<StoreServer> store_;
    std::unique_ptr<S3> s3_;
    UploadRequest request_;
    std::function<void(const UploadEvent&)> on_event_;
    std::mutex mutex_;
    std::vector<std::string> stored_;
    std::map<std::string, Error> failed_;
};

TEST_F(ItemFeedTest, StoresWhatAProgramHoldsInEachForm) {
    const std::string large = some_bytes(20 * mebibyte + 5);
    directory_.write("file", "from a file");
    std::vector<UploadItem> items;
    items.push_back({"empty", in_memory("")});
    items.push_back({"memory", in_memory("from memory")});
    items.push_back({"large/memory", in_memory(large)});
    items.push_back({"large/function", by_function(large)});
    items.push_back({"large/stream", as_stream(large.substr(0, 7 * mebibyte))});
    items.push_back({"stream", as_stream("from a stream")});
    items.push_back({"empty stream", as_stream("")});
    items.push_back({"function", by_function("from a function")});
    items.push_back({"file", FileContent{directory_.path() + "/file"}});
    const auto ended = upload(std::move(items));
    ASSERT_TRUE(ended) << ended.error().message;
    EXPECT_EQ(ended->files_stored, 9U);
    EXPECT_EQ(ended->files_found, 9U);
    EXPECT_EQ(ended->bytes_stored, ended->bytes_found);
    EXPECT_TRUE(failed_.empty());
    EXPECT_EQ(stored_bytes("in/empty"), "");
    EXPECT_EQ(stored_bytes("in/memory"), "from memory");
    EXPECT_EQ(stored_bytes("in/stream"), "from a stream");
    EXPECT_EQ(stored_bytes("in/empty stream"), "");
    EXPECT_EQ(stored_bytes("in/function"), "from a function");
    EXPECT_EQ(stored_bytes("in/file"), "from a file");
    EXPECT_TRUE(stored_bytes("in/large/memory") == large);
    EXPECT_TRUE(stored_bytes("in/large/function") == large);
    EXPECT_TRUE(stored_bytes("in/large/stream") == large.substr(0, 7 * mebibyte));
}

TEST_F(ItemFeedTest, AnItemsHeadersGoBeforeTheRequests) {
    request_.headers.cache_control = "no-cache";
    request_.headers.metadata = {{"from", "request"}, {"more", "yes"}};
    std::vector<UploadItem> items;
    items.push_back({"a.css", by_function("a")});
    items.push_back({"picture", in_memory("\x89PNG\r\n\x1a\n....")});
    items.push_back({"c", as_stream("c")});
    items.back().headers.content_type = "text/x-c";
    items.back().headers.cache_control = "max-age=5";
    items.back().headers.metadata = {{"from", "item"}};
    ASSERT_EQ(upload(std::move(items))->files_stored, 3U);
    EXPECT_EQ(stat("in/a.css").headers.content_type, "text/css");
    EXPECT_EQ(stat("in/a.css").headers.cache_control, "no-cache");
    EXPECT_EQ(stat("in/a.css").headers.metadata.size(), 2U);
    EXPECT_EQ(stat("in/picture").headers.content_type, "image/png");
    const ObjectHeaders headers = stat("in/c").headers;
    EXPECT_EQ(headers.content_type, "text/x-c");
    EXPECT_EQ(headers.cache_control, "max-age=5");
    EXPECT_THAT(headers.metadata, ElementsAre(std::pair<std::string, std::string>("from", "item")));
}

TEST_F(ItemFeedTest, LetsGoOfMemoryOnceItIsStored) {
    auto owner = std::make_shared<const std::string>("kept");
    const std::weak_ptr<const std::string> watched = owner;
    std::vector<UploadItem> items;
    items.push_back({"kept", MemoryContent{*owner, owner}});
    owner.reset();
    EXPECT_FALSE(watched.expired());
    request_.next_item = each_of(std::move(items));
    auto upload = start();
    ASSERT_TRUE(upload);
    ASSERT_TRUE((*upload)->wait());
    EXPECT_TRUE(watched.expired());
    request_.next_item = {};
}

TEST_F(ItemFeedTest, WhatIsWrongWithOneItemFailsOnlyThat) {
    const auto raises = [](std::span<char>) -> Result<std::size_t> {
        return std::string("short").at(10);
    };
    ReadContent too_short = by_function("short");
    too_short.size = 10;
    std::vector<UploadItem> items;
    items.push_back({"", in_memory("no key")});
    items.push_back({"no function", ReadContent{}});
    items.push_back({"no stream", StreamContent{}});
    items.push_back({"missing", FileContent{"/nowhere/at/all"}});
    items.push_back({"folder", FileContent{directory_.path()}});
    items.push_back({"raises", StreamContent{raises}});
    items.push_back({"short", std::move(too_short)});
    items.push_back({std::string(1100, 'k'), in_memory("a long key")});
    items.push_back({"good", in_memory("good")});
    const auto ended = upload(std::move(items));
    ASSERT_TRUE(ended) << ended.error().message;
    EXPECT_EQ(ended->files_failed, 8U);
    EXPECT_THAT(stored_, ElementsAre("in/good"));
    EXPECT_EQ(failed_["in/"].kind, ErrorKind::invalid_argument);
    EXPECT_THAT(failed_["in/no function"].message, HasSubstr("no function"));
    EXPECT_EQ(failed_["in/no stream"].kind, ErrorKind::invalid_argument);
    EXPECT_EQ(failed_["in/missing"].kind, ErrorKind::not_found);
    EXPECT_THAT(failed_["in/missing"].message, HasSubstr("/nowhere/at/all"));
    EXPECT_EQ(failed_["in/folder"].code, "NotAFile");
    EXPECT_THAT(failed_["in/raises"].message, HasSubstr("threw"));
    EXPECT_EQ(failed_["in/short"].code, "SourceChanged");
    EXPECT_EQ(failed_["in/" + std::string(1100, 'k')].code, "KeyTooLongError");
}

TEST_F(ItemFeedTest, AFunctionWhoseErrorPassesIsAskedAgain) {
    ReadContent content = by_function("there in the end");
    const auto bring = content.read;
    int calls = 0;
    content.read = [&](std::uint64_t offset, std::span<char> into) -> Result<std::size_t> {
        if (++calls < 3) {
            return fail(ErrorKind::unavailable, "not now");
        }
        return bring(offset, into);
    };
    std::vector<UploadItem> items;
    items.push_back({"later", std::move(content)});
    const auto ended = upload(std::move(items));
    EXPECT_EQ(ended->files_stored, 1U);
    EXPECT_EQ(ended->retries, 2U);
    EXPECT_EQ(stored_bytes("in/later"), "there in the end");
}

TEST_F(ItemFeedTest, AnErrorOfTheFunctionEndsTheUpload) {
    int calls = 0;
    request_.next_item = [&calls]() -> Result<std::optional<UploadItem>> {
        if (++calls > 2) {
            return fail(ErrorKind::unavailable, "the database went away");
        }
        return UploadItem{std::to_string(calls), in_memory("x")};
    };
    auto upload = start();
    ASSERT_TRUE(upload);
    const auto ended = (*upload)->wait();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().message, "the database went away");
    EXPECT_THAT(stored_, UnorderedElementsAre("in/1", "in/2"));
    EXPECT_EQ(calls, 3) << "it is not asked again";
}

TEST_F(ItemFeedTest, AnItemIsStoredWhileTheFunctionWaitsForTheNext) {
    for (const bool if_changed : {false, true}) {
        std::promise<void> first_stored;
        on_event_ = [&first_stored](const UploadEvent& event) {
            if (event.kind == UploadEvent::Kind::stored && event.key.ends_with("first")) {
                first_stored.set_value();
            }
        };
        int calls = 0;
        request_.if_changed = if_changed;
        request_.target.key = if_changed ? "changed" : "in";
        request_.next_item = [&]() -> Result<std::optional<UploadItem>> {
            switch (++calls) {
                case 1:
                    return UploadItem{"first", in_memory("1")};
                case 2:
                    first_stored.get_future().wait();
                    return UploadItem{"second", in_memory("2")};
                default:
                    return std::nullopt;
            }
        };
        auto upload = start();
        ASSERT_TRUE(upload);
        EXPECT_EQ((*upload)->wait()->files_stored, 2U);
    }
    EXPECT_EQ(stored_.size(), 4U);
}

TEST_F(ItemFeedTest, WhatIsThereAlreadyIsNotSentAgain) {
    const auto items = [](const std::string& second) {
        std::vector<UploadItem> made;
        made.push_back({"same", by_function("same")});
        made.push_back({"other", in_memory(second)});
        return made;
    };
    ASSERT_EQ(upload(items("first"))->files_stored, 2U);
    request_.if_changed = true;
    const auto ended = upload(items("later"));
    EXPECT_EQ(ended->files_stored, 1U);
    EXPECT_EQ(ended->files_skipped, 1U);
    EXPECT_EQ(stored_bytes("in/other"), "later");
    request_.if_changed = false;
    request_.if_absent = true;
    std::vector<UploadItem> stream;
    stream.push_back({"same", as_stream("not this")});
    EXPECT_EQ(upload(std::move(stream))->files_skipped, 1U);
    EXPECT_EQ(stored_bytes("in/same"), "same");
}

TEST_F(ItemFeedTest, ADryRunOnlyTells) {
    std::vector<std::string> told;
    on_event_ = [&told](const UploadEvent& event) {
        EXPECT_EQ(event.kind, UploadEvent::Kind::would_store);
        told.push_back(event.key);
    };
    request_.dry_run = true;
    std::vector<UploadItem> items;
    items.push_back({"a", in_memory("a")});
    items.push_back({"b", as_stream("b")});
    ASSERT_TRUE(upload(std::move(items)));
    EXPECT_THAT(told, ElementsAre("in/a", "in/b"));
    EXPECT_EQ(s3_->stat(S3Uri{"slipway", "in/a"}).error().kind, ErrorKind::not_found);
}

TEST_F(ItemFeedTest, MoreItemsAndStreamsThanFitAtOnce) {
    constexpr int count = 1500;
    int made = 0;
    request_.next_item = [&made]() -> Result<std::optional<UploadItem>> {
        if (made == count) {
            return std::nullopt;
        }
        const std::string name = std::to_string(made++);
        if (made % 100 == 0) {
            return UploadItem{name, as_stream(name)};
        }
        return UploadItem{name, in_memory(name)};
    };
    auto upload = start();
    ASSERT_TRUE(upload);
    const auto ended = (*upload)->wait();
    EXPECT_EQ(ended->files_stored, static_cast<std::uint64_t>(count));
    EXPECT_EQ(stored_bytes("in/99"), "99");
    EXPECT_EQ(stored_bytes("in/1498"), "1498");
}

TEST_F(ItemFeedTest, AfterTheEndOfACancelledUploadNothingIsCalled) {
    std::promise<void> reading;
    std::atomic<int> reads = 0;
    std::atomic<int> calls = 0;
    StreamContent endless{[&](std::span<char> into) -> Result<std::size_t> {
        if (++reads == 1) {
            reading.set_value();
        }
        into.front() = 'x';
        return 1U;
    }};
    request_.next_item = [&]() -> Result<std::optional<UploadItem>> {
        if (++calls == 1) {
            return UploadItem{"endless", endless};
        }
        return UploadItem{std::to_string(calls), in_memory("x")};
    };
    auto upload = start();
    ASSERT_TRUE(upload);
    reading.get_future().wait();
    (*upload)->cancel();
    const auto ended = (*upload)->wait();
    ASSERT_TRUE(ended);
    EXPECT_TRUE(ended->cancelled);
    EXPECT_GE(ended->files_cancelled, 1U);
    const int reads_then = reads;
    const int calls_then = calls;
    upload->reset();
    EXPECT_EQ(reads, reads_then);
    EXPECT_EQ(calls, calls_then);
    EXPECT_EQ(s3_->stat(S3Uri{"slipway", "in/endless"}).error().kind, ErrorKind::not_found);
}

TEST_F(ItemFeedTest, StandardInputStaysAlone) {
    request_.sources = {"-"};
    std::vector<UploadItem> items;
    items.push_back({"a", in_memory("a")});
    const auto ended = upload(std::move(items));
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().kind, ErrorKind::invalid_argument);
}

}  // namespace
}  // namespace slipway
