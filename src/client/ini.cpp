// SPDX-License-Identifier: Apache-2.0
#include "client/ini.h"

#include "http/headers.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace slipway::client {
namespace {

constexpr std::string_view blank = " \t\r";

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

/// "[ profile   work ]" -> "profile work"; nullopt without a closing bracket.
std::optional<std::string> section_name(std::string_view line) {
    const auto close = line.find(']');
    if (close == std::string_view::npos) {
        return std::nullopt;
    }
    std::string name;
    for (const char c : trim(line.substr(1, close - 1))) {
        const bool space = c == ' ' || c == '\t';
        if (!space || !name.ends_with(' ')) {
            name.push_back(space ? ' ' : c);
        }
    }
    return name;
}

/// A '#' or ';' after white space begins a comment: secret keys may contain neither, URLs may '#'.
std::string_view without_comment(std::string_view value) {
    for (std::size_t i = 1; i < value.size(); ++i) {
        if ((value[i] == '#' || value[i] == ';') && blank.find(value[i - 1]) != blank.npos) {
            return value.substr(0, i);
        }
    }
    return value;
}

const std::string* find_last(const std::vector<IniEntry>& entries, std::string_view key) {
    const auto found = std::find_if(entries.rbegin(), entries.rend(),
                                    [key](const IniEntry& entry) { return entry.key == key; });
    return found == entries.rend() ? nullptr : &found->value;
}

class IniParser {
  public:
    explicit IniParser(std::string_view name) : name_(name) {}

    Result<> take(std::string_view line) {
        ++line_;
        const auto text = trim(line);
        if (text.empty() || text.front() == '#' || text.front() == ';') {
            return {};
        }
        if (text.front() == '[') {
            return open_section(text);
        }
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) {
            return wrong("expected 'key = value' or '[section]'");
        }
        if (file.sections.empty()) {
            return wrong("a setting outside any [section]");
        }
        IniEntry entry;
        entry.key = http::lower_case(trim(text.substr(0, equals)));
        entry.value = trim(without_comment(text.substr(equals)).substr(1));
        entry.line = line_;
        if (entry.key.empty()) {
            return wrong("the key before '=' is missing");
        }
        auto& entries = file.sections.back().entries;
        const bool indented = blank.find(line.front()) != blank.npos;
        if (indented && !entries.empty() && entries.back().value.empty()) {
            entries.back().nested.push_back(std::move(entry));
        } else {
            entries.push_back(std::move(entry));
        }
        return {};
    }

    IniFile file;

  private:
    Result<> open_section(std::string_view text) {
        auto name = section_name(text);
        if (!name || name->empty()) {
            return wrong("a section's name stands between '[' and ']'");
        }
        file.sections.push_back(IniSection{std::move(*name), {}, line_});
        return {};
    }

    /// The line itself is not quoted: it may hold a secret.
    tl::unexpected<Error> wrong(std::string_view what) const {
        return fail(ErrorKind::invalid_argument, fmt::format("{}:{}: {}", name_, line_, what));
    }

    std::string_view name_;
    int line_ = 0;
};

}  // namespace

const std::string* IniSection::find(std::string_view key) const {
    return find_last(entries, key);
}

const std::string* IniSection::find(std::string_view outer, std::string_view key) const {
    const std::string* found = nullptr;
    for (const IniEntry& entry : entries) {
        if (entry.key == outer) {
            if (const std::string* value = find_last(entry.nested, key); value != nullptr) {
                found = value;
            }
        }
    }
    return found;
}

Result<IniFile> parse_ini(std::string_view text, std::string_view name) {
    if (text.starts_with("\xef\xbb\xbf")) {
        text.remove_prefix(3);  // some editors begin a file with a byte order mark
    }
    IniParser parser(name);
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        SLIPWAY_CHECK(parser.take(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::move(parser.file);
}

}  // namespace slipway::client
