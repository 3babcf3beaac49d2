// SPDX-License-Identifier: Apache-2.0
#include "s3/documents.h"
#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;
using testing::ElementsAre;

class ListObjects : public GatewayTest {
  protected:
    ListObjects() {
        for (const char* key : {"a", "b/1", "b/2", "c +%/\xc3\xbc", "d"}) {
            put(key, "hello");
        }
    }

    s3::ListObjectsResult list(const std::string& query) {
        const Answer answer = send(Method::get, "/photos?" + query);
        EXPECT_EQ(answer.status, 200) << answer.body;
        auto parsed = s3::parse_list_objects(answer.body);
        EXPECT_TRUE(parsed);
        return *std::move(parsed);
    }

    static std::vector<std::string> keys_of(const s3::ListObjectsResult& page) {
        std::vector<std::string> found;
        for (const s3::ListedObject& object : page.objects) {
            found.push_back(object.key);
        }
        return found;
    }
};

TEST_F(ListObjects, ShowsAllThatIsThere) {
    const auto page = list("list-type=2");
    EXPECT_EQ(page.version, 2);
    EXPECT_EQ(page.bucket, "photos");
    EXPECT_EQ(page.keys_max, 1000);
    EXPECT_FALSE(page.truncated);
    EXPECT_THAT(keys_of(page), ElementsAre("a", "b/1", "b/2", "c +%/\xc3\xbc", "d"));
    EXPECT_EQ(page.objects[0].size, 5);
    EXPECT_EQ(page.objects[0].etag, "5d41402abc4b2a76b9719d911017c592");
    EXPECT_EQ(page.objects[0].storage_class, "STANDARD");
    EXPECT_EQ(page.objects[0].last_modified, clock.time);
    EXPECT_EQ(page.owner.id, "");
}

TEST_F(ListObjects, PrefixAndDelimiter) {
    const auto page = list("list-type=2&delimiter=%2F");
    EXPECT_THAT(keys_of(page), ElementsAre("a", "d"));
    EXPECT_THAT(page.common_prefixes, ElementsAre("b/", "c +%/"));
    EXPECT_THAT(keys_of(list("list-type=2&prefix=b%2F&delimiter=%2F")), ElementsAre("b/1", "b/2"));
    EXPECT_THAT(keys_of(list("list-type=2&prefix=zz")), ElementsAre());
}

TEST_F(ListObjects, UrlEncodingTakesAnyKey) {
    put("ctrl\x01\n", "hello");
    const Answer answer = send(Method::get, "/photos?list-type=2&encoding-type=url&delimiter=%2F");
    EXPECT_THAT(answer.body, testing::HasSubstr("<Key>ctrl%01%0A</Key>"));
    EXPECT_THAT(answer.body, testing::HasSubstr("<Prefix>c%20%2B%25/</Prefix>"));
    EXPECT_THAT(answer.body, testing::HasSubstr("<EncodingType>url</EncodingType>"));
    EXPECT_EQ(send(Method::get, "/photos?list-type=2&encoding-type=gzip").code(),
              "InvalidArgument");
}

TEST_F(ListObjects, PagesFollowTheToken) {
    std::vector<std::string> seen;
    std::string token;
    int pages = 0;
    do {
        const auto page = list(
            "list-type=2&max-keys=2" +
            (token.empty() ? "" : "&continuation-token=" + codec::percent_encode(token, false)));
        EXPECT_LE(page.objects.size(), 2);
        EXPECT_EQ(page.continuation_token.value_or(""), token);
        EXPECT_EQ(page.truncated, !page.next_continuation_token.empty());
        for (const auto& key : keys_of(page)) {
            seen.push_back(key);
        }
        token = page.next_continuation_token;
        ++pages;
    } while (!token.empty() && pages < 10);
    EXPECT_EQ(pages, 3);
    EXPECT_THAT(seen, ElementsAre("a", "b/1", "b/2", "c +%/\xc3\xbc", "d"));
}

TEST_F(ListObjects, CommonPrefixIsNotRepeatedOnTheNextPage) {
    const auto first = list("list-type=2&max-keys=2&delimiter=%2F");
    EXPECT_THAT(first.common_prefixes, ElementsAre("b/"));
    const auto second = list("list-type=2&max-keys=2&delimiter=%2F&continuation-token=" +
                             codec::percent_encode(first.next_continuation_token, false));
    EXPECT_THAT(second.common_prefixes, ElementsAre("c +%/"));
    EXPECT_THAT(keys_of(second), ElementsAre("d"));
}

TEST_F(ListObjects, ForeignTokenIsRefused) {
    for (const char* token : {"a", "YQ%3D%3D"}) {
        const Answer answer =
            send(Method::get, std::string("/photos?list-type=2&continuation-token=") + token);
        EXPECT_EQ(answer.status, 400) << token;
        EXPECT_EQ(answer.code(), "InvalidArgument") << token;
    }
}

TEST_F(ListObjects, AnEmptyTokenIsTheBeginningAndRepeated) {
    const auto page = list("list-type=2&continuation-token=");
    EXPECT_EQ(page.continuation_token, "");
    EXPECT_EQ(page.objects.size(), 5);
    EXPECT_FALSE(list("list-type=2").continuation_token);
}

TEST_F(ListObjects, StartAfter) {
    const auto page = list("list-type=2&start-after=b%2F1");
    EXPECT_THAT(keys_of(page), ElementsAre("b/2", "c +%/\xc3\xbc", "d"));
    EXPECT_EQ(page.start_after, "b/1");
}

TEST_F(ListObjects, TokenBeatsStartAfter) {
    const auto first = list("list-type=2&max-keys=1&start-after=a");
    const auto second = list("list-type=2&max-keys=1&start-after=a&continuation-token=" +
                             codec::percent_encode(first.next_continuation_token, false));
    EXPECT_THAT(keys_of(second), ElementsAre("b/2"));
    EXPECT_EQ(second.start_after, "a");
}

TEST_F(ListObjects, OwnerIsShownWhenAskedFor) {
    EXPECT_EQ(list("list-type=2&fetch-owner=true").owner.id, "slipway");
    EXPECT_EQ(list("").owner.id, "slipway") << "version 1 always shows it";
}

TEST_F(ListObjects, MaxKeys) {
    EXPECT_EQ(list("list-type=2&max-keys=5000").keys_max, 1000);
    const auto none = list("list-type=2&max-keys=0");
    EXPECT_THAT(keys_of(none), ElementsAre());
    EXPECT_FALSE(none.truncated);
    EXPECT_EQ(send(Method::get, "/nowhere?list-type=2&max-keys=0").code(), "NoSuchBucket");
    for (const char* bad : {"-1", "many", "2147483648", "1x"}) {
        EXPECT_EQ(send(Method::get, std::string("/photos?list-type=2&max-keys=") + bad).code(),
                  "InvalidArgument")
            << bad;
    }
}

TEST_F(ListObjects, VersionOneGoesOnByMarker) {
    const auto first = list("max-keys=2&delimiter=%2F");
    EXPECT_EQ(first.version, 1);
    EXPECT_TRUE(first.truncated);
    EXPECT_EQ(first.next_marker, "b/");
    const auto second = list("max-keys=2&delimiter=%2F&marker=b%2F");
    EXPECT_EQ(second.marker, "b/");
    EXPECT_THAT(second.common_prefixes, ElementsAre("c +%/"));
    EXPECT_EQ(list("max-keys=2").next_marker, "") << "only with a delimiter, as in S3";
}

TEST_F(ListObjects, MissingBucket) {
    EXPECT_EQ(send(Method::get, "/nowhere?list-type=2").code(), "NoSuchBucket");
}

}  // namespace
}  // namespace slipway::gateway
