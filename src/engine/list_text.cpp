// SPDX-License-Identifier: Apache-2.0
#include "engine/list_text.h"

#include "base/limits.h"

#include <utility>

namespace slipway::engine {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
/// Enough of an overlong path to know it by.
constexpr std::size_t shown_bytes = 100;

}  // namespace

void ListText::add(std::string_view bytes) {
    text_.erase(0, position_);
    position_ = 0;
    text_ += bytes;
}

/// Whether it is known what separates paths.
bool ListText::decide() {
    if (separator_) {
        return true;
    }
    const std::string_view probe = std::string_view(text_).substr(0, limits::list_probe_bytes);
    if (probe.find('\0') != std::string_view::npos) {
        separator_ = '\0';
    } else if (ended_ || probe.size() == limits::list_probe_bytes) {
        separator_ = '\n';
        position_ = probe.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    }
    return separator_.has_value();
}

std::optional<ListText::Line> ListText::next() {
    if (!decide()) {
        return std::nullopt;
    }
    while (position_ < text_.size()) {
        const std::size_t end = text_.find(*separator_, position_);
        const bool whole = end != std::string::npos;
        const std::string_view raw =
            std::string_view(text_).substr(position_, whole ? end - position_ : end);
        if (!whole && !ended_) {
            if (raw.size() > limits::list_path_bytes_max || overlong_) {
                if (!overlong_) {
                    overlong_ = Line{std::string(raw.substr(0, shown_bytes)), true};
                }
                position_ = text_.size();
            }
            return std::nullopt;
        }
        position_ += raw.size() + (whole ? 1 : 0);
        if (auto line = take(raw)) {
            return line;
        }
    }
    return ended_ ? std::exchange(overlong_, std::nullopt) : std::nullopt;
}

std::optional<ListText::Line> ListText::take(std::string_view raw) {
    if (overlong_) {
        return std::exchange(overlong_, std::nullopt);
    }
    if (*separator_ == '\n' && raw.ends_with('\r')) {
        raw.remove_suffix(1);
    }
    if (raw.empty()) {
        return std::nullopt;
    }
    if (raw.size() > limits::list_path_bytes_max) {
        return Line{std::string(raw.substr(0, shown_bytes)), true};
    }
    return Line{std::string(raw), false};
}

}  // namespace slipway::engine
