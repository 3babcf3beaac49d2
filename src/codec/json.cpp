// SPDX-License-Identifier: Apache-2.0
#include "codec/json.h"

#include "base/assert.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <new>

namespace slipway::codec {

namespace json = boost::json;

// --- views ---------------------------------------------------------------------------------------

bool JsonView::is_null() const {
    return value_ != nullptr && value_->is_null();
}
bool JsonView::is_object() const {
    return value_ != nullptr && value_->is_object();
}
bool JsonView::is_array() const {
    return value_ != nullptr && value_->is_array();
}
bool JsonView::is_string() const {
    return value_ != nullptr && value_->is_string();
}
bool JsonView::is_boolean() const {
    return value_ != nullptr && value_->is_bool();
}
bool JsonView::is_number() const {
    return value_ != nullptr && value_->is_number();
}
bool JsonView::is_fractional() const {
    return value_ != nullptr && value_->is_double();
}

std::string_view JsonView::type_name() const {
    if (value_ == nullptr) {
        return "nothing";
    }
    switch (value_->kind()) {
        case json::kind::null:
            return "null";
        case json::kind::bool_:
            return "a boolean";
        case json::kind::int64:
        case json::kind::uint64:
            return "an integer";
        case json::kind::double_:
            return "a fractional number";
        case json::kind::string:
            return "a string";
        case json::kind::array:
            return "an array";
        case json::kind::object:
            return "an object";
    }
    return "nothing";
}

std::optional<std::string_view> JsonView::as_string() const {
    if (!is_string()) {
        return std::nullopt;
    }
    const json::string& text = value_->get_string();
    return std::string_view(text.data(), text.size());
}

std::optional<bool> JsonView::as_boolean() const {
    return is_boolean() ? std::optional(value_->get_bool()) : std::nullopt;
}

std::optional<std::int64_t> JsonView::as_int64() const {
    // Boost.JSON uses uint64 only for what int64 cannot hold.
    if (value_ == nullptr || !value_->is_int64()) {
        return std::nullopt;
    }
    return value_->get_int64();
}

std::optional<std::uint64_t> JsonView::as_uint64() const {
    if (value_ != nullptr && value_->is_uint64()) {
        return value_->get_uint64();
    }
    const auto value = as_int64();
    return value && *value >= 0 ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
}

std::optional<double> JsonView::as_double() const {
    if (!is_number()) {
        return std::nullopt;
    }
    if (value_->is_double()) {
        return value_->get_double();
    }
    return value_->is_int64() ? static_cast<double>(value_->get_int64())
                              : static_cast<double>(value_->get_uint64());
}

JsonView JsonView::find(std::string_view key) const {
    return is_object() ? JsonView(value_->get_object().if_contains({key.data(), key.size()}))
                       : JsonView();
}

std::size_t JsonView::size() const {
    if (is_array()) {
        return value_->get_array().size();
    }
    return is_object() ? value_->get_object().size() : 0;
}

JsonView JsonView::at(std::size_t index) const {
    SLIPWAY_ASSERT(is_array() && index < size());
    return JsonView(value_->get_array().data() + index);
}

std::pair<std::string_view, JsonView> JsonView::member_at(std::size_t index) const {
    SLIPWAY_ASSERT(is_object() && index < size());
    const json::key_value_pair& member = *(value_->get_object().begin() + index);
    return {std::string_view(member.key().data(), member.key().size()), JsonView(&member.value())};
}

// --- parsing -------------------------------------------------------------------------------------

struct Json::Document {
    explicit Document(std::size_t arena_bytes) : arena(arena_bytes) {}

    json::monotonic_resource arena;
    json::value root;
};

Json::Json(std::unique_ptr<Document> document) : document_(std::move(document)) {
}
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;

JsonView Json::root() const {
    return JsonView(&document_->root);
}

namespace {

bool inside_string(std::string_view before) {
    bool inside = false;
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i] == '"') {
            inside = !inside;
        } else if (before[i] == '\\' && inside) {
            ++i;
        }
    }
    return inside;
}

/// What a syntax error at `offset` was waiting for, judged by what stands before it.
std::string_view expected_at(std::string_view text, std::size_t offset) {
    if (inside_string(text.substr(0, offset))) {
        return "expected text in valid UTF-8, with control characters, quotes and '\\' escaped";
    }
    const auto before = text.substr(0, offset).find_last_not_of(" \t\r\n");
    switch (before == std::string_view::npos ? '\0' : text[before]) {
        case '\0':
            return "expected a JSON value";
        case '{':
            return "expected a key in double quotes or '}'";
        case '[':
            return "expected a value or ']'";
        case ':':
            return "expected a value";
        case ',':
            return "expected a value, or a key in double quotes";
        default:
            return "expected ',', ':' or a closing bracket";
    }
}

std::string_view expectation(const json::error_code& code,
                             std::string_view text,
                             std::size_t offset) {
    if (code == json::error::incomplete) {
        return "the document ends too early";
    }
    if (code == json::error::extra_data) {
        return "expected the end of the document";
    }
    if (code == json::error::too_deep) {
        return "nested too deeply";
    }
    if (code == json::error::expected_hex_digit) {
        return "expected four hex digits after \\u";
    }
    if (code == json::error::expected_utf16_escape ||
        code == json::error::illegal_leading_surrogate ||
        code == json::error::illegal_trailing_surrogate) {
        return "expected a pair of \\u surrogates";
    }
    if (code == json::error::exponent_overflow) {
        return "the number's exponent is too large";
    }
    return expected_at(text, offset);
}

/// "line 3, column 7 (byte 41)" for a 0-based offset.
std::string place(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    return fmt::format("line {}, column {} (byte {})", line, offset - line_start + 1, offset);
}

}  // namespace

struct JsonParser {
    static Result<Json> parse(std::string_view text, JsonLimits limits) {
        if (text.size() > limits.bytes_max) {
            return fail(ErrorKind::too_large,
                        fmt::format("the JSON document has {} bytes; at most {} are read",
                                    text.size(), limits.bytes_max));
        }
        // Values take about as much room as their text; one block mostly holds them all.
        auto document = std::make_unique<Json::Document>(text.size() * 2 + 1024);
        std::array<unsigned char, 8192> scratch;
        json::parse_options options;
        options.max_depth = limits.depth_max;
        try {
            json::parser parser({}, options, scratch.data(), scratch.size());
            parser.reset(&document->arena);
            json::error_code code;
            const std::size_t read = parser.write(text.data(), text.size(), code);
            if (code) {
                const std::size_t offset =
                    code == json::error::incomplete ? text.size() : std::min(read, text.size());
                return fail(ErrorKind::invalid_argument,
                            fmt::format("invalid JSON at {}: {}", place(text, offset),
                                        expectation(code, text, offset)),
                            "invalid_json");
            }
            // Not assignment: that would copy into the default memory.
            document->root.~value();
            ::new (&document->root) json::value(parser.release());
        } catch (const std::exception& failure) {
            // Sizes above Boost.JSON's own limits, and memory.
            return fail(ErrorKind::too_large,
                        fmt::format("the JSON document cannot be held: {}", failure.what()));
        }
        return Json(std::move(document));
    }
};

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
    return JsonParser::parse(text, limits);
}

}  // namespace slipway::codec
