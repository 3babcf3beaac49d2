// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::engine {

/// A text as patterns see it: one unit a character. A byte that is not UTF-8 is a unit of its own
/// beyond Unicode, which only `*`, `?` and negated sets match, or the same byte.
std::u32string to_characters(std::string_view bytes);

/// A shell's pattern for a whole text: `*` any characters, `?` one, `[abx-z]` one of these,
/// `[!...]` one other. All of them match '/' too, as aws cli's do; nothing escapes, `[*]` is a
/// star.
///
/// The same as Python's fnmatch.fnmatchcase, which aws cli uses. A value; matching takes at most
/// text times pattern steps, never more.
class Glob {
  public:
    explicit Glob(std::string_view pattern);

    bool matches(std::u32string_view text) const;

    /// Whether every text that begins with `start` matches. May say no although it is so.
    bool matches_all_from(std::u32string_view start) const;

    /// Whether a longer text that begins with `start` may match. May say yes although none does.
    bool may_match_from(std::u32string_view start) const;

  private:
    using Range = std::pair<char32_t, char32_t>;
    struct Token {
        enum class Kind : std::uint8_t { one, any, set, star };
        Kind kind = Kind::one;
        char32_t character = 0;     // of one
        std::vector<Range> ranges;  // of set
        bool negated = false;       // of set
        bool matches(char32_t other) const;
    };

    static Token set_of(std::u32string_view members);

    std::vector<Token> tokens_;
};

}  // namespace slipway::engine
