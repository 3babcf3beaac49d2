// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sqlite/database.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace slipway::store {

/// Writes `blobs`: bytes that are small enough for the index. One thread.
class BlobTable {
  public:
    explicit BlobTable(sqlite::Database& database) : database_(database) {}
    Result<> prepare();

    /// Stores `data` in place of what the row `replaced` holds; answers its row, nothing for no
    /// bytes.
    Result<std::optional<std::int64_t>> store(std::string_view data,
                                              std::optional<std::int64_t> replaced);
    Result<> remove(std::optional<std::int64_t> blob);

  private:
    sqlite::Database& database_;
    sqlite::Statement insert_;
    sqlite::Statement update_;
    sqlite::Statement remove_;
};

}  // namespace slipway::store
