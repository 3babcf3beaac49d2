// SPDX-License-Identifier: Apache-2.0
#include "slipway/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

namespace slipway {
namespace {

TEST(Error, EachKindHasItsOwnName) {
    std::set<std::string_view> names;
    for (int kind = 0; kind <= static_cast<int>(ErrorKind::internal); ++kind) {
        names.insert(to_string(static_cast<ErrorKind>(kind)));
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorKind::internal) + 1);
    EXPECT_EQ(to_string(ErrorKind::not_found), "not_found");
    EXPECT_EQ(to_string(ErrorKind::no_space), "no_space");
}

Result<std::unique_ptr<int>> half(int value) {
    if (value % 2 != 0) {
        return fail(ErrorKind::invalid_argument, "odd", "odd_number");
    }
    return std::make_unique<int>(value / 2);
}

Result<int> quarter(int value) {
    SLIPWAY_TRY(first, half(value));
    SLIPWAY_TRY(second, half(*first));
    return *second;
}

Result<> check_quarter(int value) {
    SLIPWAY_CHECK(quarter(value));
    return {};
}

TEST(Result, ErrorsComeThroughAsTheyWere) {
    EXPECT_EQ(quarter(12).value(), 3);
    const auto odd = quarter(6);
    ASSERT_FALSE(odd);
    EXPECT_EQ(odd.error(), (Error{ErrorKind::invalid_argument, "odd", "odd_number", 0}));
    EXPECT_TRUE(check_quarter(8));
    EXPECT_EQ(check_quarter(7).error().code, "odd_number");
}

TEST(Result, AnErrorIsPassedOnWhole) {
    const Error error{ErrorKind::throttled, "slow down", "SlowDown", 503};
    const Result<int> failed = fail(error);
    EXPECT_EQ(failed.error(), error);
}

}  // namespace
}  // namespace slipway
