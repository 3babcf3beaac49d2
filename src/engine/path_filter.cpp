// SPDX-License-Identifier: Apache-2.0
#include "engine/path_filter.h"

#include "base/limits.h"

#include <fmt/format.h>

namespace slipway::engine {

Result<PathFilter> PathFilter::of(std::span<const PathRule> rules) {
    if (rules.size() > limits::filter_patterns_max) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("{} include and exclude patterns: at most {} are taken",
                                rules.size(), limits::filter_patterns_max));
    }
    PathFilter filter;
    for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule) {
        const std::string_view what = rule->include ? "include" : "exclude";
        if (rule->pattern.empty()) {
            return fail(ErrorKind::invalid_argument,
                        fmt::format("an empty {} pattern matches no file; '*' matches all", what));
        }
        if (rule->pattern.size() > limits::filter_pattern_bytes_max) {
            return fail(
                ErrorKind::invalid_argument,
                fmt::format("an {} pattern of {} bytes, '{:.40}...': at most {} are taken", what,
                            rule->pattern.size(), rule->pattern, limits::filter_pattern_bytes_max));
        }
        filter.rules_.push_back(Rule{rule->include, Glob(rule->pattern)});
    }
    return filter;
}

bool PathFilter::includes(std::string_view path) const {
    if (rules_.empty()) {
        return true;
    }
    const std::u32string characters = to_characters(path);
    for (const Rule& rule : rules_) {
        if (rule.glob.matches(characters)) {
            return rule.include;
        }
    }
    return true;
}

bool PathFilter::may_include_below(std::string_view directory) const {
    if (rules_.empty()) {
        return true;
    }
    const std::u32string start = to_characters(directory) + U'/';
    for (const Rule& rule : rules_) {
        if (rule.include && rule.glob.may_match_from(start)) {
            return true;
        }
        if (!rule.include && rule.glob.matches_all_from(start)) {
            return false;
        }
    }
    return true;
}

}  // namespace slipway::engine
