// SPDX-License-Identifier: Apache-2.0
// What is allowed to those whom no key lets in: by ACLs, by the public_read_buckets setting.
#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;
using objects::BucketSetting;

class Anonymous : public GatewayTest {
  protected:
    Answer anonymously(Method method,
                       std::string target,
                       Pairs headers = {},
                       std::string body = {}) {
        return send_raw(request(method, std::move(target), std::move(headers)), std::move(body));
    }

    void set(BucketSetting setting, std::string value) {
        std::optional<std::string> text(std::move(value));
        EXPECT_TRUE(test::run(store.change_bucket("photos", setting, text)));
    }

    void expect_denied(const Answer& answer) {
        EXPECT_EQ(answer.status, 403);
        EXPECT_EQ(reads, 0);
    }
};

TEST_F(Anonymous, ReadsPublicObjectsOnly) {
    put("open", "hello", {{"x-amz-acl", "public-read"}});
    put("closed", "secret");
    put("signed", "secret", {{"x-amz-acl", "authenticated-read"}});
    EXPECT_EQ(anonymously(Method::get, path("open")).body, "hello");
    EXPECT_EQ(anonymously(Method::head, path("open")).status, 200);
    EXPECT_EQ(anonymously(Method::get, path("open"), {{"Range", "bytes=1-2"}}).body, "el");
    for (const char* key : {"closed", "signed", "missing"}) {
        expect_denied(anonymously(Method::get, path(key)));
        expect_denied(anonymously(Method::head, path(key)));
    }
    expect_denied(anonymously(Method::get, "/photos"));
    expect_denied(anonymously(Method::get, path("open") + "?acl"));
    EXPECT_EQ(anonymously(Method::get, "/nowhere/open").code(), "NoSuchBucket");
}

TEST_F(Anonymous, WhoMayListIsToldWhatIsMissing) {
    set(BucketSetting::acl, "public-read");
    put("closed", "secret");
    EXPECT_EQ(anonymously(Method::get, "/photos").status, 200);
    EXPECT_EQ(anonymously(Method::get, "/photos?list-type=2").status, 200);
    EXPECT_EQ(anonymously(Method::head, "/photos").status, 200);
    EXPECT_EQ(anonymously(Method::get, path("missing")).code(), "NoSuchKey");
    expect_denied(anonymously(Method::get, path("closed")));
    expect_denied(anonymously(Method::put, path("new"), {}, "hello"));
    expect_denied(anonymously(Method::delete_, path("closed")));
    expect_denied(anonymously(Method::delete_, "/photos"));
    expect_denied(anonymously(Method::put, "/photos?acl", {{"x-amz-acl", "private"}}));
    expect_denied(anonymously(Method::get, "/photos?acl"));
}

TEST_F(Anonymous, WritesToPublicBuckets) {
    set(BucketSetting::acl, "public-read-write");
    EXPECT_EQ(anonymously(Method::put, path("a"), {}, "hello").status, 200);
    EXPECT_EQ(get("a").body, "hello");
    expect_denied(anonymously(Method::get, path("a")));
    expect_denied(anonymously(Method::put, path("b"), {{"x-amz-copy-source", "/photos/a"}}));
    EXPECT_EQ(anonymously(Method::delete_, path("a")).status, 204);
    EXPECT_EQ(anonymously(Method::put, path("b"), {{"x-amz-acl", "public-reed"}}, "hello").code(),
              "InvalidArgument");
}

TEST_F(Anonymous, SetsNoResponseHeaders) {
    put("open", "hello", {{"x-amz-acl", "public-read"}});
    const Answer answer =
        anonymously(Method::get, path("open") + "?response-content-type=text%2Fhtml");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "InvalidRequest");
}

TEST_F(Anonymous, UnsignedChunksAreTakenApart) {
    set(BucketSetting::acl, "public-read-write");
    const Answer answer =
        anonymously(Method::put, path("a"),
                    {{"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"},
                     {"x-amz-decoded-content-length", "5"}},
                    "5\r\nhello\r\n0\r\n\r\n");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(get("a").body, "hello");
    EXPECT_EQ(anonymously(Method::put, path("a"),
                          {{"x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"},
                           {"x-amz-decoded-content-length", "5"}},
                          "5;chunk-signature=0\r\nhello\r\n0;chunk-signature=0\r\n\r\n")
                  .code(),
              "InvalidRequest");
}

TEST_F(Anonymous, EmptyAuthorizationIsNone) {
    EXPECT_EQ(anonymously(Method::put, path("a"), {{"Authorization", ""}}, "hello").code(),
              "AccessDenied");
}

TEST_F(Anonymous, BucketsThatTheSettingNamesAreRead) {
    options.public_read_buckets = {"photos"};
    put("a", "hello");
    EXPECT_EQ(anonymously(Method::get, path("a")).body, "hello");
    expect_denied(anonymously(Method::get, "/photos"));
    expect_denied(anonymously(Method::get, path("missing")));
    expect_denied(anonymously(Method::put, path("a"), {}, "hallo"));
    set(BucketSetting::public_access_block,
        "<PublicAccessBlockConfiguration><RestrictPublicBuckets>true</RestrictPublicBuckets>"
        "</PublicAccessBlockConfiguration>");
    expect_denied(anonymously(Method::get, path("a")));
}

TEST_F(Anonymous, SettingsOfTheBucketTakeAclsBack) {
    set(BucketSetting::acl, "public-read-write");
    put("open", "hello", {{"x-amz-acl", "public-read"}});
    set(BucketSetting::public_access_block,
        "<PublicAccessBlockConfiguration><IgnorePublicAcls>true</IgnorePublicAcls>"
        "</PublicAccessBlockConfiguration>");
    expect_denied(anonymously(Method::get, path("open")));
    expect_denied(anonymously(Method::get, "/photos"));
    expect_denied(anonymously(Method::put, path("a"), {}, "hello"));
    set(BucketSetting::public_access_block,
        "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>"
        "</PublicAccessBlockConfiguration>");
    EXPECT_EQ(anonymously(Method::get, path("open")).body, "hello");
    for (const char* acl : {"public-read", "public-read-write", "authenticated-read"}) {
        expect_denied(put("b", "hello", {{"x-amz-acl", acl}}));
        expect_denied(send(Method::put, "/photos?acl", {{"x-amz-acl", acl}}));
    }
    EXPECT_EQ(put("b", "hello", {{"x-amz-acl", "private"}}).status, 200);
    set(BucketSetting::ownership_controls,
        "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>"
        "</OwnershipControls>");
    expect_denied(anonymously(Method::get, path("open")));
    EXPECT_EQ(put("b", "hello", {{"x-amz-acl", "public-read"}}).code(),
              "AccessControlListNotSupported");
    EXPECT_EQ(put("b", "hello", {{"x-amz-acl", "bucket-owner-full-control"}}).status, 200);
}

/// A reader whose object is replaced by a private one right after the ACL was looked at.
class SwappingStore final : public test::MemoryStore {
  public:
    using test::MemoryStore::MemoryStore;
    Task<objects::ObjectInfo> head(const objects::GetRequest& wanted) override {
        auto info = co_await test::MemoryStore::head(wanted);
        if (swap) {
            objects::PutRequest put;
            put.bucket = wanted.bucket;
            put.key = wanted.key;
            MemoryBodyReader secret("secret");
            EXPECT_TRUE(co_await test::MemoryStore::put(put, secret));
        }
        co_return info;
    }
    bool swap = false;
};

TEST_F(Anonymous, AnObjectReplacedMeanwhileIsNotRead) {
    SwappingStore swapping(clock);
    ASSERT_TRUE(test::run(swapping.create_bucket("photos")));
    objects::PutRequest put;
    put.bucket = "photos";
    put.key = "a";
    put.attributes.acl = "public-read";
    MemoryBodyReader hello("hello");
    ASSERT_TRUE(test::run(swapping.put(put, hello)));
    swapping.swap = true;
    Gateway gateway(swapping, keys, options, clock);
    WatchedBody nothing("");
    const http::Response response =
        test::run(gateway.handle(request(Method::get, path("a")), nothing));
    EXPECT_EQ(response.status, 503);
}

class BoundKey : public Anonymous {
  protected:
    BoundKey() {
        keys.add(credentials("AKIDBOUND", "bound"), Access::write, {"logs-*", "docs"});
        for (const char* bucket : {"logs-1", "docs", "docs2"}) {
            EXPECT_TRUE(test::run(store.create_bucket(bucket)));
        }
    }

    Answer as_bound(Method method, std::string target, Pairs headers = {}, std::string body = {}) {
        const s3::Signer signer(credentials("AKIDBOUND", "bound"), "us-east-1");
        http::Request made = request(method, std::move(target), std::move(headers));
        EXPECT_TRUE(signer.sign(made, s3::unsigned_payload_hash, clock.time));
        return send_raw(std::move(made), std::move(body));
    }
};

TEST_F(BoundKey, SeesItsBucketsOnly) {
    const std::string listed = as_bound(Method::get, "/").body;
    EXPECT_NE(listed.find("<Name>docs</Name>"), std::string::npos);
    EXPECT_NE(listed.find("<Name>logs-1</Name>"), std::string::npos);
    EXPECT_EQ(listed.find("docs2"), std::string::npos);
    EXPECT_EQ(listed.find("photos"), std::string::npos);
    EXPECT_EQ(as_bound(Method::put, "/docs/a", {}, "hello").status, 200);
    EXPECT_EQ(as_bound(Method::put, "/logs-2").status, 200);
    expect_denied(as_bound(Method::put, "/photos/a", {}, "hello"));
    expect_denied(as_bound(Method::get, "/docs2"));
    EXPECT_EQ(as_bound(Method::put, "/other").status, 404);
    EXPECT_FALSE(test::run(store.head_bucket("other")));
}

TEST_F(BoundKey, CopiesFromItsBucketsAndFromWhatMayBeRead) {
    put("closed", "secret");
    put("open", "hello", {{"x-amz-acl", "authenticated-read"}});
    for (const char* source : {"/photos/closed", "photos/closed", "photos%2Fclosed",
                               "%2Fphotos%2Fclosed", "photos/closed?versionId=null"}) {
        expect_denied(as_bound(Method::put, "/docs/copy", {{"x-amz-copy-source", source}}));
    }
    EXPECT_EQ(as_bound(Method::put, "/docs/copy", {{"x-amz-copy-source", "/photos/open"}}).status,
              200);
    EXPECT_EQ(as_bound(Method::put, "/docs/b", {{"x-amz-copy-source", "/docs/copy"}}).status, 200);
}

TEST_F(BoundKey, IsSomebodyElsewhere) {
    put("signed", "hello", {{"x-amz-acl", "authenticated-read"}});
    EXPECT_EQ(as_bound(Method::get, path("signed")).body, "hello");
    set(BucketSetting::acl, "authenticated-read");
    EXPECT_EQ(as_bound(Method::get, "/photos").status, 200);
    expect_denied(as_bound(Method::delete_, path("signed")));
    expect_denied(as_bound(Method::delete_, "/photos"));
}

}  // namespace
}  // namespace slipway::gateway
