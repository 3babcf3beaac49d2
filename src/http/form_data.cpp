// SPDX-License-Identifier: Apache-2.0
#include "http/form_data.h"

#include "codec/percent.h"
#include "http/headers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

namespace slipway::http {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view headers_end = "\r\n\r\n";

tl::unexpected<Error> malformed(std::string words) {
    return fail(ErrorKind::invalid_argument, std::move(words), "malformed_form");
}

/// RFC 2046's bchars; what else browsers and libraries use is visible as well.
bool is_boundary(std::string_view text) {
    return !text.empty() && text.size() <= limits::form_boundary_bytes_max && text.back() != ' ' &&
           std::ranges::all_of(text, [](char each) { return each >= ' ' && each <= '~'; });
}

/// `%22`, `%0D` and `%0A` are how browsers write quotes and line ends in names (WHATWG, "multipart/
/// form-data encoding algorithm", 2021); any other percent sign is one.
std::optional<char> browser_escape(std::string_view text) {
    if (text.size() < 3 || text[0] != '%') {
        return std::nullopt;
    }
    const std::string_view code = text.substr(1, 2);
    if (code == "22") {
        return '"';
    }
    if (equal_ignoring_case(code, "0d")) {
        return '\r';
    }
    return equal_ignoring_case(code, "0a") ? std::optional('\n') : std::nullopt;
}

/// A quoted value without its quotes, as long as there is a closing one; takes it off `rest`.
///
/// A backslash escapes a quote and itself (RFC 9110), and stands for itself before anything else:
/// old browsers sent "C:\fakepath\a.jpg".
std::string take_quoted(std::string_view& rest) {
    std::string value;
    std::size_t at = 1;
    while (at < rest.size() && rest[at] != '"') {
        const std::string_view here = rest.substr(at);
        if (here.starts_with("\\\"") || here.starts_with("\\\\")) {
            value.push_back(here[1]);
            at += 2;
        } else if (const auto escaped = browser_escape(here)) {
            value.push_back(*escaped);
            at += 3;
        } else {
            value.push_back(here[0]);
            at += 1;
        }
    }
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return value;
}

std::string take_value(std::string_view& rest) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    if (rest.starts_with('"')) {
        return take_quoted(rest);
    }
    const auto end = std::min(rest.find(';'), rest.size());
    const std::string value(trimmed(rest.substr(0, end)));
    rest.remove_prefix(end);
    return value;
}

/// `UTF-8''na%C3%AFve.txt` (RFC 8187), which RFC 7578 forbids and old libraries send (urllib3 1.x,
/// as of 2026-11).
std::optional<std::string> extended_value(std::string_view text) {
    const auto language = text.find('\'');
    const auto value = language == text.npos ? text.npos : text.find('\'', language + 1);
    if (value == text.npos || !equal_ignoring_case(text.substr(0, language), "utf-8")) {
        return std::nullopt;
    }
    auto decoded = codec::percent_decode(text.substr(value + 1));
    return decoded ? std::optional(*std::move(decoded)) : std::nullopt;
}

/// The value of one header field of a part; nothing when it is not there. Folded lines are one.
std::optional<std::string> find_field(std::string_view block, std::string_view name) {
    std::optional<std::string> found;
    while (!block.empty()) {
        const auto end = std::min(block.find(line_end), block.size());
        const std::string_view line = block.substr(0, end);
        block.remove_prefix(std::min(end + line_end.size(), block.size()));
        if (found && (line.starts_with(' ') || line.starts_with('\t'))) {
            found->append(" ").append(trimmed(line));
            continue;
        }
        if (found) {
            break;
        }
        const auto colon = line.find(':');
        if (colon != line.npos && equal_ignoring_case(trimmed(line.substr(0, colon)), name)) {
            found = trimmed(line.substr(colon + 1));
        }
    }
    return found;
}

}  // namespace

std::optional<std::string> header_parameter(std::string_view field, std::string_view name) {
    std::optional<std::string> extended;
    std::string_view rest = field.substr(std::min(field.find(';'), field.size()));
    while (!rest.empty()) {
        rest.remove_prefix(std::min(rest.find_first_not_of("; \t"), rest.size()));
        const auto name_end = std::min(rest.find_first_of("=;"), rest.size());
        const std::string_view each = trimmed(rest.substr(0, name_end));
        rest.remove_prefix(name_end);
        if (!rest.starts_with('=')) {
            continue;
        }
        rest.remove_prefix(1);
        std::string value = take_value(rest);
        if (equal_ignoring_case(each, name)) {
            return value;
        }
        if (each.ends_with('*') && equal_ignoring_case(each.substr(0, each.size() - 1), name)) {
            extended = extended_value(value);
        }
    }
    return extended;
}

Result<std::string> form_boundary(std::string_view content_type) {
    const auto type = trimmed(content_type.substr(0, content_type.find(';')));
    if (!equal_ignoring_case(type, "multipart/form-data")) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("the body is {}; send the files as multipart/form-data",
                                type.empty() ? "of no Content-Type" : type),
                    "not_a_form");
    }
    auto boundary = header_parameter(content_type, "boundary");
    if (!boundary || !is_boundary(*boundary)) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("Content-Type names {}; HTTP libraries set it by themselves when "
                                "they are not given a Content-Type",
                                boundary ? "a boundary that is none: 1 to 70 visible characters"
                                         : "no boundary"),
                    "no_boundary");
    }
    return *std::move(boundary);
}

FormDataParser::FormDataParser(std::string_view boundary)
    : delimiter_("\r\n--" + std::string(boundary)) {
}

Result<FormEvent> FormDataParser::next(std::string_view& bytes) {
    while (!bytes.empty()) {
        Result<FormEvent> event;
        switch (state_) {
            case State::preamble:
            case State::data:
                event = matched_ > 0 ? go_on_with_delimiter(bytes) : search(bytes);
                break;
            case State::delimiter_line:
                event = read_delimiter_line(bytes);
                break;
            case State::headers:
                event = read_headers(bytes);
                break;
            case State::epilogue:
                SLIPWAY_CHECK(check_preamble(bytes.size()));
                bytes = {};
                break;
        }
        if (!event || event->kind != FormEvent::Kind::none) {
            return event;
        }
    }
    return FormEvent{};
}

/// Bytes that turned out to be no boundary.
FormEvent FormDataParser::passed(std::string_view data, bool held) {
    if (state_ != State::data || data.empty()) {
        return {};
    }
    return {FormEvent::Kind::data, data, held};
}

Result<> FormDataParser::check_preamble(std::size_t bytes) {
    if (state_ == State::data) {
        return {};
    }
    outside_bytes_ += bytes;
    if (outside_bytes_ <= limits::form_outside_bytes_max) {
        return {};
    }
    if (state_ == State::epilogue) {
        return malformed("much follows after the end of the form; was it one form?");
    }
    return fail(ErrorKind::invalid_argument,
                fmt::format("the body does not begin with the boundary that Content-Type names: "
                            "--{}",
                            std::string_view(delimiter_).substr(4)),
                "wrong_boundary");
}

namespace {

/// A register that every 64-bit processor has; more of them at a time are the compiler's.
constexpr std::size_t lane_bytes = 16;
using Lanes [[gnu::vector_size(lane_bytes)]] = signed char;

Lanes lanes_at(const char* bytes) {
    Lanes lanes;
    std::memcpy(&lanes, bytes, lane_bytes);
    return lanes;
}

bool any(const Lanes& lanes) {
    std::array<std::uint64_t, 2> halves{};
    std::memcpy(halves.data(), &lanes, lane_bytes);
    return (halves[0] | halves[1]) != 0;
}

/// As bytes.find(delimiter), at less than half of memmem's cost, which was a sixth of what a form
/// costs: looks for the delimiter's first and last byte in their distance, 64 places at a time.
std::size_t find_delimiter(std::string_view bytes, std::string_view delimiter) {
    constexpr std::size_t step = 4 * lane_bytes;
    const std::size_t to_last = delimiter.size() - 1;
    const Lanes first = Lanes{} + static_cast<signed char>(delimiter.front());
    const Lanes last = Lanes{} + static_cast<signed char>(delimiter.back());
    const auto match = [&](std::size_t place) {
        return (lanes_at(bytes.data() + place) == first) &
               (lanes_at(bytes.data() + place + to_last) == last);
    };
    std::size_t at = 0;
    for (; at + to_last + step <= bytes.size(); at += step) {
        const Lanes candidates = match(at) | match(at + lane_bytes) | match(at + 2 * lane_bytes) |
                                 match(at + 3 * lane_bytes);
        if (any(candidates)) {
            const auto found = bytes.substr(at, step + to_last).find(delimiter);
            if (found != bytes.npos) {
                return at + found;
            }
        }
    }
    const auto found = bytes.substr(at).find(delimiter);
    return found == bytes.npos ? found : at + found;
}

}  // namespace

Result<FormEvent> FormDataParser::search(std::string_view& bytes) {
    const std::size_t found = find_delimiter(bytes, delimiter_);
    std::size_t size = bytes.size();
    if (found != bytes.npos) {
        size = found;
        matched_ = delimiter_.size();
        const std::string_view data = bytes.substr(0, size);
        bytes.remove_prefix(size + delimiter_.size());
        SLIPWAY_CHECK(check_preamble(size));
        // Data and the end of their part are two events: the end is found when called again.
        return size > 0 && state_ == State::data ? passed(data, false) : found_delimiter();
    }
    // The delimiter's only CR is its first byte: so no more than the last one can begin it.
    const std::size_t tail = std::min(bytes.size(), delimiter_.size() - 1);
    const std::string_view last = bytes.substr(bytes.size() - tail);
    const auto start = last.rfind('\r');
    if (start != last.npos && delimiter_.starts_with(last.substr(start))) {
        matched_ = tail - start;
        size -= matched_;
    }
    const std::string_view data = std::exchange(bytes, std::string_view()).substr(0, size);
    SLIPWAY_CHECK(check_preamble(size));
    return passed(data, false);
}

Result<FormEvent> FormDataParser::go_on_with_delimiter(std::string_view& bytes) {
    const std::string_view missing = std::string_view(delimiter_).substr(matched_);
    const std::size_t size = std::min(missing.size(), bytes.size());
    if (missing.substr(0, size) != bytes.substr(0, size)) {
        const std::size_t held = std::exchange(matched_, 0);
        SLIPWAY_CHECK(check_preamble(held));
        return passed(std::string_view(delimiter_).substr(0, held), true);
    }
    matched_ += size;
    bytes.remove_prefix(size);
    return matched_ == delimiter_.size() ? found_delimiter() : FormEvent();
}

Result<FormEvent> FormDataParser::found_delimiter() {
    matched_ = 0;
    line_.clear();
    const bool ends_part = state_ == State::data;
    state_ = State::delimiter_line;
    return ends_part ? FormEvent{FormEvent::Kind::part_end, {}, false} : FormEvent();
}

Result<FormEvent> FormDataParser::read_delimiter_line(std::string_view& bytes) {
    while (!bytes.empty()) {
        line_.push_back(bytes.front());
        bytes.remove_prefix(1);
        if (line_ == "--") {
            state_ = State::epilogue;
            return FormEvent{FormEvent::Kind::form_end, {}, false};
        }
        if (line_.ends_with(line_end)) {
            line_ = line_end;
            state_ = State::headers;
            return FormEvent();
        }
        // RFC 2046 lets spaces stand there.
        const bool padding = line_.find_first_not_of(" \t\r") == std::string::npos;
        if ((!padding && line_ != "-") || line_.size() > limits::form_boundary_bytes_max) {
            return malformed(fmt::format(
                "after part {} the boundary is followed by neither a line end nor '--'", parts_));
        }
    }
    return FormEvent();
}

Result<FormEvent> FormDataParser::read_headers(std::string_view& bytes) {
    while (!bytes.empty()) {
        const auto size = std::min(bytes.find('\n'), bytes.size() - 1) + 1;
        if (line_.size() + size > limits::form_part_header_bytes_max) {
            return fail(ErrorKind::too_large,
                        fmt::format("part {} of the form has more than {} bytes of headers",
                                    parts_ + 1, limits::form_part_header_bytes_max),
                        "part_header_too_large");
        }
        line_.append(bytes.substr(0, size));
        bytes.remove_prefix(size);
        if (line_.ends_with(headers_end)) {
            SLIPWAY_CHECK(begin_part());
            return FormEvent{FormEvent::Kind::part_begin, {}, false};
        }
    }
    return FormEvent();
}

Result<> FormDataParser::begin_part() {
    if (++parts_ > limits::form_parts_max) {
        return fail(ErrorKind::too_large,
                    fmt::format("the form has more than {} parts; send several forms",
                                limits::form_parts_max),
                    "too_many_parts");
    }
    const auto disposition = find_field(line_, "Content-Disposition");
    auto name = disposition ? header_parameter(*disposition, "name") : std::nullopt;
    if (!name) {
        return malformed(
            fmt::format("part {} of the form has no Content-Disposition with a name", parts_));
    }
    part_.name = *std::move(name);
    part_.file_name = header_parameter(*disposition, "filename");
    part_.content_type = find_field(line_, "Content-Type").value_or("");
    line_ = std::string();  // gives the memory back, a slow sender may hold on for long
    state_ = State::data;
    return {};
}

Result<> FormDataParser::finish() const {
    if (state_ == State::epilogue) {
        return {};
    }
    if (state_ == State::preamble) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("the boundary that Content-Type names is nowhere in the body: --{}",
                                std::string_view(delimiter_).substr(4)),
                    "wrong_boundary");
    }
    return fail(ErrorKind::invalid_argument,
                fmt::format("the form is cut off within part {}: its last boundary is missing",
                            std::max<std::size_t>(parts_, 1)),
                "truncated_form");
}

}  // namespace slipway::http
