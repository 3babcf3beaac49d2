// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <map>

namespace slipway::store {

/// Row ids, which mostly follow one another: a bit each where they do.
class IdSet {
  public:
    /// Whether it was not in there yet.
    bool add(std::int64_t id) {
        auto bit = pages_[id >> page_bits][static_cast<std::size_t>(id) & (page_ids - 1)];
        const bool fresh = !bit;
        bit = true;
        return fresh;
    }
    bool contains(std::int64_t id) const {
        const auto page = pages_.find(id >> page_bits);
        return page != pages_.end() && page->second[static_cast<std::size_t>(id) & (page_ids - 1)];
    }

  private:
    static constexpr unsigned page_bits = 15;
    static constexpr std::size_t page_ids = std::size_t{1} << page_bits;
    std::map<std::int64_t, std::bitset<page_ids>> pages_;
};

}  // namespace slipway::store
