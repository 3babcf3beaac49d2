// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "engine/glob.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::engine {

/// An --include or --exclude, as the user gave it.
struct PathRule {
    bool include = false;
    std::string pattern;
};

/// Which files are taken, by their path relative to the root, as aws cli's --include and --exclude
/// say: of the rules in the order given the last whose pattern matches decides, and a file that
/// none matches is taken. Patterns are Globs, so `*` matches '/' as well.
///
/// A value.
class PathFilter {
  public:
    /// Takes everything.
    PathFilter() = default;

    /// Errors: invalid_argument for an empty or too long pattern (limits::filter_pattern_bytes_max)
    /// and for too many of them (limits::filter_patterns_max).
    static Result<PathFilter> of(std::span<const PathRule> rules);

    bool includes(std::string_view path) const;

    /// Whether a directory need be read; `directory` is without a '/' at its end. False only where
    /// an exclude rule matches all that could be below it, such as `.git/*` or `*`, and no include
    /// rule after it can.
    bool may_include_below(std::string_view directory) const;

  private:
    struct Rule {
        bool include = false;
        Glob glob;
    };
    std::vector<Rule> rules_;  // the last one given first: the first that matches decides
};

}  // namespace slipway::engine
