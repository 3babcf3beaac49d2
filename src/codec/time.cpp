// SPDX-License-Identifier: Apache-2.0
#include "codec/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace slipway::codec {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> day_names = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> long_day_names = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// A point in time taken apart.
struct Fields {
    unsigned year = 0;
    unsigned month = 0;
    unsigned day = 0;
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;
    unsigned microsecond = 0;
    unsigned weekday = 0;  // from Sunday
};

Fields fields_of(Time time) {
    const auto midnight = floor<days>(time);
    const year_month_day date(midnight);
    const hh_mm_ss clock(time - midnight);
    return Fields{static_cast<unsigned>(static_cast<int>(date.year())),
                  static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()),
                  static_cast<unsigned>(clock.hours().count()),
                  static_cast<unsigned>(clock.minutes().count()),
                  static_cast<unsigned>(clock.seconds().count()),
                  static_cast<unsigned>(clock.subseconds().count()),
                  weekday(midnight).c_encoding()};
}

std::optional<Time> time_of(const Fields& f) {
    const year_month_day date(year(static_cast<int>(f.year)), month(f.month), day(f.day));
    // A leap second (":60") is the next second, as for everyone who counts like POSIX.
    if (!date.ok() || f.year == 0 || f.hour > 23 || f.minute > 59 || f.second > 60) {
        return std::nullopt;
    }
    return Time(sys_days(date)) + hours(f.hour) + minutes(f.minute) + seconds(f.second) +
           microseconds(f.microsecond);
}

/// Reads a text from the left; after a mismatch `ok` is false and stays so.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    unsigned number(std::size_t digit_count) {
        unsigned value = 0;
        for (std::size_t i = 0; i < digit_count; ++i) {
            const char c = take();
            ok_ = ok_ && c >= '0' && c <= '9';
            value = value * 10 + static_cast<unsigned>(c - '0') % 10;
        }
        return value;
    }

    void literal(std::string_view expected) {
        if (!accept(expected)) {
            ok_ = false;
        }
    }

    bool accept(std::string_view expected) {
        if (!rest_.starts_with(expected)) {
            return false;
        }
        rest_.remove_prefix(expected.size());
        return true;
    }

    /// The index of the name the text continues with.
    template <std::size_t count>
    unsigned one_of(const std::array<std::string_view, count>& names) {
        const auto found = std::ranges::find_if(
            names, [this](std::string_view name) { return rest_.starts_with(name); });
        if (found == names.end()) {
            ok_ = false;
            return 0;
        }
        rest_.remove_prefix(found->size());
        return static_cast<unsigned>(found - names.begin());
    }

    char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
    char take() {
        const char c = peek();
        ok_ = ok_ && !rest_.empty();
        rest_.remove_prefix(rest_.empty() ? 0 : 1);
        return c;
    }
    bool ok() const { return ok_; }
    bool done() const { return ok_ && rest_.empty(); }

  private:
    std::string_view rest_;
    bool ok_ = true;
};

void scan_clock(Scanner& in, Fields& f) {
    f.hour = in.number(2);
    in.literal(":");
    f.minute = in.number(2);
    in.literal(":");
    f.second = in.number(2);
}

tl::unexpected<Error> not_a_date(std::string_view text, std::string_view example) {
    return fail(ErrorKind::invalid_argument, fmt::format("not a date: \"{}\"; expected one like {}",
                                                         text.substr(0, 64), example));
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
bool scan_imf_fixdate(Scanner in, Fields& f) {
    in.one_of(day_names);
    in.literal(", ");
    f.day = in.number(2);
    in.literal(" ");
    f.month = in.one_of(month_names) + 1;
    in.literal(" ");
    f.year = in.number(4);
    in.literal(" ");
    scan_clock(in, f);
    in.literal(" GMT");
    return in.done();
}

/// "Sunday, 06-Nov-94 08:49:37 GMT"
bool scan_rfc850_date(Scanner in, Fields& f) {
    in.one_of(long_day_names);
    in.literal(", ");
    f.day = in.number(2);
    in.literal("-");
    f.month = in.one_of(month_names) + 1;
    in.literal("-");
    const unsigned year = in.number(2);
    f.year = year + (year < 70 ? 2000 : 1900);
    in.literal(" ");
    scan_clock(in, f);
    in.literal(" GMT");
    return in.done();
}

/// "Sun Nov  6 08:49:37 1994"
bool scan_asctime_date(Scanner in, Fields& f) {
    in.one_of(day_names);
    in.literal(" ");
    f.month = in.one_of(month_names) + 1;
    in.literal(" ");
    f.day = in.accept(" ") ? in.number(1) : in.number(2);
    in.literal(" ");
    scan_clock(in, f);
    in.literal(" ");
    f.year = in.number(4);
    return in.done();
}

void write_digits(std::string& text, std::size_t at, std::size_t count, unsigned number) {
    for (std::size_t i = at + count; i > at; --i) {
        text[i - 1] = static_cast<char>('0' + number % 10);
        number /= 10;
    }
}

}  // namespace

std::string amz_date(Time time) {  // for each request that is signed
    const Fields f = fields_of(time);
    std::string text = "00000000T000000Z";
    write_digits(text, 0, 4, f.year);
    write_digits(text, 4, 2, f.month);
    write_digits(text, 6, 2, f.day);
    write_digits(text, 9, 2, f.hour);
    write_digits(text, 11, 2, f.minute);
    write_digits(text, 13, 2, f.second);
    return text;
}

std::string amz_day(Time time) {
    const Fields f = fields_of(time);
    return fmt::format("{:04}{:02}{:02}", f.year, f.month, f.day);
}

std::string iso8601(Time time) {
    const Fields f = fields_of(time);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", f.year, f.month, f.day, f.hour,
                       f.minute, f.second, f.microsecond / 1000);
}

std::string iso8601_seconds(Time time) {
    const Fields f = fields_of(time);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", f.year, f.month, f.day, f.hour,
                       f.minute, f.second);
}

std::string http_date(Time time) {
    const Fields f = fields_of(time);
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", day_names[f.weekday], f.day,
                       month_names[f.month - 1], f.year, f.hour, f.minute, f.second);
}

Result<Time> parse_amz_date(std::string_view text) {
    Scanner in(text);
    Fields f;
    f.year = in.number(4);
    f.month = in.number(2);
    f.day = in.number(2);
    in.literal("T");
    f.hour = in.number(2);
    f.minute = in.number(2);
    f.second = in.number(2);
    in.literal("Z");
    const auto time = in.done() ? time_of(f) : std::nullopt;
    if (!time) {
        return not_a_date(text, "20261121T050000Z");
    }
    return *time;
}

Result<Time> parse_http_date(std::string_view text) {
    Fields f;
    const bool read = scan_imf_fixdate(Scanner(text), f) || scan_rfc850_date(Scanner(text), f) ||
                      scan_asctime_date(Scanner(text), f);
    const auto time = read ? time_of(f) : std::nullopt;
    if (!time) {
        return not_a_date(text, "Sat, 21 Nov 2026 05:00:00 GMT");
    }
    return *time;
}

Result<Time> parse_iso8601(std::string_view text) {
    constexpr std::string_view example = "2026-11-21T05:00:00.000Z";
    Scanner in(text);
    Fields f;
    f.year = in.number(4);
    in.literal("-");
    f.month = in.number(2);
    in.literal("-");
    f.day = in.number(2);
    in.literal("T");
    scan_clock(in, f);
    if (in.accept(".")) {
        unsigned digit_value = 100'000;
        do {
            f.microsecond += in.number(1) * digit_value;
            digit_value /= 10;
        } while (in.ok() && in.peek() >= '0' && in.peek() <= '9');
    }
    minutes offset{0};
    if (!in.accept("Z")) {
        const char sign = in.take();
        const unsigned offset_hours = in.number(2);
        in.literal(":");
        const unsigned offset_minutes = in.number(2);
        if ((sign != '+' && sign != '-') || offset_hours > 23 || offset_minutes > 59) {
            return not_a_date(text, example);
        }
        offset = (hours(offset_hours) + minutes(offset_minutes)) * (sign == '-' ? -1 : 1);
    }
    const auto time = in.done() ? time_of(f) : std::nullopt;
    if (!time) {
        return not_a_date(text, example);
    }
    return *time - offset;
}

}  // namespace slipway::codec
