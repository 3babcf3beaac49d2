// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "conformance/catalog_conformance.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <array>
#include <set>
#include <thread>

namespace slipway::test {
namespace {

using ::testing::ElementsAre;

TEST_P(CatalogConformance, ReservesTheDocumentedKeyAndId) {
    const auto upload = reserve(photo("example1.jpg", "username"));
    ASSERT_TRUE(upload);
    EXPECT_EQ(upload->s3_key, "username/example1.jpg");
    EXPECT_EQ(upload->id, "username-example1.jpg");
    EXPECT_EQ(upload->user, "username");
    EXPECT_EQ(upload->file_size, 1'024'000U);
    EXPECT_EQ(upload->content_type, "image/jpeg");
    EXPECT_EQ(upload->tier, "standard");
    EXPECT_EQ(upload->checksum, "sha256:abc");
    EXPECT_EQ(upload->expires_at, start + std::chrono::hours(1));
    const auto waits = pending("username", "username/example1.jpg");
    ASSERT_TRUE(waits.upload);
    EXPECT_FALSE(waits.file);
    EXPECT_EQ(waits.upload->id, upload->id);
    EXPECT_EQ(waits.upload->user, "username");
    EXPECT_EQ(waits.upload->file_size, 1'024'000U);
    EXPECT_EQ(waits.upload->content_type, "image/jpeg");
    EXPECT_EQ(waits.upload->tier, "standard");
    EXPECT_EQ(waits.upload->checksum, "sha256:abc");
    EXPECT_EQ(waits.upload->expires_at, upload->expires_at);
}

TEST_P(CatalogConformance, RenamesWhatIsTaken) {
    EXPECT_EQ(reserve(photo("a.jpg"))->s3_key, "ada/a.jpg");
    EXPECT_EQ(reserve(photo("a.jpg"))->s3_key, "ada/a (1).jpg");
    EXPECT_EQ(reserve(photo("a.jpg"))->s3_key, "ada/a (2).jpg");
    EXPECT_EQ(reserve(photo("a.jpg"))->id, "ada-a (3).jpg");
    EXPECT_EQ(reserve(photo("a (1).jpg"))->s3_key, "ada/a (1) (1).jpg");
}

TEST_P(CatalogConformance, RenamesWithinOneBatch) {
    const auto all = reserve_all({photo("b.png"), photo("b.png"), photo("c.png"), photo("b.png")});
    ASSERT_EQ(all.size(), 4U);
    EXPECT_EQ(all[0]->s3_key, "ada/b.png");
    EXPECT_EQ(all[1]->s3_key, "ada/b (1).png");
    EXPECT_EQ(all[2]->s3_key, "ada/c.png");
    EXPECT_EQ(all[3]->s3_key, "ada/b (2).png");
}

TEST_P(CatalogConformance, RenamesBesideAConfirmedFile) {
    put(photo("a.jpg"));
    EXPECT_EQ(reserve(photo("a.jpg"))->s3_key, "ada/a (1).jpg");
}

TEST_P(CatalogConformance, NumbersStandBeforeTheExtension) {
    const std::array<std::pair<const char*, const char*>, 6> cases{{
        {".bashrc", "ada/.bashrc (1)"},
        {"README", "ada/README (1)"},
        {"photos.d/README", "ada/photos.d/README (1)"},
        {"photos/.hidden", "ada/photos/.hidden (1)"},
        {"backup.tar.gz", "ada/backup.tar (1).gz"},
        {"f\xC3\xBC\xC3\x9F\x65.jpg", "ada/f\xC3\xBC\xC3\x9F\x65 (1).jpg"},
    }};
    for (const auto& [name, renamed] : cases) {
        ASSERT_TRUE(reserve(photo(name)));
        EXPECT_EQ(reserve(photo(name))->s3_key, renamed);
    }
}

TEST_P(CatalogConformance, RenamingEndsAtItsLimit) {
    std::vector<NewUpload> many(limits::rename_attempts_max + 2, photo("a.jpg"));
    const auto all = reserve_all(std::move(many));
    EXPECT_EQ(all[limits::rename_attempts_max]->s3_key,
              "ada/a (" + std::to_string(limits::rename_attempts_max) + ").jpg");
    ASSERT_FALSE(all.back());
    EXPECT_EQ(all.back().error().kind, ErrorKind::already_exists);
    EXPECT_EQ(all.back().error().code, "file_exists");
    EXPECT_THAT(all.back().error().message, ::testing::HasSubstr("a.jpg"));
}

TEST_P(CatalogConformance, ARenamedKeyKeepsWithinTheLimitOfKeys) {
    const std::string name(limits::key_bytes_max - 4, 'x');
    EXPECT_EQ(reserve(photo(name))->s3_key.size(), limits::key_bytes_max);
    const auto second = reserve(photo(name));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "file_exists");
    const std::string shorter(limits::key_bytes_max - 8, 'y');  // room for " (1)"
    ASSERT_TRUE(reserve(photo(shorter)));
    EXPECT_EQ(reserve(photo(shorter))->s3_key.size(), limits::key_bytes_max);
}

TEST_P(CatalogConformance, FailLeavesWhatIsThere) {
    const auto first = reserve(photo("a.jpg", OnConflict::fail));
    ASSERT_TRUE(first);
    const auto second = reserve(photo("a.jpg", OnConflict::fail));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::already_exists);
    EXPECT_EQ(second.error().code, "file_exists");
    ASSERT_TRUE(confirm(proven(*first)));
    EXPECT_EQ(reserve(photo("a.jpg", OnConflict::fail)).error().code, "file_exists");
}

TEST_P(CatalogConformance, ReplaceKeepsKeyAndIdOfAFile) {
    const File file = put(photo("a.jpg"));
    NewUpload next = photo("a.jpg", OnConflict::replace);
    next.file_size = 5;
    const auto upload = reserve(next);
    ASSERT_TRUE(upload);
    EXPECT_EQ(upload->s3_key, file.s3_key);
    EXPECT_EQ(upload->id, file.id);
    // Until it is confirmed the file is what it was.
    EXPECT_EQ(run(catalog().find("ada", file.id))->file_size, 1'024'000U);
    const auto both = pending("ada", file.s3_key);
    EXPECT_TRUE(both.upload && both.file);
    ASSERT_TRUE(confirm(proven(*upload)));
    EXPECT_EQ(run(catalog().find("ada", file.id))->file_size, 5U);
    EXPECT_THAT(names(*list()), ElementsAre("a.jpg"));
}

TEST_P(CatalogConformance, ReplaceTakesThePlaceOfAnUploadUnderWay) {
    const auto first = reserve(photo("a.jpg"));
    NewUpload other = photo("a.jpg", OnConflict::replace);
    other.file_size = 7;
    const auto second = reserve(other);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->id, first->id);
    EXPECT_EQ(pending("ada", "ada/a.jpg").upload->file_size, 7U);
    // One ticket is left: nothing stays behind for the reaper.
    EXPECT_EQ(claim(start + std::chrono::hours(2)).size(), 1U);
}

TEST_P(CatalogConformance, ReplaceOfWhatIsNotThereIsPlain) {
    EXPECT_EQ(reserve(photo("new.jpg", OnConflict::replace))->id, "ada-new.jpg");
}

TEST_P(CatalogConformance, IdsStayUniqueWhereKeysLookAlike) {
    const std::vector<NewUpload> look_alike{photo("a/b"),   photo("a-b"),   photo("a-b", "ada-x"),
                                            photo("x/a-b"), photo("x-a/b"), photo("x/a/b")};
    const auto uploads = reserve_all(look_alike);
    std::set<std::string> ids;
    for (std::size_t i = 0; i < uploads.size(); ++i) {
        ASSERT_TRUE(uploads[i]) << i;
        ids.insert(uploads[i]->id);
        const auto waits = pending(look_alike[i].user, uploads[i]->s3_key);
        ASSERT_TRUE(waits.upload) << uploads[i]->s3_key;
        EXPECT_EQ(waits.upload->id, uploads[i]->id);
    }
    EXPECT_EQ(ids.size(), uploads.size());
    EXPECT_EQ(uploads[0]->id, "ada-a-b");
    for (std::size_t i = 0; i < uploads.size(); ++i) {
        ASSERT_TRUE(confirm(proven(*uploads[i])));
        EXPECT_EQ(run(catalog().find(look_alike[i].user, uploads[i]->id))->s3_key,
                  uploads[i]->s3_key);
    }
    EXPECT_EQ(list()->files.size(), 5U);
    // A second key of the same look is renamed, not mixed up with the first.
    EXPECT_EQ(reserve(photo("a-b"))->s3_key, "ada/a-b (1)");
}

TEST_P(CatalogConformance, ADistinctIdSurvivesTheOneItGaveWayTo) {
    const File first = put(photo("a/b"));
    const auto second = reserve(photo("a-b"));
    ASSERT_TRUE(run(catalog().remove("ada", first.id)));
    EXPECT_EQ(pending("ada", "ada/a-b").upload->id, second->id);
    const auto replaced = reserve(photo("a-b", OnConflict::replace));
    EXPECT_EQ(replaced->id, second->id);
    ASSERT_TRUE(confirm(proven(*replaced)));
    EXPECT_EQ(put(photo("a/b")).id, first.id);
    EXPECT_EQ(run(catalog().find("ada", second->id))->s3_key, "ada/a-b");
}

TEST_P(CatalogConformance, ARenewalGivesMoreTime) {
    const auto upload = reserve(photo("a.jpg"));
    NewUpload renewal = photo("a.jpg");
    renewal.renew_key = upload->s3_key;
    renewal.expires_at = start + std::chrono::hours(9);
    const auto renewed = reserve(renewal);
    ASSERT_TRUE(renewed);
    EXPECT_EQ(renewed->s3_key, upload->s3_key);
    EXPECT_EQ(renewed->id, upload->id);
    EXPECT_EQ(pending("ada", upload->s3_key).upload->expires_at, renewal.expires_at);
    EXPECT_TRUE(claim(start + std::chrono::hours(2)).empty());
    EXPECT_THAT(keys(claim(start + std::chrono::hours(10))), ElementsAre("ada/a.jpg"));
}

TEST_P(CatalogConformance, ARenewalOfSomethingElseIsRefused) {
    const auto upload = reserve(photo("a.jpg"));
    NewUpload same = photo("a.jpg");
    same.renew_key = upload->s3_key;
    std::array<NewUpload, 4> others{same, same, same, same};
    others[0].file_size += 1;
    others[1].content_type = "image/png";
    others[2].tier = "glacier";
    others[3].checksum.clear();
    for (const NewUpload& other : others) {
        const auto refused = reserve(other);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, ErrorKind::invalid_argument);
        EXPECT_EQ(refused.error().code, "renewal_differs");
    }
    EXPECT_TRUE(reserve(same));  // refusing changed nothing
}

TEST_P(CatalogConformance, OnlyOnesOwnWaitingUploadIsRenewed) {
    const auto upload = reserve(photo("a.jpg"));
    NewUpload strange = photo("a.jpg", "eve");
    strange.renew_key = upload->s3_key;
    NewUpload unknown = photo("a.jpg");
    unknown.renew_key = "ada/never.jpg";
    NewUpload confirmed = photo("done.jpg");
    confirmed.renew_key = put(photo("done.jpg")).s3_key;
    for (const NewUpload& each : {strange, unknown, confirmed}) {
        const auto refused = reserve(each);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, ErrorKind::not_found);
        EXPECT_EQ(refused.error().code, "unknown_upload");
    }
    EXPECT_EQ(pending("ada", "ada/a.jpg").upload->expires_at, upload->expires_at);
}

TEST_P(CatalogConformance, OneBadItemLeavesTheOthersAlone) {
    put(photo("taken.jpg"));
    NewUpload unknown = photo("x.jpg");
    unknown.renew_key = "ada/x.jpg";
    const auto all = reserve_all(
        {photo("first.jpg"), photo("taken.jpg", OnConflict::fail), unknown, photo("last.jpg")});
    ASSERT_EQ(all.size(), 4U);
    EXPECT_TRUE(all[0] && all[3]);
    EXPECT_EQ(all[1].error().code, "file_exists");
    EXPECT_EQ(all[2].error().code, "unknown_upload");
    EXPECT_TRUE(pending("ada", "ada/last.jpg").upload);
    EXPECT_FALSE(pending("ada", "ada/x.jpg").upload);
}

TEST_P(CatalogConformance, ConcurrentReservationsOfOneNameGetDistinctKeys) {
    constexpr int threads_count = 4;
    constexpr int each_count = 50;
    std::array<std::vector<std::string>, threads_count> found;
    const auto ask = [](catalog::Catalog& where, std::vector<std::string>& out) -> Async<void> {
        for (int i = 0; i < each_count; ++i) {
            std::vector<NewUpload> one;
            one.push_back(photo("same.jpg"));
            const auto outcomes = co_await where.reserve(std::move(one));
            out.push_back(outcomes->front()->s3_key);
        }
    };
    // They outlive the catalog, whose committing thread may still be about to wake one.
    static std::array<boost::asio::io_context, threads_count> loops;
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < found.size(); ++i) {
            threads.emplace_back([this, &out = found[i], &loop = loops[i], &ask] {
                loop.restart();
                boost::asio::co_spawn(loop, ask(catalog(), out), boost::asio::detached);
                loop.run();
            });
        }
    }
    std::set<std::string> distinct;
    for (const auto& each : found) {
        EXPECT_EQ(each.size(), static_cast<std::size_t>(each_count));
        distinct.insert(each.begin(), each.end());
    }
    EXPECT_EQ(distinct.size(), static_cast<std::size_t>(threads_count * each_count));
    EXPECT_TRUE(distinct.contains("ada/same (199).jpg"));  // and none was left out
}

}  // namespace
}  // namespace slipway::test
