// SPDX-License-Identifier: Apache-2.0
#include "codec/time.h"

#include <gtest/gtest.h>

namespace slipway::codec {
namespace {

using namespace std::chrono;

constexpr Time sunday = sys_days(year(1994) / November / 6) + 8h + 49min + 37s;
constexpr Time with_fraction = sys_days(year(2026) / November / 21) + 5h + 123'987us;

TEST(Time, WritesEachForm) {
    EXPECT_EQ(amz_date(with_fraction), "20261121T050000Z");
    EXPECT_EQ(amz_day(with_fraction), "20261121");
    EXPECT_EQ(iso8601(with_fraction), "2026-11-21T05:00:00.123Z");
    EXPECT_EQ(iso8601_seconds(with_fraction), "2026-11-21T05:00:00Z");
    EXPECT_EQ(http_date(sunday), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Time, BeforeTheEpochTimeStillRunsForward) {
    EXPECT_EQ(iso8601(Time(-1us)), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(http_date(Time(-1us)), "Wed, 31 Dec 1969 23:59:59 GMT");
}

TEST(Time, ReadsWhatItWrites) {
    for (const Time time : {Time{}, sunday, Time(sys_days(year(2024) / February / 29)),
                            Time(sys_days(year(9999) / December / 31)) + 86'399s}) {
        EXPECT_EQ(parse_amz_date(amz_date(time)).value(), time);
        EXPECT_EQ(parse_http_date(http_date(time)).value(), time);
        EXPECT_EQ(parse_iso8601(iso8601(time)).value(), time);
    }
}

TEST(Time, ReadsTheThreeFormsOfRfc9110) {
    EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").value(), sunday);
    EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT").value(), sunday);
    EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994").value(), sunday);
    EXPECT_EQ(parse_http_date("Wed Nov 16 08:49:37 1994").value(), sunday + days(10));
}

TEST(Time, ReadsOffsetsAndFractions) {
    const Time five = sys_days(year(2026) / November / 21) + 5h;
    EXPECT_EQ(parse_iso8601("2026-11-21T05:00:00Z").value(), five);
    EXPECT_EQ(parse_iso8601("2026-11-21T07:30:00+02:30").value(), five);
    EXPECT_EQ(parse_iso8601("2026-11-21T00:00:00.000-05:00").value(), five);
    EXPECT_EQ(parse_iso8601("2026-11-21T05:00:00.1Z").value(), five + 100ms);
    EXPECT_EQ(parse_iso8601("2026-11-21T05:00:00.123456789Z").value(), five + 123'456us);
}

TEST(Time, RefusesWhatIsNoDate) {
    for (const std::string_view text :
         {"", "20261121", "20261121T050000", "20261121T050000z", "2026-1121T05000Z",
          "20261321T050000Z", "20260230T050000Z", "20261121T240000Z", "20261121T056000Z",
          "20261121T050000Z ", "00001121T050000Z", "2026112 T050000Z"}) {
        EXPECT_FALSE(parse_amz_date(text)) << text;
    }
    for (const std::string_view text :
         {"", "Sun, 06 Nov 1994 08:49:37", "Sun, 6 Nov 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 08:49:37 UTC", "Son, 06 Nov 1994 08:49:37 GMT",
          "Sun, 31 Feb 1994 08:49:37 GMT", "06 Nov 1994 08:49:37 GMT"}) {
        EXPECT_FALSE(parse_http_date(text)) << text;
    }
    for (const std::string_view text :
         {"2026-11-21", "2026-11-21T05:00:00", "2026-11-21T05:00:00.Z", "2026-11-21 05:00:00Z",
          "2026-11-21T05:00:00+2:00", "2026-11-21T05:00:00+24:00", "2026-11-21T05:00:00 02:00"}) {
        EXPECT_FALSE(parse_iso8601(text)) << text;
    }
    EXPECT_EQ(parse_amz_date("soon").error().message,
              "not a date: \"soon\"; expected one like 20261121T050000Z");
}

}  // namespace
}  // namespace slipway::codec
