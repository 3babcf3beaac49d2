// SPDX-License-Identifier: Apache-2.0
#include "cli/settings_file.h"

#include "codec/toml.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace slipway::cli {
namespace {

class Reader {
  public:
    explicit Reader(SettingsFile& file) : file_(file) {}

    Result<> read(const toml::table& root) {
        for (const auto& [key, node] : root) {
            if (key.str() == "users") {
                SLIPWAY_CHECK(read_users(node));
            } else if (key.str() == "tiers") {
                SLIPWAY_CHECK(read_tiers(node));
            } else {
                SLIPWAY_CHECK(read_entry(key.str(), node));
            }
        }
        return {};
    }

  private:
    tl::unexpected<Error> wrong(const toml::node& node, std::string_view what) const {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("{}:{}: {}", file_.path, node.source().begin.line, what));
    }

    Result<> read_entry(std::string_view key, const toml::node& node) {
        FileEntry entry;
        entry.key = key;
        std::ranges::replace(entry.key, '-', '_');
        entry.line = static_cast<int>(node.source().begin.line);
        if (const auto* text = node.as_string()) {
            entry.text = text->get();
        } else if (const auto* number = node.as_integer()) {
            entry.text = std::to_string(number->get());
        } else if (const auto* truth = node.as_boolean()) {
            entry.text = truth->get() ? "true" : "false";
        } else {
            return wrong(node, fmt::format("{} is not a text, a whole number or a truth value; "
                                           "slipway serve --help lists the settings",
                                           key));
        }
        if (file_.find(entry.key) != nullptr) {
            return wrong(node, fmt::format("{} is set twice", entry.key));
        }
        file_.entries.push_back(std::move(entry));
        return {};
    }

    Result<> read_users(const toml::node& node) {
        const auto* list = node.as_array();
        if (list == nullptr) {
            return wrong(node, "users are written as [[users]] tables with name and token_sha256");
        }
        for (const auto& element : *list) {
            const auto* table = element.as_table();
            if (table == nullptr) {
                return wrong(element, "a user is a [[users]] table with name and token_sha256");
            }
            SLIPWAY_CHECK(read_user(*table));
        }
        return {};
    }

    Result<> read_user(const toml::table& table) {
        UserAccount user;
        for (const auto& [key, node] : table) {
            const auto text = node.value<std::string>();
            if (key.str() == "name" && text) {
                user.name = *text;
            } else if (key.str() == "token_sha256" && text) {
                user.token_sha256 = *text;
            } else {
                return wrong(node, fmt::format("[[users]] has no text '{}': a user has name and "
                                               "token_sha256",
                                               key.str()));
            }
        }
        if (user.name.empty() || user.name.find('/') != std::string::npos) {
            return wrong(table, "a user needs a name, without '/': it begins their keys");
        }
        const bool hex =
            user.token_sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
        if (user.token_sha256.size() != 64 || !hex) {
            return wrong(table, fmt::format("user {}: token_sha256 is not 64 lower-case hex "
                                            "digits; slipway token makes a token and prints it",
                                            user.name));
        }
        for (const UserAccount& other : file_.users) {
            if (other.name == user.name) {
                return wrong(table, fmt::format("user {} is there twice", user.name));
            }
        }
        file_.users.push_back(std::move(user));
        return {};
    }

    Result<> read_tiers(const toml::node& node) {
        const auto* table = node.as_table();
        if (table == nullptr || table->empty()) {
            return wrong(node, "tiers are written as a [tiers] table: standard = \"STANDARD\"");
        }
        std::vector<std::pair<std::string, std::string>> tiers;
        for (const auto& [key, value] : *table) {
            const auto text = value.value<std::string>();
            if (!text || text->empty()) {
                return wrong(value, fmt::format("tier {} needs the name of a storage class, e.g. "
                                                "\"GLACIER\"",
                                                key.str()));
            }
            tiers.emplace_back(key.str(), *text);
        }
        // In the order written, which the table does not keep: the first may be the default.
        std::ranges::sort(tiers, {}, [table](const auto& tier) {
            const auto& begin = table->get(tier.first)->source().begin;
            return std::pair(begin.line, begin.column);
        });
        file_.tiers = std::move(tiers);
        return {};
    }

    SettingsFile& file_;
};

}  // namespace

const FileEntry* SettingsFile::find(std::string_view key) const {
    const auto found = std::ranges::find(entries, key, &FileEntry::key);
    return found == entries.end() ? nullptr : &*found;
}

std::string SettingsFile::where(const FileEntry& entry) const {
    return fmt::format("{}:{}", path, entry.line);
}

Result<SettingsFile> parse_settings(std::string_view text, std::string path) {
    SettingsFile file;
    file.path = std::move(path);
    const auto parsed = codec::parse_toml(text);
    if (!parsed) {
        const codec::TomlError& error = parsed.error();
        return fail(ErrorKind::invalid_argument,
                    fmt::format("{}:{}:{}: {}", file.path, error.line, error.column, error.words));
    }
    SLIPWAY_CHECK(Reader(file).read(*parsed));
    return file;
}

Result<SettingsFile> read_settings_file(const std::string& path) {
    errno = 0;
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    if (stream) {
        text << stream.rdbuf();
    }
    if (!stream) {
        return fail(ErrorKind::io, fmt::format("cannot read the settings file {}: {}", path,
                                               std::strerror(errno)));
    }
    return parse_settings(text.view(), path);
}

}  // namespace slipway::cli
