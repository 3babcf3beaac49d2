// SPDX-License-Identifier: Apache-2.0
#include "s3/documents.h"
#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;
using testing::ElementsAre;

class ListBuckets : public GatewayTest {
  protected:
    ListBuckets() {
        for (const char* name : {"archive", "photos-2025", "photos-2026"}) {
            EXPECT_TRUE(test::run(store.create_bucket(name)));
        }
    }

    s3::ListBucketsResult list(const std::string& query = {}) {
        return s3::parse_list_buckets(send(Method::get, "/" + query).body).value();
    }
    static std::vector<std::string> names(const s3::ListBucketsResult& page) {
        std::vector<std::string> all;
        for (const s3::ListedBucket& bucket : page.buckets) {
            all.push_back(bucket.name);
        }
        return all;
    }
};

TEST_F(ListBuckets, TellsAll) {
    const auto page = list();
    EXPECT_THAT(names(page), ElementsAre("archive", "photos", "photos-2025", "photos-2026"));
    EXPECT_EQ(page.owner.id, "slipway");
    EXPECT_EQ(page.continuation_token, "");
    EXPECT_EQ(page.buckets[0].created, clock.time);
}

TEST_F(ListBuckets, PagesGoOnWhereTheLastEnded) {
    const auto first = list("?max-buckets=2&prefix=photos");
    EXPECT_THAT(names(first), ElementsAre("photos", "photos-2025"));
    EXPECT_EQ(first.prefix, "photos");
    ASSERT_NE(first.continuation_token, "");
    const auto rest = list("?prefix=photos&max-buckets=2&continuation-token=" +
                           codec::percent_encode(first.continuation_token, false));
    EXPECT_THAT(names(rest), ElementsAre("photos-2026"));
    EXPECT_EQ(rest.continuation_token, "");
    EXPECT_EQ(list("?max-buckets=4").continuation_token, "");
}

TEST_F(ListBuckets, OfARegion) {
    EXPECT_EQ(list("?bucket-region=us-east-1").buckets.size(), 4);
    EXPECT_EQ(list("?bucket-region=eu-west-1").buckets.size(), 0);
}

TEST_F(ListBuckets, BadRequests) {
    for (const char* query : {"?max-buckets=0", "?max-buckets=10001", "?max-buckets=x",
                              "?continuation-token=nonsense"}) {
        const Answer answer = send(Method::get, std::string("/") + query);
        EXPECT_EQ(answer.status, 400) << query;
        EXPECT_EQ(answer.code(), "InvalidArgument") << query;
    }
}

}  // namespace
}  // namespace slipway::gateway
