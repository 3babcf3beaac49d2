// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <string>
#include <string_view>
#include <utility>

/// What a damaged index may answer although SQLite finds nothing wrong with it.
namespace slipway::store {

inline auto damaged_index(std::string_view what) {
    return fail(ErrorKind::corrupted,
                "the store's index: " + std::string(what) + "; restore the store from a backup");
}

/// The order of a query's rows, from `first` on. A damaged tree may break it, and who goes on
/// behind the last row he saw would see the same rows for ever.
template <class Place>
class RowOrder {
  public:
    explicit RowOrder(Place first) : least_(std::move(first)) {}

    template <class Seen>
    Result<> check(const Seen& place) {
        if (place < least_) {
            return damaged_index("rows are out of order");
        }
        least_ = place;
        return {};
    }

  private:
    Place least_;
};

}  // namespace slipway::store
