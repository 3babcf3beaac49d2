// SPDX-License-Identifier: Apache-2.0
#include "codec/base64.h"
#include "codec/digest.h"
#include "s3_client_fixture.h"

#include <utility>

namespace slipway::client {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST_F(S3ClientTest, APutSaysAllThatWasSaidOfTheObject) {
    auto stored = ScriptedServer::stored();
    stored.headers.add("x-amz-checksum-crc32c", "mnG7TA==");
    s3_.script.push_back(std::move(stored));
    objects::PutRequest request;
    request.bucket = "photos";
    request.key = "a b/ü+%.jpg";
    request.attributes.content_type = "image/jpeg";
    request.attributes.storage_class = "GLACIER";
    request.attributes.user_metadata = {{"album", "summer"}};
    request.content_md5 = "5d41402abc4b2a76b9719d911017c592";
    request.checksum = objects::Checksum{objects::ChecksumAlgorithm::crc32c, "mnG7TA=="};
    request.conditions.if_none_match = "*";
    MemoryBodyReader body("hello");
    const auto info = run(client_->put(request, body));
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_EQ(info->etag, "abc");
    EXPECT_EQ(info->size, 5u);
    EXPECT_EQ(info->checksum, request.checksum);

    ASSERT_EQ(s3_.seen.size(), 1u);
    const http::Request& seen = s3_.seen[0].request;
    EXPECT_EQ(seen.method, http::Method::put);
    EXPECT_EQ(seen.target, "/photos/a%20b/%C3%BC%2B%25.jpg");
    EXPECT_EQ(s3_.seen[0].body, "hello");
    EXPECT_EQ(seen.headers.get("Content-Type"), "image/jpeg");
    EXPECT_EQ(seen.headers.get("x-amz-storage-class"), "GLACIER");
    EXPECT_EQ(seen.headers.get("x-amz-meta-album"), "summer");
    EXPECT_EQ(seen.headers.get("Content-MD5"), "XUFAKrxLKna5cZ2REBfFkg==");
    EXPECT_EQ(seen.headers.get("x-amz-checksum-crc32c"), "mnG7TA==");
    EXPECT_EQ(seen.headers.get("If-None-Match"), "*");
    EXPECT_EQ(seen.headers.get("x-amz-content-sha256"), "UNSIGNED-PAYLOAD");
    EXPECT_EQ(seen.headers.get("x-amz-security-token"), "session");
    EXPECT_THAT(std::string(seen.headers.get("Authorization")), HasSubstr("Credential=AKID/"));
    const auto claim = s3::parse_authorization(seen);
    ASSERT_TRUE(claim);
    EXPECT_TRUE(s3::verify(seen, *claim, Secret("very secret"), clock_.now(), "us-east-1"));
}

TEST_F(S3ClientTest, WhoSaysYesToAllIsNoS3) {
    s3_.script.push_back(ScriptedServer::answer(200, "<html>"));
    objects::PutRequest request;
    request.bucket = "photos";
    request.key = "cat";
    MemoryBodyReader body("hello");
    const auto stored = run(client_->put(request, body));
    ASSERT_FALSE(stored);
    EXPECT_EQ(stored.error().kind, ErrorKind::unsupported);
    EXPECT_THAT(stored.error().message, HasSubstr("no ETag"));
}

TEST_F(S3ClientTest, ALargeBodyIsStreamedWithTheChecksumAskedForAfterIt) {
    s3_.script.push_back(ScriptedServer::stored());
    objects::PutRequest request;
    request.bucket = "photos";
    request.key = "large";
    request.checksum = objects::Checksum{objects::ChecksumAlgorithm::crc32c, ""};
    MemoryBodyReader body(std::string(300'000, 'x'));
    ASSERT_TRUE(run(client_->put(request, body)));
    const auto& seen = s3_.seen.at(0);
    EXPECT_EQ(seen.request.headers.get("x-amz-content-sha256"),
              "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
    EXPECT_EQ(seen.request.headers.get("x-amz-decoded-content-length"), "300000");
    EXPECT_GT(seen.body.size(), 300'000u);
    EXPECT_THAT(seen.body, HasSubstr("x-amz-checksum-crc32c:"));
}

TEST_F(S3ClientTest, ABodyWithoutASizeIsRefusedBeforeAnythingIsSent) {
    class Unsized final : public BodyReader {
      public:
        Task<Chunk> read() override { co_return Chunk(); }
        std::optional<std::uint64_t> size() const override { return std::nullopt; }
    };
    Unsized body;
    const auto stored = run(client_->put(objects::PutRequest(), body));
    ASSERT_FALSE(stored);
    EXPECT_EQ(stored.error().code, "MissingContentLength");
    EXPECT_THAT(s3_.seen, IsEmpty());
}

TEST_F(S3ClientTest, AnErrorIsWhatTheAnswerSays) {
    s3_.script.push_back(ScriptedServer::answer(
        503,
        "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message>"
        "</Error>"));
    const auto result = run(client_->get(object("a.jpg")));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::throttled);
    EXPECT_EQ(result.error().code, "SlowDown");
    EXPECT_EQ(result.error().http_status, 503);
    EXPECT_EQ(result.error().message,
              "get photos/a.jpg: Please reduce your request rate. (SlowDown)");
    EXPECT_THAT(result.error().message, Not(HasSubstr("secret")));
}

TEST_F(S3ClientTest, AnAnswerWithoutWordsIsJudgedByItsStatus) {
    const std::pair<int, ErrorKind> cases[] = {{403, ErrorKind::permission_denied},
                                               {412, ErrorKind::precondition_failed},
                                               {429, ErrorKind::throttled},
                                               {500, ErrorKind::unavailable},
                                               {503, ErrorKind::unavailable}};
    for (const auto& [status, kind] : cases) {
        s3_.script.push_back(ScriptedServer::answer(status));
        const auto result = run(client_->head(object("a.jpg")));
        ASSERT_FALSE(result) << status;
        EXPECT_EQ(result.error().kind, kind) << status;
    }
}

TEST_F(S3ClientTest, AHeadThatFindsNothingSaysWhatIsMissing) {
    s3_.script.push_back(ScriptedServer::answer(404));
    s3_.script.push_back(ScriptedServer::answer(200));  // the bucket is there
    auto result = run(client_->head(object("a.jpg")));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, "NoSuchKey");
    s3_.script.push_back(ScriptedServer::answer(404));
    s3_.script.push_back(ScriptedServer::answer(404));
    result = run(client_->head(object("a.jpg")));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, "NoSuchBucket");
}

TEST_F(S3ClientTest, GoesOnceMoreToTheRegionTheBucketIsInAndRemembersIt) {
    auto elsewhere = ScriptedServer::answer(301, "<Error><Code>PermanentRedirect</Code></Error>");
    elsewhere.headers.add("x-amz-bucket-region", "eu-west-1");
    s3_.script.push_back(std::move(elsewhere));
    EXPECT_TRUE(run(client_->remove("photos", "a.jpg")));
    EXPECT_TRUE(run(client_->remove("photos", "b.jpg")));
    ASSERT_EQ(s3_.seen.size(), 3u);
    const auto scope = [this](std::size_t i) {
        return std::string(s3_.seen[i].request.headers.get("Authorization"));
    };
    EXPECT_THAT(scope(0), HasSubstr("/us-east-1/s3/"));
    EXPECT_THAT(scope(1), HasSubstr("/eu-west-1/s3/"));
    EXPECT_THAT(scope(2), HasSubstr("/eu-west-1/s3/"));
}

TEST_F(S3ClientTest, DoesNotGoRoundInCircles) {
    for (int i = 0; i < 3; ++i) {
        auto elsewhere = ScriptedServer::answer(301);
        elsewhere.headers.add("x-amz-bucket-region", "region-" + std::to_string(i));
        s3_.script.push_back(std::move(elsewhere));
    }
    EXPECT_FALSE(run(client_->list_buckets()));
    EXPECT_EQ(s3_.seen.size(), 2u);
}

TEST_F(S3ClientTest, ReadsARangeWithWhatTheAnswerSaysOfTheObject) {
    auto part = ScriptedServer::answer(206, "345");
    part.headers.add("Content-Range", "bytes 3-5/10");
    part.headers.add("ETag", "\"abc\"");
    part.headers.add("Last-Modified", "Sat, 21 Nov 2026 05:00:00 GMT");
    part.headers.add("Content-Type", "text/plain");
    part.headers.add("X-Amz-Meta-Album", "summer");
    part.headers.add("x-amz-checksum-crc32c", "AAAAAA==-2");
    s3_.script.push_back(std::move(part));
    auto request = object("a.txt");
    request.range = objects::ByteRange{3, 5, {}};
    const auto result = run(client_->get(request));
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(s3_.seen[0].request.headers.get("Range"), "bytes=3-5");
    EXPECT_TRUE(result->partial);
    EXPECT_EQ(result->offset, 3u);
    EXPECT_EQ(result->length, 3u);
    EXPECT_EQ(result->info.size, 10u);
    EXPECT_EQ(result->info.etag, "abc");
    EXPECT_EQ(result->info.attributes.user_metadata.at(0), (http::Header{"album", "summer"}));
    EXPECT_EQ(result->info.checksum, std::nullopt) << "a checksum over checksums is none of it";
}

TEST_F(S3ClientTest, AnAnswerThatContradictsItselfIsCorrupted) {
    for (const auto* range : {"", "bytes 5-3/10", "bytes 3-12/10", "bytes 3-5", "items 3-5/10"}) {
        auto part = ScriptedServer::answer(206, "345");
        part.headers.add("Content-Range", range);
        s3_.script.push_back(std::move(part));
        const auto result = run(client_->get(object("a.txt")));
        ASSERT_FALSE(result) << range;
        EXPECT_EQ(result.error().kind, ErrorKind::corrupted);
    }
    s3_.script.push_back(ScriptedServer::answer(200, "<html>"));
    objects::ListRequest request;
    request.bucket = "photos";
    EXPECT_EQ(run(client_->list(request)).error().kind, ErrorKind::corrupted);
}

class S3ListTest : public S3ClientTest {
  protected:
    /// A page of version 2 that is not the last.
    static std::string page(std::string_view entries, std::string_view token) {
        std::string text =
            "<ListBucketResult><KeyCount>0</KeyCount><IsTruncated>true</IsTruncated>";
        if (!token.empty()) {
            text.append("<NextContinuationToken>").append(token);
            text.append("</NextContinuationToken>");
        }
        return text.append(entries).append("</ListBucketResult>");
    }
    static constexpr std::string_view prefix_b =
        "<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes>";

    Result<objects::ListResult> list(std::string start_after = "") {
        objects::ListRequest request;
        request.bucket = "photos";
        request.delimiter = "/";
        request.start_after = std::move(start_after);
        return run(client_->list(request));
    }
    void answer(std::string document) {
        s3_.script.push_back(ScriptedServer::answer(200, std::move(document)));
    }
};

TEST_F(S3ListTest, PagesWithoutEntriesLeadToTheNext) {
    answer(page("", "one+/="));
    answer(page("", "two"));
    answer(page(prefix_b, "three"));
    const auto listed = list("a");
    ASSERT_TRUE(listed) << listed.error().message;
    EXPECT_EQ(listed->next_start_after, "b/");
    ASSERT_EQ(s3_.seen.size(), 3u);
    EXPECT_THAT(s3_.seen[0].request.target, Not(HasSubstr("continuation-token")));
    EXPECT_THAT(s3_.seen[1].request.target, HasSubstr("&continuation-token=one%2B%2F%3D&"));
    EXPECT_THAT(s3_.seen[2].request.target, HasSubstr("&continuation-token=two&"));
}

TEST_F(S3ListTest, PagesThatLeadNowhereAreAnError) {
    answer(page("", ""));
    auto listed = list();
    ASSERT_FALSE(listed);
    EXPECT_EQ(listed.error().kind, ErrorKind::corrupted);
    EXPECT_THAT(listed.error().message, StartsWith("list photos/: "));
    answer(page("", "same"));
    answer(page("", "same"));
    listed = list();
    ASSERT_FALSE(listed);
    EXPECT_EQ(listed.error().kind, ErrorKind::corrupted);
    EXPECT_EQ(s3_.seen.size(), 3u);
}

TEST_F(S3ListTest, EmptyPagesAreNotFollowedForEver) {
    int pages = 0;
    s3_.judge = [&](const http::Request&) {
        return ScriptedServer::answer(200, page("", "token-" + std::to_string(++pages)));
    };
    const auto listed = list();
    ASSERT_FALSE(listed);
    EXPECT_EQ(listed.error().kind, ErrorKind::unavailable);
    EXPECT_EQ(pages, 1000);
}

TEST_F(S3ListTest, AStoreThatBeginsAnewWithEachPageIsFoundOut) {
    answer(page(prefix_b, "token"));
    const auto listed = list("b/");
    ASSERT_FALSE(listed);
    EXPECT_EQ(listed.error().kind, ErrorKind::corrupted);
}

TEST_F(S3ClientTest, ACopyThatFailsAfterItsStatusFails) {
    s3_.script.push_back(ScriptedServer::answer(
        200, "<Error><Code>InternalError</Code><Message>m</Message></Error>"));
    objects::CopyRequest request;
    request.source_bucket = "photos";
    request.source_key = "a ü";
    request.bucket = "photos";
    request.key = "b";
    const auto result = run(client_->copy(request));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, "InternalError");
    EXPECT_EQ(s3_.seen[0].request.headers.get("x-amz-copy-source"), "/photos/a%20%C3%BC");
}

TEST_F(S3ClientTest, AStoreThatIsAwayIsUnavailable) {
    server_.drain(std::chrono::milliseconds(0));
    const auto result = run(client_->list_buckets());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::unavailable);
    EXPECT_THAT(result.error().message, StartsWith("list buckets: cannot connect to http://127"));
}

TEST_F(S3ClientTest, ManyAreDeletedInOneRequest) {
    s3_.script.push_back(ScriptedServer::answer(
        200,
        "<DeleteResult><Error><Key>b&amp;</Key><Code>AccessDenied</Code><Message>not you</Message>"
        "</Error><Error><Key>c</Key><Code>InternalError</Code></Error></DeleteResult>"));
    const std::vector<std::string> keys = {"a", "b&", "c"};
    const auto removed = run(client_->remove_many("photos", keys));
    ASSERT_TRUE(removed) << removed.error().message;
    ASSERT_EQ(removed->size(), 3U);
    EXPECT_TRUE((*removed)[0]);
    EXPECT_EQ((*removed)[1].error().kind, ErrorKind::permission_denied);
    EXPECT_EQ((*removed)[1].error().message, "delete photos/b&: not you");
    EXPECT_EQ((*removed)[2].error().code, "InternalError");
    EXPECT_EQ((*removed)[2].error().http_status, 500);
    ASSERT_EQ(s3_.seen.size(), 1U);
    EXPECT_EQ(s3_.seen[0].request.method, http::Method::post);
    EXPECT_EQ(s3_.seen[0].request.target, "/photos?delete=");
    EXPECT_EQ(s3_.seen[0].request.headers.get("Content-MD5"),
              codec::base64_encode(codec::md5(s3_.seen[0].body)));
    EXPECT_THAT(s3_.seen[0].body, HasSubstr("<Key>b&amp;</Key>"));
}

TEST_F(S3ClientTest, AStoreWithoutDeleteObjectsSaysSo) {
    s3_.script.push_back(ScriptedServer::answer(501, "<Error><Code>NotImplemented</Code></Error>"));
    const std::vector<std::string> keys = {"a", "b"};
    const auto removed = run(client_->remove_many("photos", keys));
    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().code, "NotImplemented");
}

}  // namespace
}  // namespace slipway::client
