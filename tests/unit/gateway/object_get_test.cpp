// SPDX-License-Identifier: Apache-2.0
#include "unit/gateway/gateway_fixture.h"

namespace slipway::gateway {
namespace {

class GetObject : public GatewayTest {
  protected:
    GetObject() {
        put("a", "0123456789", {{"Content-Type", "text/plain"}, {"Cache-Control", "max-age=60"}});
    }
};

TEST_F(GetObject, AnswersTheObject) {
    const Answer answer = get("a");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "0123456789");
    EXPECT_EQ(answer.header("ETag"), "\"781e5e245d69b566979b86e28d23f2c7\"");
    EXPECT_EQ(answer.header("Last-Modified"), "Sat, 21 Nov 2026 12:00:00 GMT");
    EXPECT_EQ(answer.header("Accept-Ranges"), "bytes");
    EXPECT_FALSE(answer.headers.has("Content-Range"));
}

TEST_F(GetObject, MissingKeyIsNamed) {
    const Answer answer = get("b & c");
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.code(), "NoSuchKey");
    EXPECT_EQ(answer.element("Key"), "b &amp; c");
    EXPECT_EQ(answer.element("Resource"), "/photos/b%20%26%20c");
    EXPECT_EQ(answer.element("RequestId"), "0123456789ABCDEF");
    EXPECT_EQ(answer.header("Content-Type"), "application/xml");
}

TEST_F(GetObject, HeadAnswersTheSameWithoutTheBody) {
    const Answer answer = head("a");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(answer.head_content_length, 10);
    EXPECT_EQ(answer.header("Content-Type"), "text/plain");
}

TEST_F(GetObject, HeadErrorsHaveNoBody) {
    const Answer answer = head("b");
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(answer.header("x-amz-request-id"), "0123456789ABCDEF");
}

struct RangeCase {
    const char* range;
    int status;
    const char* body;
    const char* content_range;
};

class GetObjectRange : public GetObject, public testing::WithParamInterface<RangeCase> {};

TEST_P(GetObjectRange, Answers) {
    const RangeCase& wanted = GetParam();
    const Answer answer = get("a", {{"Range", wanted.range}});
    EXPECT_EQ(answer.status, wanted.status);
    EXPECT_EQ(answer.header("Content-Range"), wanted.content_range);
    if (wanted.status == 416) {
        EXPECT_EQ(answer.code(), "InvalidRange");
        EXPECT_EQ(answer.element("RangeRequested"), wanted.range);
    } else {
        EXPECT_EQ(answer.body, wanted.body);
    }
    const Answer headed = head("a", {{"Range", wanted.range}});
    EXPECT_EQ(headed.status, wanted.status);
    EXPECT_EQ(headed.header("Content-Range"), wanted.content_range);
    if (wanted.status != 416) {
        EXPECT_EQ(headed.head_content_length, std::string_view(wanted.body).size());
    }
}

INSTANTIATE_TEST_SUITE_P(All,
                         GetObjectRange,
                         testing::Values(RangeCase{"bytes=0-0", 206, "0", "bytes 0-0/10"},
                                         RangeCase{"bytes=2-4", 206, "234", "bytes 2-4/10"},
                                         RangeCase{"bytes=8-", 206, "89", "bytes 8-9/10"},
                                         RangeCase{"bytes=8-99", 206, "89", "bytes 8-9/10"},
                                         RangeCase{"bytes=-3", 206, "789", "bytes 7-9/10"},
                                         RangeCase{"bytes=-99", 206, "0123456789", "bytes 0-9/10"},
                                         RangeCase{"bytes=10-", 416, "", ""},
                                         RangeCase{"bytes=99-100", 416, "", ""},
                                         RangeCase{"bytes=-0", 416, "", ""},
                                         RangeCase{"bytes=5-2", 200, "0123456789", ""},
                                         RangeCase{"bytes=0-1,4-5", 200, "0123456789", ""},
                                         RangeCase{"lines=0-1", 200, "0123456789", ""},
                                         RangeCase{"nonsense", 200, "0123456789", ""}));

TEST_F(GetObject, RangeOfAnEmptyObjectIsRefused) {
    put("empty", "");
    EXPECT_EQ(get("empty", {{"Range", "bytes=0-"}}).status, 416);
    EXPECT_EQ(get("empty", {{"Range", "bytes=-1"}}).status, 416);
}

TEST_F(GetObject, IfRangeSendsTheRangeOnlyOfTheSameObject) {
    const std::string etag = head("a").header("ETag");
    EXPECT_EQ(get("a", {{"Range", "bytes=2-4"}, {"If-Range", etag}}).body, "234");
    EXPECT_EQ(
        get("a", {{"Range", "bytes=2-4"}, {"If-Range", "Sat, 21 Nov 2026 12:00:00 GMT"}}).status,
        206);
    const Answer changed = get("a", {{"Range", "bytes=2-4"}, {"If-Range", "\"other\""}});
    EXPECT_EQ(changed.status, 200);
    EXPECT_EQ(changed.body, "0123456789");
    EXPECT_EQ(head("a", {{"Range", "bytes=2-4"}, {"If-Range", "\"other\""}}).status, 200);
}

TEST_F(GetObject, IfRangeDecidesBeforeTheRangeIsFoundWanting) {
    const std::string etag = head("a").header("ETag");
    EXPECT_EQ(get("a", {{"Range", "bytes=99-"}, {"If-Range", etag}}).status, 416);
    EXPECT_EQ(get("a", {{"Range", "bytes=99-"}, {"If-Range", "\"other\""}}).status, 200);
}

// RFC 9110 section 13.2.2: what takes precedence over what.
struct ConditionCase {
    const char* name;
    Pairs headers;
    int status;
};

class GetObjectCondition : public GetObject, public testing::WithParamInterface<ConditionCase> {};

TEST_P(GetObjectCondition, Answers) {
    Pairs headers = GetParam().headers;
    for (auto& [name, value] : headers) {
        if (value == "SAME") {
            value = head("a").header("ETag");
        }
    }
    EXPECT_EQ(get("a", headers).status, GetParam().status);
    EXPECT_EQ(head("a", headers).status, GetParam().status);
}

const char* const before = "Sat, 21 Nov 2026 11:59:59 GMT";
const char* const same_time = "Sat, 21 Nov 2026 12:00:00 GMT";
const char* const after = "Sat, 21 Nov 2026 12:00:01 GMT";

INSTANTIATE_TEST_SUITE_P(
    All,
    GetObjectCondition,
    testing::Values(
        ConditionCase{"match", {{"If-Match", "SAME"}}, 200},
        ConditionCase{"match_any", {{"If-Match", "*"}}, 200},
        ConditionCase{
            "match_list", {{"If-Match", "\"x\", \"781e5e245d69b566979b86e28d23f2c7\""}}, 200},
        ConditionCase{"match_unquoted", {{"If-Match", "781e5e245d69b566979b86e28d23f2c7"}}, 200},
        ConditionCase{"match_other", {{"If-Match", "\"x\""}}, 412},
        ConditionCase{"none_match", {{"If-None-Match", "\"x\""}}, 200},
        ConditionCase{"none_match_same", {{"If-None-Match", "SAME"}}, 304},
        ConditionCase{"none_match_any", {{"If-None-Match", "*"}}, 304},
        ConditionCase{"modified_since_before", {{"If-Modified-Since", before}}, 200},
        ConditionCase{"modified_since_same", {{"If-Modified-Since", same_time}}, 304},
        ConditionCase{"unmodified_since_before", {{"If-Unmodified-Since", before}}, 412},
        ConditionCase{"unmodified_since_same", {{"If-Unmodified-Since", same_time}}, 200},
        ConditionCase{"bad_date", {{"If-Modified-Since", "soon"}}, 200},
        ConditionCase{
            "match_beats_unmodified", {{"If-Match", "SAME"}, {"If-Unmodified-Since", before}}, 200},
        ConditionCase{"none_match_beats_modified",
                      {{"If-None-Match", "\"x\""}, {"If-Modified-Since", after}},
                      200},
        ConditionCase{"none_match_same_beats_modified",
                      {{"If-None-Match", "SAME"}, {"If-Modified-Since", before}},
                      304},
        ConditionCase{
            "match_before_none_match", {{"If-Match", "\"x\""}, {"If-None-Match", "SAME"}}, 412}),
    [](const auto& each) { return each.param.name; });

TEST_F(GetObject, NotModifiedTellsACacheWhatItNeeds) {
    const std::string etag = head("a").header("ETag");
    const Answer answer = get("a", {{"If-None-Match", etag}});
    EXPECT_EQ(answer.status, 304);
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(answer.header("ETag"), etag);
    EXPECT_EQ(answer.header("Last-Modified"), "Sat, 21 Nov 2026 12:00:00 GMT");
    EXPECT_EQ(answer.header("Cache-Control"), "max-age=60");
    EXPECT_FALSE(answer.headers.has("Content-Type"));
}

TEST_F(GetObject, ResponseParametersOverrideHeaders) {
    const Answer answer = send(http::Method::get,
                               "/photos/a?response-content-type=image%2Fpng&response-cache-control="
                               "no-store&response-content-disposition=attachment%3B%20filename%3D"
                               "%22a%20b.png%22&response-content-language=de&response-content-"
                               "encoding=br&response-expires=0");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Content-Type"), "image/png");
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
    EXPECT_EQ(answer.header("Content-Disposition"), "attachment; filename=\"a b.png\"");
    EXPECT_EQ(answer.header("Content-Language"), "de");
    EXPECT_EQ(answer.header("Content-Encoding"), "br");
    EXPECT_EQ(answer.header("Expires"), "0");
}

TEST_F(GetObject, ResponseParametersCannotBreakOutOfTheirHeader) {
    const Answer answer =
        send(http::Method::get,
             "/photos/a?response-content-type=text%2Fplain%0D%0ASet-Cookie%3A%20a%3Db");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "InvalidArgument");
}

TEST_F(GetObject, TheOnlyVersionIsNull) {
    EXPECT_EQ(send(http::Method::get, "/photos/a?versionId=null").body, "0123456789");
    const Answer answer = send(http::Method::get, "/photos/a?versionId=3HL4kqtJvjVBH40Nrjfkd");
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.code(), "NoSuchVersion");
}

TEST_F(GetObject, BucketInTheHostName) {
    http::Request made;
    made.method = http::Method::get;
    made.target = "/a";
    made.headers.add("Host", "photos.s3.example:9000");
    sign(made);
    EXPECT_EQ(send_raw(made).body, "0123456789");
}

}  // namespace
}  // namespace slipway::gateway
