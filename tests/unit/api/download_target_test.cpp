// SPDX-License-Identifier: Apache-2.0
#include "api/download_target.h"

#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace slipway::api {
namespace {

using ::testing::HasSubstr;

class DownloadTargetTest : public ::testing::Test {
  protected:
    Result<DownloadTarget> open(std::vector<S3Uri> sources) const {
        DownloadRequest request;
        request.sources = std::move(sources);
        request.recursive = recursive_;
        request.target = directory_.path() + "/out/";
        return DownloadTarget::open(request);
    }
    /// Why sources do not go together; nothing is made for them.
    std::string refusal(std::vector<S3Uri> sources) const {
        const auto target = open(std::move(sources));
        EXPECT_FALSE(std::filesystem::exists(directory_.path() + "/out"));
        if (target) {
            return "they do";
        }
        EXPECT_EQ(target.error().kind, ErrorKind::already_exists);
        return target.error().message;
    }
    /// Where an object goes, below the target; empty: nowhere.
    std::string place(const DownloadTarget& target, std::size_t source, std::string key) const {
        engine::FoundObject found;
        found.source = source;
        found.key = std::move(key);
        const auto place = target.place(found);
        return place ? place->path.substr(directory_.path().size() + 1) : "";
    }

    test::TemporaryDirectory directory_;
    bool recursive_ = false;
};

TEST_F(DownloadTargetTest, SeveralSourcesKeepTheirNames) {
    const auto target =
        open({{"bkt", "2026/"}, {"bkt", "2026/trip/"}, {"bkt", "x/a.jpg"}, {"whole", ""}});
    ASSERT_TRUE(target) << target.error().message;
    EXPECT_EQ(place(*target, 0, "2026/trip/lake"), "out/2026/trip/lake");
    EXPECT_EQ(place(*target, 1, "2026/trip/lake"), "out/trip/lake");
    EXPECT_EQ(place(*target, 2, "x/a.jpg"), "out/a.jpg");
    EXPECT_EQ(place(*target, 3, "b/c"), "out/whole/b/c");
}

TEST_F(DownloadTargetTest, SourcesOfOneNameAreRefusedNamingBoth) {
    EXPECT_THAT(refusal({{"bkt", "2024/a.jpg"}, {"bkt", "b"}, {"other", "2025/a.jpg"}}),
                HasSubstr("s3://other/2025/a.jpg would go where s3://bkt/2024/a.jpg goes, to " +
                          directory_.path() + "/out/a.jpg: get it by itself"));
    EXPECT_THAT(refusal({{"bkt", "x/photos/"}, {"bkt", "y/photos/"}}), HasSubstr("/out/photos:"));
    EXPECT_THAT(refusal({{"bkt", "x/photos"}, {"bkt", "y/photos/"}}), HasSubstr("/out/photos:"))
        << "one name cannot be a file and a folder";
    EXPECT_THAT(refusal({{"photos", ""}, {"bkt", "photos/"}}), HasSubstr("s3://photos/ goes"));
    EXPECT_THAT(refusal({{"bkt", "a"}, {"bkt", "a"}}), HasSubstr("/out/a:"));
    recursive_ = true;
    EXPECT_THAT(refusal({{"bkt", "x/photos"}, {"bkt", "x/photos/"}}), HasSubstr("/out/photos:"));
}

TEST_F(DownloadTargetTest, ALinkStandsForItsFile) {
    directory_.write("real/file", "old");
    std::filesystem::create_symlink(directory_.path() + "/real/file", directory_.path() + "/link");
    std::filesystem::create_symlink("nowhere", directory_.path() + "/dangling");
    DownloadRequest request;
    request.sources = {{"bkt", "a"}};
    request.target = directory_.path() + "/link";
    const auto target = DownloadTarget::open(request);
    ASSERT_TRUE(target) << target.error().message;
    EXPECT_EQ(place(*target, 0, "a"), "real/file");
    request.target = directory_.path() + "/dangling";
    EXPECT_THAT(DownloadTarget::open(request).error().message, HasSubstr("leads to no file"));
}

TEST_F(DownloadTargetTest, OneSourceHasOnePathForEachKey) {
    const auto target = open({{"bkt", "below/"}});
    ASSERT_TRUE(target);
    EXPECT_EQ(place(*target, 0, "below/a/b"), "out/a/b");
    for (const char* other : {"a//b", "a/./b", "./a/b", "/a/b", "a/b/", "x/../a/b"}) {
        EXPECT_EQ(place(*target, 0, std::string("below/") + other), "") << other;
    }
}

}  // namespace
}  // namespace slipway::api
