// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/clock.h"

#include <string>
#include <string_view>

/// Dates as the protocols write them, always UTC, without locale. Years 0001 to 9999.
namespace slipway::codec {

/// "20261121T050000Z"
std::string amz_date(Time time);
/// "20261121"
std::string amz_day(Time time);
/// "2026-11-21T05:00:00.000Z", cut to milliseconds.
std::string iso8601(Time time);
/// "2026-11-21T05:00:00Z"
std::string iso8601_seconds(Time time);
/// "Sat, 21 Nov 2026 05:00:00 GMT" (RFC 9110 IMF-fixdate)
std::string http_date(Time time);

/// Each reads what its writer writes; errors are invalid_argument and quote the text.
Result<Time> parse_amz_date(std::string_view text);
/// All three forms of RFC 9110 section 5.6.7. A two-digit year is 1970 to 2069.
Result<Time> parse_http_date(std::string_view text);
/// RFC 3339: any number of fraction digits (cut to microseconds), "Z" or an offset "+02:00".
Result<Time> parse_iso8601(std::string_view text);

}  // namespace slipway::codec
