// SPDX-License-Identifier: Apache-2.0
#include "http/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::http {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RouterTest : public ::testing::Test {
  protected:
    RouterTest() {
        list_ = router_.add(Method::get, "/api/files");
        stat_ = router_.add(Method::get, "/api/files/{id}");
        remove_ = router_.add(Method::delete_, "/api/files/{id}");
        upload_ = router_.add(Method::post, "/api/files/upload");
        part_ = router_.add(Method::put, "/api/files/{id}/parts/{number}");
        root_ = router_.add(Method::get, "/");
    }

    std::string code(Method method, std::string_view path) const {
        const auto match = router_.find(method, path);
        return match ? "found" : match.error().code;
    }

    Router router_;
    std::size_t list_, stat_, remove_, upload_, part_, root_;
};

TEST_F(RouterTest, FindsByMethodAndPath) {
    EXPECT_EQ(router_.find(Method::get, "/api/files")->route, list_);
    EXPECT_EQ(router_.find(Method::get, "/api/files/x")->route, stat_);
    EXPECT_EQ(router_.find(Method::delete_, "/api/files/x")->route, remove_);
    EXPECT_EQ(router_.find(Method::post, "/api/files/upload")->route, upload_);
    EXPECT_EQ(router_.find(Method::get, "/")->route, root_);
    EXPECT_EQ(router_.find(Method::head, "/api/files")->route, list_);
}

TEST_F(RouterTest, TheClosingSlashMakesNoDifference) {
    EXPECT_EQ(router_.find(Method::get, "/api/files/")->route, list_);
    EXPECT_EQ(router_.find(Method::post, "/api/files/upload/")->route, upload_);
    EXPECT_THAT(router_.find(Method::get, "/api/files/x/")->parameters, ElementsAre("x"));
}

TEST_F(RouterTest, ParametersAreOneSegmentDecoded) {
    EXPECT_THAT(router_.find(Method::get, "/api/files/a%2Fb%20c%25+d")->parameters,
                ElementsAre("a/b c%+d"));
    EXPECT_THAT(router_.find(Method::get, "/api/files/%C3%BC")->parameters,
                ElementsAre("\xC3\xBC"));
    EXPECT_THAT(router_.find(Method::put, "/api/files/a%7Db/parts/7")->parameters,
                ElementsAre("a}b", "7"));
    EXPECT_THAT(router_.find(Method::get, "/api/files")->parameters, IsEmpty());
    const auto bad = router_.find(Method::get, "/api/files/%zz");
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().kind, ErrorKind::invalid_argument);
}

TEST_F(RouterTest, WhatIsNotThereIsNotFound) {
    for (const char* path : {"/api", "/api/files/a/b", "/api/files//", "//api/files", "/api//files",
                             "/API/files", "/api/files/x/parts/", "/api/file%73", "*"}) {
        EXPECT_EQ(code(Method::get, path), "unknown_route") << path;
        EXPECT_EQ(router_.allowed(path), "") << path;
    }
    EXPECT_EQ(router_.find(Method::get, "/nothing").error().kind, ErrorKind::not_found);
}

TEST_F(RouterTest, OtherMethodsAreToldWhatThereIs) {
    const auto refused = router_.find(Method::put, "/api/files/x");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::unsupported);
    EXPECT_EQ(refused.error().code, "method_not_allowed");
    EXPECT_THAT(refused.error().message, HasSubstr("GET, HEAD, DELETE"));
    EXPECT_EQ(router_.allowed("/api/files/x/"), "GET, HEAD, DELETE");
    EXPECT_EQ(router_.allowed("/api/files/x/parts/1"), "PUT");
    EXPECT_EQ(code(Method::other, "/"), "method_not_allowed");
    EXPECT_EQ(code(Method::head, "/api/files/x/parts/1"), "method_not_allowed");
}

TEST_F(RouterTest, APathWrittenOutIsNoParameter) {
    EXPECT_EQ(code(Method::get, "/api/files/upload"), "method_not_allowed");
    EXPECT_EQ(code(Method::delete_, "/api/files/upload/"), "method_not_allowed");
    EXPECT_EQ(router_.allowed("/api/files/upload"), "POST");
    EXPECT_EQ(code(Method::get, "/api/files/upload2"), "found");
}

TEST(QueryParameter, TheFirstOfItsNameDecoded) {
    constexpr std::string_view query = "a=1&prefix=x%2F+y&prefix=2&empty=&flag&%62=3&ab=4";
    EXPECT_EQ(query_parameter(query, "a").value(), "1");
    EXPECT_EQ(query_parameter(query, "prefix").value(), "x/ y");
    EXPECT_EQ(query_parameter(query, "empty").value(), "");
    EXPECT_EQ(query_parameter(query, "flag").value(), "");
    EXPECT_EQ(query_parameter(query, "ab").value(), "4");
    EXPECT_EQ(query_parameter(query, "missing").value(), std::nullopt);
    EXPECT_EQ(query_parameter("", "a").value(), std::nullopt);
    EXPECT_EQ(query_parameter("&&a=b=c&", "a").value(), "b=c");
    EXPECT_FALSE(query_parameter("a=%", "a"));
    EXPECT_TRUE(query_parameter("a=1&b=%", "a"));
}

}  // namespace
}  // namespace slipway::http
