// SPDX-License-Identifier: Apache-2.0
#include "cli/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Values, ReadsSizes) {
    EXPECT_EQ(parse_size("800MB"), 800'000'000u);
    EXPECT_EQ(parse_size("5GiB"), 5ULL << 30);
    EXPECT_EQ(parse_size("4096"), 4096u);
    EXPECT_EQ(parse_size(" 10 kib "), 10'240u);
    EXPECT_EQ(parse_size("0"), 0u);
    EXPECT_EQ(parse_size("18446744073709551615"), ~0ULL);
}

TEST(Values, RefusesWhatIsNoSizeAndSaysWhatIs) {
    for (const auto* text : {"", "MB", "-1", "1.5GB", "10 potatoes", "10M", "18446744073709551616",
                             "99999999999TB", "0x10", "1 2"}) {
        const auto size = parse_size(text);
        ASSERT_FALSE(size) << text;
        EXPECT_THAT(size.error().message, HasSubstr("800MB"));
    }
}

TEST(Values, ShowsSizesExactly) {
    EXPECT_EQ(show_size(800'000'000), "800MB");
    EXPECT_EQ(show_size(24 << 20), "24MiB");
    EXPECT_EQ(show_size(1'234'567), "1234567");
    EXPECT_EQ(show_size(0), "0");
    for (const std::uint64_t size : {1ULL, 1000ULL, 1024ULL, 5ULL << 40, 48'800'000ULL}) {
        EXPECT_EQ(parse_size(show_size(size)), size);
    }
}

TEST(Values, ReadsDurations) {
    EXPECT_EQ(parse_duration("1h"), 1h);
    EXPECT_EQ(parse_duration("30m"), 30min);
    EXPECT_EQ(parse_duration("90s"), 90s);
    EXPECT_EQ(parse_duration("1h30m"), 90min);
    EXPECT_EQ(parse_duration("7d"), 168h);
    EXPECT_EQ(parse_duration("45"), 45s);
}

TEST(Values, RefusesWhatIsNoDuration) {
    for (const auto* text : {"", "h", "-1h", "1h30", "30m1h", "1hh", "1.5h", "999999999999d",
                             "18446744073709551615d", "1 h"}) {
        EXPECT_FALSE(parse_duration(text)) << text;
    }
}

TEST(Values, ShowsDurationsAsTheyAreRead) {
    EXPECT_EQ(show_duration(1h), "1h");
    EXPECT_EQ(show_duration(90s), "1m30s");
    EXPECT_EQ(show_duration(0s), "0s");
    for (const auto time : {1s, 3'661s, 604'800s}) {
        EXPECT_EQ(parse_duration(show_duration(time)), time);
    }
}

TEST(Values, BoundsCounts) {
    EXPECT_EQ(parse_count("10", 1, 10), 10u);
    for (const auto* text : {"0", "11", "-1", "ten", "", "1e3"}) {
        EXPECT_FALSE(parse_count(text, 1, 10)) << text;
    }
}

TEST(Values, KnowsAddresses) {
    for (const auto* text : {"127.0.0.1:8080", "[::1]:0", "localhost:65535", "0.0.0.0:80"}) {
        EXPECT_TRUE(check_address(text)) << text;
    }
    for (const auto* text :
         {"", "8080", ":8080", "localhost", "127.0.0.1:65536", "::1:80", "127.0.0.1:http"}) {
        const auto checked = check_address(text);
        ASSERT_FALSE(checked) << text;
        EXPECT_THAT(checked.error().message, HasSubstr("127.0.0.1:8080"));
    }
}

TEST(Values, KnowsUrls) {
    EXPECT_TRUE(check_url("https://upload.example.org"));
    EXPECT_TRUE(check_url("http://127.0.0.1:9000"));
    for (const auto* text :
         {"", "upload.example.org", "ftp://x", "https://", "https://x/path", "https://u:p@x"}) {
        EXPECT_FALSE(check_url(text)) << text;
    }
}

}  // namespace
}  // namespace slipway::cli
