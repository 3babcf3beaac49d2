// SPDX-License-Identifier: Apache-2.0
#include "body.h"

#include <algorithm>

namespace slipway::load {

std::string_view Body::keep(std::string text) {
    return kept_.emplace_back(std::move(text));
}

void Body::append(std::string_view kept) {
    if (kept.empty())
        return;
    pieces_.push_back({size_, kept});
    size_ += kept.size();
}

void Body::append_repeated(std::string_view kept, std::size_t size) {
    for (std::size_t left = size; left > 0 && !kept.empty();) {
        const std::size_t step = std::min(left, kept.size());
        append(kept.substr(0, step));
        left -= step;
    }
}

std::string_view Body::from(std::size_t offset) const {
    if (offset >= size_)
        return {};
    const auto after = std::upper_bound(
        pieces_.begin(), pieces_.end(), offset,
        [](std::size_t wanted, const Piece& piece) { return wanted < piece.begin; });
    const Piece& piece = *std::prev(after);
    return piece.bytes.substr(offset - piece.begin);
}

bool Body::equals(std::size_t offset, std::string_view bytes) const {
    while (!bytes.empty()) {
        std::string_view wanted = from(offset);
        wanted = wanted.substr(0, bytes.size());
        if (wanted.empty() || bytes.substr(0, wanted.size()) != wanted)
            return false;
        offset += wanted.size();
        bytes.remove_prefix(wanted.size());
    }
    return true;
}

}  // namespace slipway::load
