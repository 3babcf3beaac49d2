// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "objects/checksum.h"
#include "sqlite/database.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// How values that several tables have stand in their columns (docs/disk-format.md).
namespace slipway::store {

inline void bind_time(sqlite::Statement& statement, int parameter, Time time) {
    statement.bind(parameter, time.time_since_epoch().count());
}
inline Time time_in(const sqlite::Statement& row, int column) {
    return Time(std::chrono::microseconds(row.integer(column)));
}

/// NULL for an empty text.
inline void bind_optional(sqlite::Statement& statement, int parameter, std::string_view text) {
    if (text.empty()) {
        statement.bind_null(parameter);
    } else {
        statement.bind_text(parameter, text);
    }
}
inline void bind_optional(sqlite::Statement& statement,
                          int parameter,
                          std::optional<std::int64_t> value) {
    if (value) {
        statement.bind(parameter, *value);
    } else {
        statement.bind_null(parameter);
    }
}
inline void bind_optional_blob(sqlite::Statement& statement,
                               int parameter,
                               std::string_view bytes) {
    if (bytes.empty()) {
        statement.bind_null(parameter);
    } else {
        statement.bind_blob(parameter, bytes);
    }
}
inline std::optional<std::int64_t> optional_in(const sqlite::Statement& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(row.integer(column));
}

/// STANDARD takes no room.
inline void bind_storage_class(sqlite::Statement& statement,
                               int parameter,
                               std::string_view storage_class) {
    bind_optional(statement, parameter,
                  storage_class == "STANDARD" ? std::string_view() : storage_class);
}
inline std::string storage_class_in(const sqlite::Statement& row, int column) {
    return row.is_null(column) ? "STANDARD" : std::string(row.bytes(column));
}

/// Two columns: the algorithm and the value.
inline void bind_checksum(sqlite::Statement& statement,
                          int parameter,
                          const std::optional<objects::Checksum>& checksum) {
    if (checksum) {
        statement.bind(parameter, static_cast<std::int64_t>(checksum->algorithm));
        statement.bind_text(parameter + 1, checksum->value);
    } else {
        statement.bind_null(parameter);
        statement.bind_null(parameter + 1);
    }
}
inline std::optional<objects::Checksum> checksum_in(const sqlite::Statement& row, int column) {
    if (row.is_null(column)) {
        return std::nullopt;
    }
    return objects::Checksum{static_cast<objects::ChecksumAlgorithm>(row.integer(column)),
                             std::string(row.bytes(column + 1))};
}

}  // namespace slipway::store
