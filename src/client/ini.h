// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace slipway::client {

struct IniEntry {
    std::string key;  ///< in lower case
    std::string value;
    /// The indented lines below a key without a value: `s3 =`, then `  addressing_style = path`.
    std::vector<IniEntry> nested;
    int line = 0;
};

struct IniSection {
    std::string name;  ///< as written between the brackets, inner white space made one space
    std::vector<IniEntry> entries;
    int line = 0;

    /// The value of the last entry of that key, or nullptr.
    const std::string* find(std::string_view key) const;
    /// The same among the lines nested below `outer`.
    const std::string* find(std::string_view outer, std::string_view key) const;
};

struct IniFile {
    std::vector<IniSection> sections;
};

/// Reads the shared config and credentials files as the AWS SDKs do: sections in brackets,
/// `key = value`, nested blocks by indentation, comments from '#' or ';' at the start of a line or
/// after white space (in a value).
///
/// `name` is the file's, for messages. Errors: invalid_argument with name, line and what is wrong.
/// Source: "Shared config and credentials files", AWS SDKs and Tools Reference Guide (2026-11).
Result<IniFile> parse_ini(std::string_view text, std::string_view name);

}  // namespace slipway::client
