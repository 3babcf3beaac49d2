// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sqlite/database.h"

#include <string>

namespace slipway::catalog {

/// How the catalog's database is opened for writing.
sqlite::DatabaseOptions writing_options(const std::string& path);

/// Opens the catalog's database for writing and makes its tables where they are missing.
/// Errors: io, no_space, corrupted; unsupported: written by a newer Slipway.
Result<sqlite::Database> open_for_writing(const std::string& path);

/// A further connection, for reading, to a database that is there.
Result<sqlite::Database> open_for_reading(const std::string& path);

}  // namespace slipway::catalog
