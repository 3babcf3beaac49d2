// SPDX-License-Identifier: Apache-2.0
#include "http/message.h"

#include <gtest/gtest.h>

namespace slipway::http {
namespace {

TEST(Method, NamesAreCaseSensitive) {
    for (const auto method : {Method::get, Method::head, Method::put, Method::post, Method::delete_,
                              Method::options, Method::patch}) {
        EXPECT_EQ(parse_method(to_string(method)), method);
    }
    EXPECT_EQ(to_string(Method::delete_), "DELETE");
    for (const char* other : {"get", "TRACE", "CONNECT", "", "GET ", "?"}) {
        EXPECT_EQ(parse_method(other), Method::other) << other;
    }
    EXPECT_EQ(to_string(Method::other), "?");
}

TEST(Request, PathAndQueryAreHalvesOfTheTarget) {
    Request request;
    request.target = "/b/k%20x?versionId=1?&a=%2F";
    EXPECT_EQ(request.path(), "/b/k%20x");
    EXPECT_EQ(request.query(), "versionId=1?&a=%2F");
    request.target = "/b";
    EXPECT_EQ(request.path(), "/b");
    EXPECT_EQ(request.query(), "");
    request.target = "/b?";
    EXPECT_EQ(request.path(), "/b");
    EXPECT_EQ(request.query(), "");
    request.target = "";
    EXPECT_EQ(request.path(), "");
    EXPECT_EQ(request.query(), "");
}

TEST(ReasonPhrase, KnowsTheStandardWords) {
    EXPECT_EQ(reason_phrase(200), "OK");
    EXPECT_EQ(reason_phrase(404), "Not Found");
    EXPECT_EQ(reason_phrase(413), "Content Too Large");
    EXPECT_EQ(reason_phrase(507), "Insufficient Storage");
    EXPECT_EQ(reason_phrase(799), "Unknown");
}

}  // namespace
}  // namespace slipway::http
