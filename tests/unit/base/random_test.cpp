// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

namespace slipway {
namespace {

TEST(Random, HexOfTheLengthAskedFor) {
    for (const unsigned bytes : {0U, 1U, 16U, 31U, 32U, 33U, 64U, 100U}) {
        const std::string text = random_hex(bytes);
        EXPECT_EQ(text.size(), std::size_t{bytes} * 2);
        EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos) << text;
    }
}

TEST(Random, NeverTheSame) {
    std::set<std::string> seen;
    std::set<char> digits;
    for (int i = 0; i < 1000; ++i) {
        const std::string text = random_hex(16);
        seen.insert(text);
        digits.insert(text.begin(), text.end());
    }
    EXPECT_EQ(seen.size(), 1000U);
    EXPECT_EQ(digits.size(), 16U);
    // The second half of a long text is no copy of its first.
    const std::string text = random_hex(64);
    EXPECT_NE(text.substr(0, 64), text.substr(64));
}

TEST(RequestId, UniqueOnAllThreads) {
    std::vector<std::vector<std::string>> ids(4);
    {
        std::vector<std::jthread> threads;
        for (auto& each : ids) {
            threads.emplace_back([&each] {
                for (int i = 0; i < 5000; ++i) {
                    each.push_back(next_request_id());
                }
            });
        }
    }
    std::set<std::string> distinct;
    for (const auto& each : ids) {
        distinct.insert(each.begin(), each.end());
    }
    EXPECT_EQ(distinct.size(), 20'000U);
    for (const std::string& id : {*distinct.begin(), *distinct.rbegin()}) {
        EXPECT_EQ(id.size(), 16U);
        EXPECT_EQ(id.find_first_not_of("0123456789ABCDEF"), std::string::npos) << id;
    }
}

TEST(Random, FractionsAreSpread) {
    double least = 1;
    double most = 0;
    for (int i = 0; i < 1000; ++i) {
        const double fraction = random_fraction();
        EXPECT_GE(fraction, 0.0);
        EXPECT_LT(fraction, 1.0);
        least = std::min(least, fraction);
        most = std::max(most, fraction);
    }
    EXPECT_LT(least, 0.1);
    EXPECT_GT(most, 0.9);
}

}  // namespace
}  // namespace slipway
