// SPDX-License-Identifier: Apache-2.0
#include "conformance/catalog_conformance.h"

namespace slipway::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_P(CatalogConformance, ClaimsWhatExpiredOldestFirst) {
    for (int hour = 1; hour <= 4; ++hour) {
        NewUpload upload = photo("f" + std::to_string(hour));
        upload.expires_at = start + hours(hour);
        ASSERT_TRUE(reserve(upload));
    }
    EXPECT_THAT(claim(start + hours(1)), IsEmpty()) << "expiring now is not expired";
    const Time later = start + hours(3) + minutes(1);
    const auto some = claim(later, 2);
    EXPECT_THAT(keys(some), ElementsAre("ada/f1", "ada/f2"));
    EXPECT_EQ(some[0].id, "ada-f1");
    EXPECT_EQ(some[0].user, "ada");
    EXPECT_EQ(some[0].expires_at, start + hours(1));
    EXPECT_THAT(keys(claim(later)), ElementsAre("ada/f3")) << "nobody gets the claimed ones";
    EXPECT_THAT(claim(later), IsEmpty());
}

TEST_P(CatalogConformance, WhatIsClaimedIsNotConfirmedNorRenewed) {
    const auto upload = reserve(photo("a.jpg"));
    const Time later = start + hours(2);
    ASSERT_EQ(claim(later).size(), 1U);
    const auto confirmed = confirm(proven(*upload, later + minutes(1)));
    ASSERT_FALSE(confirmed);
    EXPECT_EQ(confirmed.error().code, "upload_expired");
    NewUpload renewal = photo("a.jpg");
    renewal.renew_key = upload->s3_key;
    EXPECT_EQ(reserve(renewal).error().code, "unknown_upload");
    EXPECT_FALSE(run(catalog().find("ada", upload->id)));
}

// Its object is about to be deleted: a new ticket for the key would be for an object that goes.
TEST_P(CatalogConformance, WhatIsClaimedIsNotReplacedBeforeItIsGone) {
    reserve(photo("a.jpg"));
    const auto claimed = claim(start + hours(2));
    const auto refused = reserve(photo("a.jpg", OnConflict::replace));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
    EXPECT_EQ(refused.error().code, "being_removed");
    EXPECT_EQ(reserve(photo("a.jpg"))->s3_key, "ada/a (1).jpg");
    EXPECT_EQ(reserve(photo("a.jpg", OnConflict::fail)).error().code, "file_exists");
    ASSERT_TRUE(run(catalog().forget(claimed)));
    EXPECT_EQ(reserve(photo("a.jpg", OnConflict::replace))->s3_key, "ada/a.jpg");
}

// A reaper that died leaves its claims to the next one, but to nobody else: it may only be slow,
// and about to delete the object.
TEST_P(CatalogConformance, AClaimExpiresForTheNextReaperOnly) {
    const auto upload = reserve(photo("a.jpg"));
    const Time later = start + hours(2);
    ASSERT_EQ(claim(later).size(), 1U);
    const Time much_later = later + claim_time + minutes(1);
    EXPECT_EQ(confirm(proven(*upload, much_later)).error().code, "upload_expired");
    EXPECT_EQ(reserve(photo("a.jpg", OnConflict::replace)).error().code, "being_removed");
    EXPECT_THAT(keys(claim(much_later)), ElementsAre("ada/a.jpg"));
}

TEST_P(CatalogConformance, ForgetFreesTheName) {
    reserve(photo("a.jpg"));
    const auto claimed = claim(start + hours(2));
    ASSERT_TRUE(run(catalog().forget(claimed)));
    ASSERT_TRUE(run(catalog().forget(claimed)));  // twice is once
    EXPECT_FALSE(pending("ada", "ada/a.jpg").upload);
    EXPECT_THAT(claim(start + hours(99)), IsEmpty());
    EXPECT_EQ(reserve(photo("a.jpg"))->s3_key, "ada/a.jpg");
    ASSERT_TRUE(run(catalog().forget(claimed)));
    EXPECT_TRUE(pending("ada", "ada/a.jpg").upload) << "the new one was never claimed";
}

TEST_P(CatalogConformance, ForgettingAReplacementLeavesTheFile) {
    const File file = put(photo("a.jpg"));
    reserve(photo("a.jpg", OnConflict::replace));
    ASSERT_TRUE(run(catalog().forget(claim(start + hours(2)))));
    const auto left = pending("ada", file.s3_key);
    EXPECT_TRUE(left.file);
    EXPECT_FALSE(left.upload);
}

TEST_P(CatalogConformance, AllIsThereAfterARestart) {
    const File file = put(photo("a/b"));
    const auto waits = reserve(photo("a-b"));
    reserve(photo("old.jpg"));
    NewUpload fresh = photo("fresh.jpg");
    fresh.expires_at = start + hours(50);
    reserve(fresh);
    ASSERT_TRUE(run(catalog().remove("ada", put(photo("removed.jpg")).id)));
    reopen();
    EXPECT_THAT(names(*list()), ElementsAre("a/b"));
    EXPECT_EQ(run(catalog().find("ada", file.id))->uploaded_at, file.uploaded_at);
    EXPECT_EQ(pending("ada", "ada/a-b").upload->id, waits->id);
    EXPECT_THAT(keys(claim(start + hours(2))), ElementsAre("ada/a-b", "ada/old.jpg"));
    reopen();
    EXPECT_THAT(claim(start + hours(2) + minutes(1)), IsEmpty()) << "claims outlive us";
    EXPECT_EQ(reserve(photo("fresh.jpg"))->s3_key, "ada/fresh (1).jpg");
}

}  // namespace
}  // namespace slipway::test
