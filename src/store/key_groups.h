// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// Keys that a delimiter puts into one group, for the lists of objects and of uploads. Pure.
namespace slipway::store {

/// The least name above every name that starts with `prefix`. UTF-8 has no byte 0xff, so a key
/// never reaches the bound that stands for "no end".
inline std::string end_of(std::string_view prefix) {
    std::string end(prefix);
    while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) {
        end.pop_back();
    }
    if (end.empty()) {
        return "\xff";
    }
    end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
    return end;
}

/// The common prefix that stands for `name`; empty when it stands for itself.
inline std::string_view group_of(std::string_view name,
                                 std::string_view prefix,
                                 std::string_view delimiter) {
    if (delimiter.empty() || !name.starts_with(prefix)) {
        return {};
    }
    const auto found = name.find(delimiter, prefix.size());
    return found == std::string_view::npos ? std::string_view()
                                           : name.substr(0, found + delimiter.size());
}

}  // namespace slipway::store
