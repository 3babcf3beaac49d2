// SPDX-License-Identifier: Apache-2.0
#include "engine/glob.h"

#include "codec/utf8.h"

#include <algorithm>
#include <cstddef>

namespace slipway::engine {
namespace {

constexpr char32_t foreign_byte = 0x110000;  // the first value that is no character

char32_t decode(std::string_view sequence) {
    const auto byte = [sequence](std::size_t i) {
        return static_cast<char32_t>(static_cast<unsigned char>(sequence[i]));
    };
    if (sequence.size() == 1) {
        return byte(0);
    }
    char32_t value = byte(0) & (0x7fU >> sequence.size());
    for (std::size_t i = 1; i < sequence.size(); ++i) {
        value = (value << 6U) | (byte(i) & 0x3fU);
    }
    return value;
}

/// Where the set that begins behind pattern[open] == '[' ends: the ']', or npos. One that comes
/// first is a member.
std::size_t set_end(std::u32string_view pattern, std::size_t open) {
    std::size_t from = open + 1;
    for (const char32_t member : {U'!', U']'}) {
        if (from < pattern.size() && pattern[from] == member) {
            ++from;
        }
    }
    return pattern.find(U']', from);
}

}  // namespace

std::u32string to_characters(std::string_view bytes) {
    std::u32string characters;
    characters.reserve(bytes.size());
    while (!bytes.empty()) {
        const std::size_t size = codec::utf8_sequence_bytes(bytes);
        if (size == 0) {
            characters += foreign_byte + static_cast<unsigned char>(bytes.front());
            bytes.remove_prefix(1);
        } else {
            characters += decode(bytes.substr(0, size));
            bytes.remove_prefix(size);
        }
    }
    return characters;
}

Glob::Glob(std::string_view pattern) {
    const std::u32string text = to_characters(pattern);
    for (std::size_t at = 0; at < text.size(); ++at) {
        Token token;
        if (text[at] == U'*') {
            if (!tokens_.empty() && tokens_.back().kind == Token::Kind::star) {
                continue;
            }
            token.kind = Token::Kind::star;
        } else if (text[at] == U'?') {
            token.kind = Token::Kind::any;
        } else if (text[at] == U'[' && set_end(text, at) != std::u32string::npos) {
            const std::size_t end = set_end(text, at);
            token = set_of(std::u32string_view(text).substr(at + 1, end - at - 1));
            at = end;
        } else {
            token.character = text[at];
        }
        tokens_.push_back(std::move(token));
    }
}

Glob::Token Glob::set_of(std::u32string_view members) {
    Token token;
    token.kind = Token::Kind::set;
    token.negated = members.starts_with(U'!');
    members.remove_prefix(token.negated ? 1 : 0);
    while (!members.empty()) {
        const bool range = members.size() >= 3 && members[1] == U'-';
        token.ranges.emplace_back(members[0], range ? members[2] : members[0]);
        members.remove_prefix(range ? 3 : 1);
    }
    return token;
}

bool Glob::Token::matches(char32_t other) const {
    switch (kind) {
        case Kind::one:
            return character == other;
        case Kind::any:
        case Kind::star:
            return true;
        case Kind::set:
            break;
    }
    const bool member = std::ranges::any_of(ranges, [other](const Range& range) {
        return range.first <= other && other <= range.second;
    });
    return member != negated;
}

bool Glob::matches(std::u32string_view text) const {
    // When something does not match, only the last star need take one character more: what lay
    // before it matched as early as it could.
    constexpr auto none = static_cast<std::size_t>(-1);
    std::size_t token = 0;
    std::size_t at = 0;
    std::size_t star = none;
    std::size_t star_at = 0;
    while (at < text.size()) {
        if (token < tokens_.size() && tokens_[token].kind == Token::Kind::star) {
            star = token++;
            star_at = at;
        } else if (token < tokens_.size() && tokens_[token].matches(text[at])) {
            ++token;
            ++at;
        } else if (star != none) {
            token = star + 1;
            at = ++star_at;
        } else {
            return false;
        }
    }
    return token == tokens_.size() ||
           (token + 1 == tokens_.size() && tokens_[token].kind == Token::Kind::star);
}

bool Glob::matches_all_from(std::u32string_view start) const {
    return !tokens_.empty() && tokens_.back().kind == Token::Kind::star && matches(start);
}

bool Glob::may_match_from(std::u32string_view start) const {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
        if (i == start.size() || tokens_[i].kind == Token::Kind::star) {
            return true;
        }
        if (!tokens_[i].matches(start[i])) {
            return false;
        }
    }
    return false;
}

}  // namespace slipway::engine
