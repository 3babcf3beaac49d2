// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/serve.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::cli {

/// A setting as a settings file has it.
struct FileEntry {
    std::string key;   ///< with '-' made '_'
    std::string text;  ///< numbers and truth values as they are written
    int line = 0;
};

/// What a settings file says, before anybody knows what it means.
struct SettingsFile {
    std::string path;
    std::vector<FileEntry> entries;
    std::vector<UserAccount> users;                                         ///< [[users]]
    std::optional<std::vector<std::pair<std::string, std::string>>> tiers;  ///< [tiers]

    const FileEntry* find(std::string_view key) const;
    /// "PATH:LINE".
    std::string where(const FileEntry& entry) const;
};

/// Reads TOML. Errors: invalid_argument with path, line and what is wrong.
Result<SettingsFile> parse_settings(std::string_view text, std::string path);

/// Errors: also io: not there, not readable.
Result<SettingsFile> read_settings_file(const std::string& path);

}  // namespace slipway::cli
