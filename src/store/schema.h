// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sqlite/database.h"

namespace slipway::store {

/// Makes the index's tables in a new database, and brings those of an older format up to date, in
/// one transaction (docs/disk-format.md says what they hold).
/// Errors: unsupported when a newer version of Slipway wrote it.
Result<> make_tables(sqlite::Database& database);

/// For who reads a store without serving it: whether its tables are those of the newest format.
/// Errors: unsupported when they are of a newer or an older one.
Result<> check_format(sqlite::Database& database);

}  // namespace slipway::store
