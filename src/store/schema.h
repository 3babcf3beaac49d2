// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sqlite/database.h"

namespace slipway::store {

/// Makes the index's tables in a new database, and brings those of an older format up to date, in
/// one transaction (docs/disk-format.md says what they hold).
/// Errors: unsupported when a newer version of Slipway wrote it.
Result<> make_tables(sqlite::Database& database);

/// Whether the index has the format that this version writes.
/// Errors: unsupported: a newer one, or an older one that has to be brought up to date first.
Result<> check_format(sqlite::Database& database);

}  // namespace slipway::store
