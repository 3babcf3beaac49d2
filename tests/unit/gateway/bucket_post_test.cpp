// SPDX-License-Identifier: Apache-2.0
// PostObject: forms of browsers.
#include "codec/base64.h"
#include "s3/post_policy.h"
#include "s3/sigv2.h"
#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

using http::Method;

class PostObject : public GatewayTest {
  protected:
    struct File {
        std::string name = "a.txt";
        std::string bytes = "hello";
    };

    static std::string form(const Pairs& fields, const File& file, const Pairs& after = {}) {
        std::string body;
        const auto add = [&body](const std::string& name, const std::string& value,
                                 const std::string& file_name) {
            body.append("--xyz\r\nContent-Disposition: form-data; name=\"")
                .append(name)
                .append("\"")
                .append(file_name.empty() ? "" : "; filename=\"" + file_name + "\"")
                .append("\r\n\r\n")
                .append(value)
                .append("\r\n");
        };
        for (const auto& [name, value] : fields) {
            add(name, value, "");
        }
        add("file", file.bytes, file.name);
        for (const auto& [name, value] : after) {
            add(name, value, "");
        }
        return body + "--xyz--\r\n";
    }

    Answer post_body(std::string body, std::size_t piece = 0) {
        http::Request made = request(Method::post, "/photos",
                                     {{"Content-Type", "multipart/form-data; boundary=xyz"}});
        made.content_length = body.size();
        if (piece == 0) {
            return send_raw(std::move(made), std::move(body));
        }
        MemoryBodyReader pieces(std::move(body), piece);
        Gateway gateway(store, keys, options, clock);
        http::Response response = test::run(gateway.handle(made, pieces));
        Answer answer;
        answer.status = response.status;
        answer.headers = std::move(response.headers);
        if (auto* text = std::get_if<std::string>(&response.body)) {
            answer.body = std::move(*text);
        }
        return answer;
    }

    Answer post(const Pairs& fields, const File& file) { return post_body(form(fields, file)); }
    Answer post(const Pairs& fields) { return post(fields, File()); }

    static std::string policy(std::string_view conditions) {
        return codec::base64_encode(
            std::string("{\"expiration\": \"2026-11-21T13:00:00Z\", \"conditions\": "
                        "[{\"bucket\": \"photos\"}, ")
                .append(conditions)
                .append("]}"));
    }

    /// Fields with a policy and its signature, version 2.
    Pairs signed_fields(std::string_view conditions, Pairs fields, const char* with = secret) {
        const std::string encoded = policy(conditions);
        fields.emplace_back("AWSAccessKeyId", key_id);
        fields.emplace_back("signature", s3::signature_v2(credentials(key_id, with), encoded));
        fields.emplace_back("policy", encoded);
        return fields;
    }

    void open_bucket() {
        std::optional<std::string> acl("public-read-write");
        ASSERT_TRUE(test::run(store.change_bucket("photos", objects::BucketSetting::acl, acl)));
    }
};

constexpr const char* usual =
    R"(["starts-with", "$key", "foo"], {"acl": "private"},
       ["starts-with", "$Content-Type", "text/"], ["content-length-range", 2, 10])";
const Pairs usual_fields = {{"key", "foo.txt"}, {"acl", "private"}, {"Content-Type", "text/plain"}};

TEST_F(PostObject, SignedWithVersion2) {
    const Answer answer = post(signed_fields(usual, usual_fields));
    EXPECT_EQ(answer.status, 204) << answer.body;
    EXPECT_EQ(answer.header("ETag"), "\"5d41402abc4b2a76b9719d911017c592\"");
    EXPECT_EQ(answer.header("Location"), "http://127.0.0.1:9000/photos/foo.txt");
    const Answer stored = get("foo.txt");
    EXPECT_EQ(stored.body, "hello");
    EXPECT_EQ(stored.header("Content-Type"), "text/plain");
}

TEST_F(PostObject, SignedWithVersion4) {
    const s3::Signer signer(credentials(key_id, secret), "us-east-1");
    s3::PostPolicy wanted;
    wanted.bucket = "photos";
    wanted.key = "user/${filename}";
    wanted.size_max = 10;
    wanted.fields = {{"Content-Type", "image/png"}, {"x-amz-meta-title", "T"}};
    const Pairs fields = s3::sign_post(signer, wanted, clock.time).value();
    ASSERT_EQ(post(fields, {"C:\\Pictures\\b c.png", "hello"}).status, 204);
    EXPECT_EQ(get("user/b c.png").header("x-amz-meta-title"), "T");
    EXPECT_EQ(post(fields, {"b.png", "hello world"}).code(), "EntityTooLarge");
    EXPECT_EQ(head("user/b.png").status, 404);
    clock.time += std::chrono::hours(1);
    EXPECT_EQ(post(fields, {"b.png", "hello"}).code(), "AccessDenied");
}

TEST_F(PostObject, WhoIsNotAllowedStoresNothing) {
    EXPECT_EQ(post(usual_fields).code(), "AccessDenied");  // no policy, and the bucket is private
    EXPECT_EQ(post(signed_fields(usual, usual_fields, "guess")).code(), "SignatureDoesNotMatch");
    Pairs stranger = signed_fields(usual, usual_fields);
    stranger[3].second = "AKIDSTRANGER";
    EXPECT_EQ(post(stranger).code(), "InvalidAccessKeyId");
    Pairs reader = signed_fields(usual, usual_fields);
    reader[3].second = "AKIDREADER";
    reader[4].second = s3::signature_v2(credentials("AKIDREADER", "reader"), policy(usual));
    EXPECT_EQ(post(reader).code(), "AccessDenied");
    Pairs other_acl = signed_fields(usual, usual_fields);
    other_acl[1].second = "public-read";
    EXPECT_EQ(post(other_acl).code(), "AccessDenied");
    EXPECT_EQ(head("foo.txt").status, 404);
}

TEST_F(PostObject, FieldsMayHaveAnyCase) {
    EXPECT_EQ(
        post(signed_fields(
                 usual, {{"kEy", "foo.txt"}, {"aCl", "private"}, {"CONTENT-TYPE", "text/plain"}}))
            .status,
        204);
}

TEST_F(PostObject, AnonymouslyIntoAPublicBucket) {
    open_bucket();
    EXPECT_EQ(post({{"key", "foo.txt"}, {"acl", "public-read"}}).status, 204);
    EXPECT_EQ(send_raw(request(Method::get, path("foo.txt"))).body, "hello");
    Pairs unsigned_policy = {{"key", "b"}, {"policy", policy(usual)}};
    EXPECT_EQ(post(unsigned_policy).code(), "InvalidArgument");
    // A form that is signed must be signed right, also where it need not be.
    EXPECT_EQ(post(signed_fields(usual, usual_fields, "guess")).code(), "SignatureDoesNotMatch");
    EXPECT_EQ(head("b").status, 404);
}

TEST_F(PostObject, SuccessAsWanted) {
    open_bucket();
    const Answer made = post({{"key", "a&b"}, {"success_action_status", "201"}});
    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(made.element("Key"), "a&amp;b");
    EXPECT_EQ(made.element("Bucket"), "photos");
    EXPECT_EQ(made.element("Location"), "http://127.0.0.1:9000/photos/a%26b");
    EXPECT_EQ(post({{"key", "a"}, {"success_action_status", "200"}}).status, 200);
    const Answer odd = post({{"key", "a"}, {"success_action_status", "404"}});
    EXPECT_EQ(odd.status, 204);
    EXPECT_EQ(odd.body, "");
}

TEST_F(PostObject, IsAtHttpsWhereTlsIsInFront) {
    open_bucket();
    for (const char* tls_host : {host, "0.0.1:9000"}) {
        options.tls_host = tls_host;
        EXPECT_EQ(post({{"key", "a"}}).header("Location"), "https://127.0.0.1:9000/photos/a");
    }
    options.tls_host = "7.0.0.1:9000";  // not at the end of a label
    EXPECT_EQ(post({{"key", "a"}}).header("Location"), "http://127.0.0.1:9000/photos/a");
}

TEST_F(PostObject, RedirectsWhereTheFormSays) {
    open_bucket();
    const auto redirected = [this](const char* field, const char* url) {
        return post({{"key", "a b"}, {field, url}});
    };
    const Answer answer = redirected("success_action_redirect", "https://app.example/done");
    EXPECT_EQ(answer.status, 303);
    EXPECT_EQ(answer.header("Location"),
              "https://app.example/done?bucket=photos&key=a%20b&etag="
              "%225d41402abc4b2a76b9719d911017c592%22");
    EXPECT_EQ(redirected("redirect", "http://a/?x=1#top").header("Location"),
              "http://a/?x=1&bucket=photos&key=a%20b&etag="
              "%225d41402abc4b2a76b9719d911017c592%22#top");
    for (const char* url : {"javascript:alert(1)", "//evil.example", "not a url",
                            "http://a/\r\nSet-Cookie: a=b", ""}) {
        EXPECT_EQ(redirected("success_action_redirect", url).status, 204) << url;
    }
}

TEST_F(PostObject, SizesAreKeptToWhileTheFileArrives) {
    EXPECT_EQ(post(signed_fields(usual, usual_fields), {"a", "12345678901"}).code(),
              "EntityTooLarge");
    EXPECT_EQ(post(signed_fields(usual, usual_fields), {"a", "1"}).code(), "EntityTooSmall");
    EXPECT_EQ(post(signed_fields(usual, usual_fields), {"a", ""}).code(), "EntityTooSmall");
    EXPECT_EQ(head("foo.txt").status, 404);
    EXPECT_EQ(post(signed_fields(usual, usual_fields), {"a", "1234567890"}).status, 204);
    EXPECT_EQ(post(signed_fields(usual, usual_fields), {"a", "12"}).status, 204);
}

TEST_F(PostObject, AFormInPiecesIsTheSame) {
    open_bucket();
    std::string bytes;
    for (int i = 0; i < 5000; ++i) {
        bytes.append(i % 7 == 0 ? "\r\n--xy" : i % 5 == 0 ? "\r" : "data\n");
    }
    const std::string body = form({{"key", "big"}}, {"a", bytes}, {{"x-amz-meta-late", "ignored"}});
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 64U, 1000U, 1U << 20U}) {
        ASSERT_EQ(post_body(body, piece).status, 204) << piece;
        const Answer stored = get("big");
        EXPECT_EQ(stored.body, bytes) << piece;
        EXPECT_FALSE(stored.headers.has("x-amz-meta-late"));
    }
    for (std::size_t cut = 1; cut < 400; cut += 13) {
        const Answer answer = post_body(body.substr(0, cut), 50);
        EXPECT_EQ(answer.status, 400) << cut;
    }
    const std::string cut = body.substr(0, body.find("--xyz\r\nContent-Disposition: form-data; "
                                                     "name=\"x-amz-meta-late"));
    EXPECT_EQ(post_body(cut).code(), "MalformedPOSTRequest");
}

TEST_F(PostObject, WhatIsNoForm) {
    open_bucket();
    EXPECT_EQ(
        send_raw(request(Method::post, "/photos", {{"Content-Type", "text/plain"}}), "a").code(),
        "PreconditionFailed");
    EXPECT_EQ(
        send_raw(request(Method::post, "/photos", {{"Content-Type", "multipart/form-data"}}), "a")
            .code(),
        "MalformedPOSTRequest");
    EXPECT_EQ(post_body("nothing").code(), "MalformedPOSTRequest");
    EXPECT_EQ(post_body("").code(), "MalformedPOSTRequest");
    EXPECT_EQ(
        post_body("--xyz\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na\r\n--xyz--\r\n")
            .code(),
        "InvalidArgument");
    EXPECT_EQ(post({{"acl", "private"}}).code(), "InvalidArgument");
    EXPECT_EQ(post({{"key", "a"}, {"KEY", "b"}}).code(), "InvalidArgument");
    EXPECT_EQ(post({{"key", ""}}).status, 400);
    http::Request elsewhere =
        request(Method::post, "/nowhere", {{"Content-Type", "multipart/form-data; boundary=xyz"}});
    EXPECT_EQ(send_raw(elsewhere, form({{"key", "a"}}, File())).code(), "NoSuchBucket");
    EXPECT_EQ(reads, 0);
}

TEST_F(PostObject, FieldsAreBounded) {
    open_bucket();
    EXPECT_EQ(post({{"key", "a"}, {"x-ignore-a", std::string(20 * 1024, 'a')}}).code(),
              "MaxPostPreDataLengthExceededError");
    Pairs many = {{"key", "a"}};
    for (int i = 0; i < 100; ++i) {
        many.emplace_back("x-ignore-" + std::to_string(i), "a");
    }
    EXPECT_EQ(post(many).code(), "MaxPostPreDataLengthExceededError");
    many.pop_back();
    EXPECT_EQ(post(many).status, 204);
}

TEST_F(PostObject, FieldsMeanWhatHeadersDo) {
    open_bucket();
    EXPECT_EQ(post({{"key", "a"},
                    {"Cache-Control", "no-cache"},
                    {"x-amz-meta-Title", "${filename}!"},
                    {"x-amz-storage-class", "STANDARD_IA"},
                    {"x-amz-checksum-crc32", "NhCmhg=="}})
                  .status,
              204);
    const Answer stored = head("a");
    EXPECT_EQ(post({{"key", "t"},
                    {"tagging",
                     "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet>"
                     "</Tagging>"}})
                  .status,
              204);
    EXPECT_EQ(send(Method::get, path("t") + "?tagging").element("Key"), "k");
    EXPECT_EQ(post({{"key", "b"}, {"tagging", "<Tagging>"}}).code(), "MalformedXML");
    EXPECT_EQ(stored.header("Cache-Control"), "no-cache");
    EXPECT_EQ(stored.header("x-amz-meta-title"), "a.txt!");
    EXPECT_EQ(stored.header("x-amz-storage-class"), "STANDARD_IA");
    EXPECT_EQ(post({{"key", "b"}, {"x-amz-checksum-crc32", "AAAAAA=="}}).code(), "BadDigest");
    EXPECT_EQ(post({{"key", "b"}, {"x-amz-server-side-encryption", "AES256"}}).code(),
              "NotImplemented");
    EXPECT_EQ(post({{"key", "b"}, {"x-amz-storage-class", "WARM"}}).code(), "InvalidStorageClass");
    EXPECT_EQ(post({{"key", "b"}, {"acl", "public-reed"}}).code(), "InvalidArgument");
    EXPECT_EQ(post({{"key", "b"}, {"Content-Type", "a\nb: c"}}).code(), "InvalidArgument");
    EXPECT_EQ(head("b").status, 404);
}

TEST_F(PostObject, BlockedAclsAreRefused) {
    std::optional<std::string> block(
        "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>"
        "</PublicAccessBlockConfiguration>");
    ASSERT_TRUE(test::run(
        store.change_bucket("photos", objects::BucketSetting::public_access_block, block)));
    EXPECT_EQ(post(signed_fields(R"({"key": "a"}, {"acl": "public-read"})",
                                 {{"key", "a"}, {"acl", "public-read"}}))
                  .code(),
              "AccessDenied");
}

}  // namespace
}  // namespace slipway::gateway
