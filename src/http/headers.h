// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::http {

struct Header {
    std::string name;
    std::string value;
    friend bool operator==(const Header&, const Header&) = default;
};

/// Compares ASCII letters without case, as header names are.
bool equal_ignoring_case(std::string_view a, std::string_view b);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);
/// With its ASCII letters as small ones.
std::string lower_case(std::string_view text);

/// Without the spaces and tabs around it.
std::string_view trimmed(std::string_view text);

/// The header fields of a message in the order they came. Names compare without case.
class Headers {
  public:
    /// Appends; a name may occur several times.
    void add(std::string name, std::string value);
    /// Replaces all fields of that name by one.
    void set(std::string_view name, std::string value);
    void remove(std::string_view name);

    /// The first value, or nullptr. Valid until the fields change.
    const std::string* find(std::string_view name) const;
    /// The first value, or an empty text.
    std::string_view get(std::string_view name) const;
    bool has(std::string_view name) const { return find(name) != nullptr; }
    std::size_t count(std::string_view name) const;

    auto begin() const { return fields_.begin(); }
    auto end() const { return fields_.end(); }
    std::size_t size() const { return fields_.size(); }
    void reserve(std::size_t count) { fields_.reserve(count); }

    friend bool operator==(const Headers&, const Headers&) = default;

  private:
    std::vector<Header> fields_;
};

}  // namespace slipway::http
