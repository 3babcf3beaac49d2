// SPDX-License-Identifier: Apache-2.0
#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;
using testing::HasSubstr;
using testing::Not;

class ListObjectVersions : public GatewayTest {
  protected:
    ListObjectVersions() {
        for (const char* key : {"a", "b b", "c/1", "c/2", "d"}) {
            put(key, "hello");
        }
    }

    Answer list(const std::string& query = {}) {
        return send(Method::get, "/photos?versions" + query);
    }
};

TEST_F(ListObjectVersions, EachObjectIsItsNullVersion) {
    const Answer answer = list();
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(answer.body,
                HasSubstr("<Version><Key>a</Key><VersionId>null</VersionId>"
                          "<IsLatest>true</IsLatest>"
                          "<LastModified>2026-11-21T12:00:00.000Z</LastModified>"
                          "<ETag>&quot;5d41402abc4b2a76b9719d911017c592&quot;</ETag>"));
    EXPECT_THAT(answer.body, HasSubstr("<Size>5</Size><Owner><ID>slipway</ID>"));
    EXPECT_EQ(answer.element("IsTruncated"), "false");
    EXPECT_EQ(answer.element("MaxKeys"), "1000");
    EXPECT_EQ(answer.element("KeyMarker"), "");
    EXPECT_THAT(answer.body, Not(HasSubstr("NextKeyMarker")));
}

TEST_F(ListObjectVersions, PagesGoOnWhereTheLastEnded) {
    const Answer first = list("&max-keys=2");
    EXPECT_EQ(first.element("IsTruncated"), "true");
    EXPECT_EQ(first.element("NextKeyMarker"), "b b");
    EXPECT_EQ(first.element("NextVersionIdMarker"), "null");
    for (const char* markers : {"&key-marker=b%20b&version-id-marker=null", "&key-marker=b%20b"}) {
        const Answer rest = list(markers);
        EXPECT_EQ(rest.element("KeyMarker"), "b b");
        EXPECT_THAT(rest.body, Not(HasSubstr("<Key>b b</Key>")));
        EXPECT_THAT(rest.body, HasSubstr("<Key>c/1</Key>"));
    }
    EXPECT_THAT(list("&max-keys=0").body, Not(HasSubstr("<Version>")));
}

TEST_F(ListObjectVersions, PrefixDelimiterAndEncoding) {
    const Answer grouped = list("&delimiter=/&max-keys=3&encoding-type=url");
    EXPECT_THAT(grouped.body, HasSubstr("<Key>b%20b</Key>"));
    EXPECT_THAT(grouped.body, HasSubstr("<CommonPrefixes><Prefix>c/</Prefix></CommonPrefixes>"));
    EXPECT_EQ(grouped.element("NextKeyMarker"), "c/");
    EXPECT_EQ(grouped.element("NextVersionIdMarker"), "");
    const Answer rest = list("&delimiter=/&key-marker=c/");
    EXPECT_THAT(rest.body, Not(HasSubstr("c/1")));
    EXPECT_THAT(rest.body, HasSubstr("<Key>d</Key>"));
    EXPECT_THAT(list("&prefix=c/").body, Not(HasSubstr("<Key>d</Key>")));
}

TEST_F(ListObjectVersions, BadMarkers) {
    for (const char* query :
         {"&version-id-marker=null", "&key-marker=a&version-id-marker=",
          "&key-marker=a&version-id-marker=xyz", "&max-keys=x", "&encoding-type=x"}) {
        const Answer answer = list(query);
        EXPECT_EQ(answer.status, 400) << query;
        EXPECT_EQ(answer.code(), "InvalidArgument") << query;
    }
    EXPECT_EQ(send(Method::get, "/nowhere?versions").code(), "NoSuchBucket");
    EXPECT_EQ(send(Method::get, "/nowhere?versions&max-keys=0").code(), "NoSuchBucket");
}

TEST_F(GatewayTest, VersionNullIsTheObject) {
    put("a", "hello");
    EXPECT_EQ(send(Method::get, "/photos/a?versionId=null").body, "hello");
    EXPECT_EQ(send(Method::get, "/photos/a?versionId=3HL4kqtJvjVBH40Nrjfkd").code(),
              "NoSuchVersion");
    EXPECT_EQ(send(Method::delete_, "/photos/a?versionId=null").status, 204);
    EXPECT_EQ(head("a").status, 404);
}

}  // namespace
}  // namespace slipway::gateway
