// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/catalog.h"
#include "sqlite/database.h"

#include <string>

namespace slipway::catalog {

// The columns below in this order; read_upload and read_file rely on it.
inline constexpr const char* upload_columns =
    "id, s3_key, file_size, content_type, tier, checksum, expires_at";
inline constexpr const char* file_columns =
    "id, s3_key, file_size, content_type, tier, checksum, etag, uploaded_at";

std::int64_t to_column(Time time);
Time to_time(std::int64_t column);

/// The current row of a statement that selects upload_columns first.
Upload read_upload(const sqlite::Statement& row);
/// The current row of a statement that selects file_columns first.
File read_file(const sqlite::Statement& row);

}  // namespace slipway::catalog
