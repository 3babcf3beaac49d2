// SPDX-License-Identifier: Apache-2.0
#include "conformance/catalog_conformance.h"

namespace slipway::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_P(CatalogConformance, ConfirmMakesAFile) {
    const auto upload = reserve(photo("photos/a.jpg"));
    EXPECT_FALSE(run(catalog().find("ada", upload->id)));
    EXPECT_THAT(list()->files, IsEmpty());
    const auto confirmed = confirm(proven(*upload, start + std::chrono::microseconds(123'456)));
    ASSERT_TRUE(confirmed);
    for (const auto& file : {run(catalog().find("ada", upload->id)).value(), list()->files.at(0),
                             pending("ada", upload->s3_key).file.value(), *confirmed}) {
        EXPECT_EQ(file.id, "ada-photos-a.jpg");
        EXPECT_EQ(file.s3_key, "ada/photos/a.jpg");
        EXPECT_EQ(file.user, "ada");
        EXPECT_EQ(file.file_name(), "photos/a.jpg");
        EXPECT_EQ(file.file_size, 1'024'000U);
        EXPECT_EQ(file.content_type, "image/jpeg");
        EXPECT_EQ(file.tier, "standard");
        EXPECT_EQ(file.checksum, "crc64nvme:AAAAAAAAAAA=");
        EXPECT_EQ(file.etag, "d41d8cd98f00b204e9800998ecf8427e");
        EXPECT_EQ(file.uploaded_at, start + std::chrono::microseconds(123'456));
    }
    EXPECT_FALSE(pending("ada", upload->s3_key).upload);
    EXPECT_THAT(claim(start + std::chrono::hours(99)), IsEmpty());
}

TEST_P(CatalogConformance, ConfirmIsIdempotent) {
    const auto upload = reserve(photo("a.jpg"));
    ASSERT_TRUE(confirm(proven(*upload)));
    ASSERT_TRUE(confirm(proven(*upload, start + std::chrono::minutes(1))));
    EXPECT_THAT(names(*list()), ElementsAre("a.jpg"));
    EXPECT_EQ(list()->files[0].uploaded_at, start) << "the second confirmation changes nothing";
}

TEST_P(CatalogConformance, ConfirmIsIdempotentAfterReplace) {
    put(photo("a.jpg"));
    NewUpload next = photo("a.jpg", OnConflict::replace);
    next.file_size = 9;
    const auto upload = reserve(next);
    ASSERT_TRUE(confirm(proven(*upload)));
    ASSERT_TRUE(confirm(proven(*upload)));
    EXPECT_EQ(list()->files.at(0).file_size, 9U);
}

TEST_P(CatalogConformance, OneConfirmationTwiceInABatchIsOneFile) {
    const auto upload = reserve(photo("a.jpg"));
    std::vector<File> twice{proven(*upload), proven(*upload)};
    const auto outcomes = run(catalog().confirm(std::move(twice))).value();
    EXPECT_TRUE(outcomes.at(0) && outcomes.at(1));
    EXPECT_THAT(names(*list()), ElementsAre("a.jpg"));
}

TEST_P(CatalogConformance, ConfirmOfWhatWasNeverReservedFails) {
    Upload invented;
    invented.id = "ada-a.jpg";
    invented.s3_key = "ada/a.jpg";
    invented.user = "ada";
    const auto refused = confirm(proven(invented));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::not_found);
    EXPECT_EQ(refused.error().code, "unknown_upload");
    EXPECT_THAT(list()->files, IsEmpty());
}

// Between the proof and the confirmation somebody asked to replace the upload.
TEST_P(CatalogConformance, ConfirmIsNotForAnotherUploadOfTheKey) {
    const File old = proven(reserve(photo("a.jpg")).value());
    NewUpload next = photo("a.jpg", OnConflict::replace);
    next.file_size = 9;
    const auto replacement = reserve(next);
    const auto refused = confirm(old);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::precondition_failed);
    EXPECT_EQ(refused.error().code, "upload_replaced");
    EXPECT_TRUE(pending("ada", old.s3_key).upload);
    EXPECT_TRUE(confirm(proven(*replacement)));
}

TEST_P(CatalogConformance, ABatchOfConfirmationsKeepsItsOrder) {
    const auto a = reserve(photo("a.jpg"));
    const auto c = reserve(photo("c.jpg"));
    Upload missing = *a;
    missing.s3_key = "ada/b.jpg";
    missing.id = "ada-b.jpg";
    std::vector<File> files{proven(*c), proven(missing), proven(*a)};
    const auto outcomes = run(catalog().confirm(std::move(files))).value();
    ASSERT_EQ(outcomes.size(), 3U);
    EXPECT_EQ(outcomes[0]->s3_key, "ada/c.jpg");
    EXPECT_FALSE(outcomes[1]);
    EXPECT_EQ(outcomes[2]->s3_key, "ada/a.jpg");
}

TEST_P(CatalogConformance, OtherUsersSeeNothing) {
    const File file = put(photo("a.jpg"));
    reserve(photo("b.jpg"));
    for (const char* user : {"eve", "ad", "ada2", ""}) {
        const auto strange = pending(user, "ada/a.jpg");
        EXPECT_FALSE(strange.file || strange.upload) << user;
        EXPECT_FALSE(pending(user, "ada/b.jpg").upload) << user;
        const auto found = run(catalog().find(user, file.id));
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().code, "unknown_file");
        const auto removed = run(catalog().remove(user, file.id));
        ASSERT_FALSE(removed);
        EXPECT_EQ(removed.error().code, "unknown_file");
        EXPECT_THAT(list("", "", 100, user)->files, IsEmpty()) << user;
    }
    EXPECT_TRUE(run(catalog().find("ada", file.id)));
}

TEST_P(CatalogConformance, RemoveForgetsTheFile) {
    const File file = put(photo("a.jpg"));
    ASSERT_TRUE(run(catalog().remove("ada", file.id)));
    EXPECT_FALSE(run(catalog().find("ada", file.id)));
    EXPECT_THAT(list()->files, IsEmpty());
    const auto again = run(catalog().remove("ada", file.id));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, ErrorKind::not_found);
    EXPECT_EQ(reserve(photo("a.jpg"))->s3_key, "ada/a.jpg");  // the name is free again
}

TEST_P(CatalogConformance, ListsInOrderOfBytes) {
    for (const char* name : {"b.jpg", "a.jpg", "a/z.jpg", "Z.jpg", "\xC3\xA4.jpg", "a-b.jpg",
                             "\xF0\x9F\x8E\x89.jpg", "\xEF\xBC\xA1.jpg"}) {
        put(photo(name));
    }
    put(photo("other.jpg", "bob"));
    EXPECT_THAT(names(*list()),
                ElementsAre("Z.jpg", "a-b.jpg", "a.jpg", "a/z.jpg", "b.jpg", "\xC3\xA4.jpg",
                            "\xEF\xBC\xA1.jpg", "\xF0\x9F\x8E\x89.jpg"));
    EXPECT_EQ(list()->next_cursor, "");
}

TEST_P(CatalogConformance, APrefixIsMeantLiterally) {
    for (const char* name : {"100%.jpg", "100x.jpg", "a_b.jpg", "axb.jpg", "a\\b.jpg", "A_b.jpg",
                             "[x].jpg", "*.jpg", "?.jpg", "'quoted'.jpg"}) {
        put(photo(name));
    }
    EXPECT_THAT(names(*list("100%")), ElementsAre("100%.jpg"));
    EXPECT_THAT(names(*list("a_")), ElementsAre("a_b.jpg"));
    EXPECT_THAT(names(*list("a\\")), ElementsAre("a\\b.jpg"));
    EXPECT_THAT(names(*list("[x")), ElementsAre("[x].jpg"));
    EXPECT_THAT(names(*list("*")), ElementsAre("*.jpg"));
    EXPECT_THAT(names(*list("?")), ElementsAre("?.jpg"));
    EXPECT_THAT(names(*list("'")), ElementsAre("'quoted'.jpg"));
    EXPECT_THAT(names(*list("100")), ElementsAre("100%.jpg", "100x.jpg"));
    EXPECT_THAT(names(*list("nothing")), IsEmpty());
    EXPECT_THAT(names(*list("\xFF\xFF")), IsEmpty());
}

TEST_P(CatalogConformance, PagesFollowEachOther) {
    // '>' and '~' make every character of base64 appear in cursors.
    const std::vector<std::string> all{"a>>>", "a~~~", "b?>~", "c", "d"};
    for (const std::string& name : all) {
        put(photo(name));
    }
    for (const unsigned limit : {1U, 2U, 4U, 5U, 6U}) {
        std::vector<std::string> seen;
        std::string cursor;
        do {
            const auto page = list("", cursor, limit);
            ASSERT_TRUE(page);
            EXPECT_LE(page->files.size(), limit);
            const auto some = names(*page);
            seen.insert(seen.end(), some.begin(), some.end());
            cursor = page->next_cursor;
            // It goes into a query as it is, by clients that do not encode it.
            EXPECT_EQ(cursor.find_first_of("+&% #"), std::string::npos) << cursor;
        } while (!cursor.empty());
        EXPECT_EQ(seen, all) << limit;
    }
}

TEST_P(CatalogConformance, PagesStayInTheirPrefixAndSkipWhatIsGone) {
    for (const char* name : {"x", "y/1", "y/2", "y/3", "z"}) {
        put(photo(name));
    }
    const auto first = list("y/", "", 1);
    EXPECT_THAT(names(*first), ElementsAre("y/1"));
    ASSERT_TRUE(run(catalog().remove("ada", "ada-y-1")));  // the file the cursor stands on
    ASSERT_TRUE(run(catalog().remove("ada", "ada-y-2")));
    const auto second = list("y/", first->next_cursor, 1);
    EXPECT_THAT(names(*second), ElementsAre("y/3"));
    EXPECT_EQ(second->next_cursor, "");
}

TEST_P(CatalogConformance, ACursorOfOthersIsRefused) {
    put(photo("a"));
    put(photo("b"));
    const std::string cursor = list("", "", 1)->next_cursor;
    for (const auto& [text, user] : {std::pair<std::string, std::string>("not a cursor", "ada"),
                                     {"%%%", "ada"},
                                     {"AAAA", "ada"},
                                     {cursor + "x", "ada"},
                                     {cursor, "eve"}}) {
        const auto page = list("", text, 10, user);
        ASSERT_FALSE(page) << text;
        EXPECT_EQ(page.error().kind, ErrorKind::invalid_argument);
        EXPECT_EQ(page.error().code, "invalid_cursor");
    }
}

TEST_P(CatalogConformance, AnswersWhetherItIsThere) {
    EXPECT_TRUE(run(catalog().check()));
}

}  // namespace
}  // namespace slipway::test
