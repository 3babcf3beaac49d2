// SPDX-License-Identifier: Apache-2.0
// Include and exclude patterns. Each line of the input is a rule, "+" or "-" and the pattern;
// behind the first empty line come a directory and a path below it, a line each.
#include "engine/path_filter.h"

#include "base/limits.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

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

/// What is said of all texts must hold for this one, and a literal pattern for itself.
void check_glob(std::string_view pattern, std::string_view directory, std::string_view path) {
    const engine::Glob glob(pattern);
    const std::u32string start = engine::to_characters(directory) + U'/';
    const std::u32string text = start + engine::to_characters(path);
    const bool matches = glob.matches(text);
    require(matches || !glob.matches_all_from(start));
    require(!matches || path.empty() || glob.may_match_from(start));
    if (pattern.find_first_of("*?[") == std::string_view::npos) {
        require(glob.matches(engine::to_characters(pattern)));
        require(matches == (engine::to_characters(pattern) == text));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    std::vector<engine::PathRule> rules;
    for (auto line = take_line(text); !line.empty(); line = take_line(text)) {
        rules.push_back({line.front() == '+', std::string(line.substr(1))});
    }
    const std::string_view directory = take_line(text);
    const std::string_view path = take_line(text);
    for (const engine::PathRule& rule : rules) {
        check_glob(rule.pattern, directory, path);
    }
    const auto filter = engine::PathFilter::of(rules);
    if (!filter) {
        return 0;
    }
    const std::string whole = std::string(directory) + "/" + std::string(path);
    const bool included = filter->includes(whole);
    require(!included || path.empty() || filter->may_include_below(directory));
    return 0;
}
