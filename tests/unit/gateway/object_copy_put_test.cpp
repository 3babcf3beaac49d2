// SPDX-License-Identifier: Apache-2.0
#include "s3/documents.h"
#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;

class CopyObject : public GatewayTest {
  protected:
    CopyObject() {
        put(source, "hello",
            {{"Content-Type", "text/plain"},
             {"x-amz-meta-k", "v"},
             {"x-amz-storage-class", "STANDARD_IA"}});
        EXPECT_TRUE(test::run(store.create_bucket("other")));
    }

    Answer copy(const std::string& target, Pairs headers = {}) {
        headers.emplace_back("x-amz-copy-source", "/photos/" + codec::percent_encode(source, true));
        return send(Method::put, target, std::move(headers));
    }

    const std::string source = "s\xc3\xbc+ %/1";
};

TEST_F(CopyObject, KeepsBytesAndAttributes) {
    const Answer answer = copy("/other/b");
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto result = s3::parse_copy_object(answer.body);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->etag, "5d41402abc4b2a76b9719d911017c592");
    EXPECT_EQ(result->last_modified, clock.time);
    EXPECT_EQ(result->checksum_algorithm, "CRC64NVME");
    const Answer copied = send(Method::get, "/other/b");
    EXPECT_EQ(copied.body, "hello");
    EXPECT_EQ(copied.header("Content-Type"), "text/plain");
    EXPECT_EQ(copied.header("x-amz-meta-k"), "v");
}

TEST_F(CopyObject, ReplacesAttributesWhenTold) {
    EXPECT_EQ(copy("/photos/b", {{"x-amz-metadata-directive", "REPLACE"},
                                 {"Content-Type", "image/png"},
                                 {"x-amz-meta-new", "w"}})
                  .status,
              200);
    const Answer copied = head("b");
    EXPECT_EQ(copied.header("Content-Type"), "image/png");
    EXPECT_EQ(copied.header("x-amz-meta-new"), "w");
    EXPECT_FALSE(copied.headers.has("x-amz-meta-k"));
    EXPECT_FALSE(copied.headers.has("x-amz-storage-class"));
    EXPECT_EQ(copy("/photos/c", {{"x-amz-metadata-directive", "MERGE"}}).code(), "InvalidArgument");
}

TEST_F(CopyObject, AttributesWithoutTheDirectiveAreTheSources) {
    copy("/photos/b", {{"Content-Type", "image/png"}, {"x-amz-storage-class", "ONEZONE_IA"}});
    const Answer copied = head("b");
    EXPECT_EQ(copied.header("Content-Type"), "text/plain");
    EXPECT_EQ(copied.header("x-amz-storage-class"), "ONEZONE_IA");
    EXPECT_EQ(copy("/photos/b", {{"x-amz-storage-class", "FREEZER"}}).code(),
              "InvalidStorageClass");
}

TEST_F(CopyObject, OntoItselfOnlyWithAChange) {
    const std::string itself = path(source);
    const Answer answer = copy(itself);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "InvalidRequest");
    EXPECT_EQ(
        copy(itself, {{"x-amz-metadata-directive", "REPLACE"}, {"x-amz-meta-k", "new"}}).status,
        200);
    EXPECT_EQ(head(source).header("x-amz-meta-k"), "new");
}

TEST_F(CopyObject, OtherChecksum) {
    const auto result =
        s3::parse_copy_object(copy("/photos/b", {{"x-amz-checksum-algorithm", "CRC32"}}).body);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->checksum_algorithm, "CRC32");
    EXPECT_EQ(result->checksum_value, "NhCmhg==");
    EXPECT_EQ(copy("/photos/b", {{"x-amz-checksum-algorithm", "CRC16"}}).code(), "InvalidRequest");
}

TEST_F(CopyObject, ConditionsAreOnTheSource) {
    EXPECT_EQ(
        copy("/photos/b", {{"x-amz-copy-source-if-match", "\"5d41402abc4b2a76b9719d911017c592\""}})
            .status,
        200);
    for (const auto& [name, value] :
         {std::pair("x-amz-copy-source-if-match", "\"x\""),
          std::pair("x-amz-copy-source-if-none-match", "\"5d41402abc4b2a76b9719d911017c592\""),
          std::pair("x-amz-copy-source-if-modified-since", "Sat, 21 Nov 2026 12:00:00 GMT"),
          std::pair("x-amz-copy-source-if-unmodified-since", "Sat, 21 Nov 2026 11:59:59 GMT")}) {
        const Answer answer = copy("/photos/c", {{name, value}});
        EXPECT_EQ(answer.status, 412) << name;
        EXPECT_EQ(answer.code(), "PreconditionFailed") << name;
    }
    EXPECT_EQ(head("c").status, 404);
}

TEST_F(CopyObject, ConditionsOnTheDestination) {
    EXPECT_EQ(copy("/photos/c", {{"If-Match", "*"}}).code(), "NoSuchKey");
    EXPECT_EQ(copy("/photos/c", {{"If-None-Match", "*"}}).status, 200);
    EXPECT_EQ(copy("/photos/c", {{"If-None-Match", "*"}}).code(), "PreconditionFailed");
    EXPECT_EQ(copy("/photos/c", {{"If-Match", "\"x\""}}).code(), "PreconditionFailed");
    EXPECT_EQ(copy("/photos/c", {{"If-Match", head("c").header("ETag")}}).status, 200);
}

TEST_F(CopyObject, AnArchivedSourceIsRestoredFirst) {
    put("cold", "hello", {{"x-amz-storage-class", "GLACIER"}});
    const Answer answer = send(Method::put, "/photos/b", {{"x-amz-copy-source", "/photos/cold"}});
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(answer.code(), "InvalidObjectState");
}

TEST_F(CopyObject, TagsAreTheSourcesOrNew) {
    put("tagged", "hello", {{"x-amz-tagging", "a=1"}});
    const auto copied_tags = [&](Pairs headers) {
        headers.emplace_back("x-amz-copy-source", "/photos/tagged");
        const Answer answer = send(Method::put, "/photos/b", std::move(headers));
        return answer.status == 200 ? send(Method::get, "/photos/b?tagging").element("TagSet")
                                    : answer.code();
    };
    const std::string a = "<Tag><Key>a</Key><Value>1</Value></Tag>";
    const std::string b = "<Tag><Key>b</Key><Value>2</Value></Tag>";
    EXPECT_EQ(copied_tags({}), a);
    EXPECT_EQ(copied_tags({{"x-amz-tagging", "b=2"}}), a);
    EXPECT_EQ(copied_tags({{"x-amz-metadata-directive", "REPLACE"}}), a);
    EXPECT_EQ(copied_tags({{"x-amz-tagging-directive", "COPY"}}), a);
    EXPECT_EQ(copied_tags({{"x-amz-tagging-directive", "REPLACE"}, {"x-amz-tagging", "b=2"}}), b);
    EXPECT_EQ(copied_tags({{"x-amz-tagging-directive", "REPLACE"}}), "");
    EXPECT_EQ(copied_tags({{"x-amz-tagging-directive", "MERGE"}}), "InvalidArgument");
}

TEST_F(CopyObject, AnAclIsNeverCopied) {
    const auto acl_of = [&](const char* key) {
        objects::GetRequest get;
        get.bucket = "photos";
        get.key = key;
        return test::run(store.head(get))->attributes.acl;
    };
    put("public", "hello", {{"x-amz-acl", "public-read"}});
    ASSERT_EQ(acl_of("public"), "public-read");
    send(Method::put, "/photos/b", {{"x-amz-copy-source", "/photos/public"}});
    EXPECT_EQ(acl_of("b"), "");
    copy("/photos/c", {{"x-amz-acl", "authenticated-read"}});
    EXPECT_EQ(acl_of("c"), "authenticated-read");
    copy("/photos/d", {{"x-amz-metadata-directive", "REPLACE"}, {"x-amz-acl", "public-read"}});
    EXPECT_EQ(acl_of("d"), "public-read");
}

TEST_F(CopyObject, ASignedUrlMayNameTheSource) {
    put("a", "from a");
    const std::string url = presign(Method::put, "b", {{"x-amz-copy-source", "/photos/a"}});
    EXPECT_EQ(send_raw(request(Method::put, url)).status, 200);
    EXPECT_EQ(get("b").body, "from a");
    EXPECT_EQ(send(Method::put, "/photos/c?x-amz-copy-source=/photos/a").code(), "InvalidArgument");
    EXPECT_EQ(head("c").status, 404);
}

struct SourceCase {
    const char* source;
    const char* code;
};

class CopyObjectSource : public CopyObject, public testing::WithParamInterface<SourceCase> {};

TEST_P(CopyObjectSource, IsRead) {
    put("a", "from a");
    put("a b", "from a");
    const Answer answer =
        send(Method::put, "/photos/b", {{"x-amz-copy-source", GetParam().source}});
    EXPECT_EQ(answer.code(), GetParam().code);
    EXPECT_EQ(get("b").body == "from a", std::string_view(GetParam().code).empty());
}

INSTANTIATE_TEST_SUITE_P(All,
                         CopyObjectSource,
                         testing::Values(SourceCase{"/photos/a", ""},
                                         SourceCase{"photos/a", ""},
                                         SourceCase{"photos%2Fa", ""},
                                         SourceCase{"photos/a+b", ""},
                                         SourceCase{"photos/a%20b", ""},
                                         SourceCase{"photos/a%2Bb", "NoSuchKey"},
                                         SourceCase{"/photos/a?versionId=null", ""},
                                         SourceCase{"/photos/a?versionId=xyz", "NoSuchVersion"},
                                         SourceCase{"/photos/missing", "NoSuchKey"},
                                         SourceCase{"/nowhere/a", "NoSuchBucket"},
                                         SourceCase{"/photos", "InvalidArgument"},
                                         SourceCase{"/photos/", "InvalidArgument"},
                                         SourceCase{"a", "InvalidArgument"},
                                         SourceCase{"/photos/%zz", "InvalidArgument"},
                                         SourceCase{"/PHOTOS/a", "InvalidBucketName"}));

}  // namespace
}  // namespace slipway::gateway
