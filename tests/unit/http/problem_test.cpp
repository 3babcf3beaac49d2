// SPDX-License-Identifier: Apache-2.0
#include "http/problem.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace slipway::http {
namespace {

TEST(Problem, SaysWhatWentWrongTwice) {
    const Response response =
        problem(Error{ErrorKind::too_large, "the file has 9 \"bytes\"", "file_too_large", 0});
    EXPECT_EQ(response.status, 413);
    EXPECT_EQ(response.headers.get("content-type"), "application/problem+json");
    EXPECT_EQ(response.headers.get("cache-control"), "no-store");
    EXPECT_EQ(std::get<std::string>(response.body),
              R"({"type":"urn:slipway:error:file_too_large","title":"Content Too Large",)"
              R"("status":413,"detail":"the file has 9 \"bytes\"",)"
              R"("error":"the file has 9 \"bytes\"","code":"file_too_large"})"
              "\n");
}

TEST(Problem, TheKindIsTheCodeWhereThereIsNone) {
    const Response response = problem(Error{ErrorKind::not_found, "gone", "", 0});
    EXPECT_NE(std::get<std::string>(response.body).find(R"("code":"not_found")"),
              std::string::npos);
}

TEST(Problem, EachKindHasItsStatus) {
    constexpr std::array<std::pair<ErrorKind, int>, 16> statuses{{
        {ErrorKind::invalid_argument, 400},
        {ErrorKind::unauthenticated, 401},
        {ErrorKind::permission_denied, 403},
        {ErrorKind::not_found, 404},
        {ErrorKind::already_exists, 409},
        {ErrorKind::corrupted, 409},
        {ErrorKind::precondition_failed, 412},
        {ErrorKind::too_large, 413},
        {ErrorKind::throttled, 429},
        {ErrorKind::unsupported, 501},
        {ErrorKind::unavailable, 503},
        {ErrorKind::timeout, 504},
        {ErrorKind::no_space, 507},
        {ErrorKind::cancelled, 400},
        {ErrorKind::io, 500},
        {ErrorKind::internal, 500},
    }};
    for (const auto& [kind, status] : statuses) {
        EXPECT_EQ(status_of(Error{kind, "", "", 0}), status) << to_string(kind);
        EXPECT_NE(reason_phrase(status), "Unknown");
    }
    EXPECT_EQ(status_of(Error{ErrorKind::unsupported, "", "method_not_allowed", 0}), 405);
}

}  // namespace
}  // namespace slipway::http
