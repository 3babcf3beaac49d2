// SPDX-License-Identifier: Apache-2.0
#include "unit/gateway/multipart_fixture.h"

namespace slipway::gateway {
namespace {

class UploadPartCopy : public MultipartTest {
  protected:
    UploadPartCopy() { put("s +%", "0123456789"); }

    Answer copy(Pairs headers, const std::string& number = "1") {
        headers.emplace_back("x-amz-copy-source", "/photos/" + codec::percent_encode("s +%", true));
        return send(Method::put, "/photos/a?partNumber=" + number + "&uploadId=" + id,
                    std::move(headers));
    }

    /// The object of that one part.
    std::string completed(const Answer& copied) {
        s3::ListedPart only;
        only.number = 1;
        const std::string etag = copied.element("ETag");
        only.etag = etag.size() > 12 ? etag.substr(6, 32) : "";  // between two &quot;
        EXPECT_EQ(complete("a", id, {only}).status, 200);
        return get("a").body;
    }

    const std::string id = begin("a");
};

TEST_F(UploadPartCopy, TakesAllOfTheSource) {
    const Answer answer = copy({});
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.element("LastModified"), "2026-11-21T12:00:00.000Z");
    EXPECT_EQ(completed(answer), "0123456789");
}

TEST_F(UploadPartCopy, TakesARange) {
    EXPECT_EQ(completed(copy({{"x-amz-copy-source-range", "bytes=2-4"}})), "234");
}

TEST_F(UploadPartCopy, RangesThatAreNoneAreNotIgnored) {
    for (const char* range : {"2-4", "bytes=2", "bytes=hello-world", "bytes=0-bar", "bytes=2-",
                              "bytes=-3", "bytes=0-2,3-5", "bytes=4-2", "lines=1-2"}) {
        const Answer answer = copy({{"x-amz-copy-source-range", range}});
        EXPECT_EQ(answer.status, 400) << range;
        EXPECT_EQ(answer.code(), "InvalidArgument") << range;
    }
}

TEST_F(UploadPartCopy, RangesBeyondTheSourceAreRefused) {
    for (const char* range : {"bytes=0-10", "bytes=10-20"}) {
        EXPECT_EQ(copy({{"x-amz-copy-source-range", range}}).code(), "InvalidRange") << range;
    }
}

TEST_F(UploadPartCopy, ConditionsAreOnTheSource) {
    const std::string etag = head("s +%").header("ETag");
    EXPECT_EQ(copy({{"x-amz-copy-source-if-match", etag}}).status, 200);
    for (const auto& [name, value] : {std::pair("x-amz-copy-source-if-match", std::string("\"x\"")),
                                      std::pair("x-amz-copy-source-if-none-match", etag),
                                      std::pair("x-amz-copy-source-if-modified-since",
                                                std::string("Sat, 21 Nov 2026 12:00:00 GMT")),
                                      std::pair("x-amz-copy-source-if-unmodified-since",
                                                std::string("Sat, 21 Nov 2026 11:59:59 GMT"))}) {
        EXPECT_EQ(copy({{name, value}}).code(), "PreconditionFailed") << name;
    }
}

TEST_F(UploadPartCopy, BadRequests) {
    EXPECT_EQ(copy({}, "0").code(), "InvalidArgument");
    const std::string query = "?partNumber=1&uploadId=" + id;
    const auto from = [&](const char* source) {
        return send(Method::put, "/photos/a" + query, {{"x-amz-copy-source", source}}).code();
    };
    EXPECT_EQ(from("/photos/missing"), "NoSuchKey");
    EXPECT_EQ(from("/nowhere/a"), "NoSuchBucket");
    EXPECT_EQ(from("photos"), "InvalidArgument");
    EXPECT_EQ(from("/photos/s?versionId=xyz"), "NoSuchVersion");
    EXPECT_EQ(send(Method::put, "/photos/a?partNumber=1&uploadId=nonsense",
                   {{"x-amz-copy-source", "/photos/s%20%2B%25"}})
                  .code(),
              "NoSuchUpload");
}

}  // namespace
}  // namespace slipway::gateway
