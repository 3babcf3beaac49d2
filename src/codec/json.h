// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/limits.h"

#include <boost/json/fwd.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace slipway::codec {

/// Writes JSON to the end of a string. Commas are its business; that keys and ends match is the
/// caller's. The result is valid UTF-8 whatever comes in: a byte that is not becomes U+FFFD.
class JsonWriter {
  public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }
    void key(std::string_view name);

    void string(std::string_view text);
    void number(std::integral auto value) {
        if constexpr (std::signed_integral<decltype(value)>) {
            signed_number(value);
        } else {
            unsigned_number(value);
        }
    }
    /// Shortest text that reads back the same; null for what JSON cannot say (NaN, infinity).
    void number(double value);
    void boolean(bool value);
    void null();
    /// A text that is JSON already.
    void raw(std::string_view json);

    // A key and its value.
    void member(std::string_view name, std::string_view text) { key(name), string(text); }
    void member(std::string_view name, const char* text) { key(name), string(text); }
    void member(std::string_view name, const std::string& text) { key(name), string(text); }
    void member(std::string_view name, std::same_as<bool> auto value) { key(name), boolean(value); }
    void member(std::string_view name, double value) { key(name), number(value); }
    void member(std::string_view name,
                std::integral auto value) requires(!std::same_as<decltype(value), bool>) {
        key(name), number(value);
    }

  private:
    void open(char bracket);
    void close(char bracket);
    void separate();
    void quoted(std::string_view text);
    void signed_number(std::int64_t value);
    void unsigned_number(std::uint64_t value);

    std::string& out_;
    bool comma_ = false;  // the next value or key needs one before it
};

/// One value of a parsed document; null for what is not there. Valid as long as its Json.
class JsonView {
  public:
    JsonView() = default;
    explicit JsonView(const boost::json::value* value) : value_(value) {}

    /// Whether there is a value at all; `null` is one.
    explicit operator bool() const { return value_ != nullptr; }
    bool is_null() const;
    bool is_object() const;
    bool is_array() const;
    bool is_string() const;
    bool is_boolean() const;
    bool is_number() const;
    /// A number written with a fraction or exponent, or too large for 64 bits.
    bool is_fractional() const;

    /// What the value is, for messages: "a string", "an object", ...; "nothing" when not there.
    std::string_view type_name() const;

    // Each is empty when the value is of another type (or does not fit).
    std::optional<std::string_view> as_string() const;
    std::optional<bool> as_boolean() const;
    std::optional<std::int64_t> as_int64() const;
    std::optional<std::uint64_t> as_uint64() const;
    std::optional<double> as_double() const;

    /// Member of an object; not there when this is no object.
    JsonView find(std::string_view key) const;
    JsonView operator[](std::string_view key) const { return find(key); }

    /// Number of elements or members; 0 for anything else.
    std::size_t size() const;
    /// Element `index` of an array. Needs index < size().
    JsonView at(std::size_t index) const;
    /// Member `index` of an object in document order. Needs index < size().
    std::pair<std::string_view, JsonView> member_at(std::size_t index) const;

    class Elements;
    /// `for (JsonView file : files.elements())`; empty when this is no array.
    Elements elements() const;

  private:
    const boost::json::value* value_ = nullptr;
};

class JsonView::Elements {
  public:
    class Iterator {
      public:
        Iterator(JsonView array, std::size_t index) : array_(array), index_(index) {}
        JsonView operator*() const { return array_.at(index_); }
        Iterator& operator++() {
            ++index_;
            return *this;
        }
        bool operator==(const Iterator& other) const { return index_ == other.index_; }

      private:
        JsonView array_;
        std::size_t index_;
    };

    explicit Elements(JsonView array) : array_(array), size_(array.is_array() ? array.size() : 0) {}
    Iterator begin() const { return Iterator(array_, 0); }
    Iterator end() const { return Iterator(array_, size_); }
    std::size_t size() const { return size_; }

  private:
    JsonView array_;
    std::size_t size_;
};

inline JsonView::Elements JsonView::elements() const {
    return Elements(*this);
}

/// A parsed document, in one arena of memory. Moving it keeps views valid.
class Json {
  public:
    Json(Json&&) noexcept;
    Json& operator=(Json&&) noexcept;
    ~Json();

    JsonView root() const;

  private:
    friend struct JsonParser;
    struct Document;
    explicit Json(std::unique_ptr<Document> document);
    std::unique_ptr<Document> document_;
};

struct JsonLimits {
    std::size_t depth_max = limits::json_depth_max;
    std::size_t bytes_max = limits::api_body_bytes_max;
};

/// Reads one JSON document (RFC 8259, no extensions). Of equal keys the last wins.
///
/// Errors: invalid_argument `invalid_json` with line, column and what was expected; too_large.
Result<Json> parse_json(std::string_view text, JsonLimits limits = {});

}  // namespace slipway::codec
