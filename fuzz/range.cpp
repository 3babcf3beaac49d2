// SPDX-License-Identifier: Apache-2.0
// The headers that choose what of an object is sent: Range, If-Range and the conditions. The first
// line of the input is a Range, the second a list of ETags, the third a date.
#include "http/range.h"

#include "http/conditions.h"
#include "objects/conditions.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace slipway;

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

std::string_view take_line(std::string_view& text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
}

void check_range(std::string_view text) {
    const auto range = http::parse_range(text);
    if (!range) {
        return;
    }
    require(range->suffix.has_value() != range->first.has_value());
    for (const std::uint64_t size :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000}, std::uint64_t{1} << 62U}) {
        const auto slice = objects::resolve_range(range, size);
        if (slice) {
            require(slice->offset <= size && slice->length <= size - slice->offset);
            require(slice->length > 0 || !slice->partial);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    check_range(take_line(text));

    const std::string_view etags = take_line(text);
    const std::string plain = http::unquoted_etags(etags);
    require(plain.size() <= etags.size());
    http::Headers headers;
    headers.add("If-Match", std::string(etags));
    headers.add("If-Range", std::string(etags));
    headers.add("If-Modified-Since", std::string(take_line(text)));
    require(http::read_conditions(headers).if_match == plain);
    http::if_range_holds(etags, "abc", Time{});
    return 0;
}
