// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/catalog.h"
#include "objects/object_store.h"
#include "server/settings.h"

namespace slipway::server {

/// Compares what the store has with what was promised, and answers the file that this makes. Pure.
///
/// The file counts as uploaded when the store says so.
/// Errors: corrupted `size_differs`, `class_differs`, `checksum_differs`, each with both values.
Result<catalog::File> prove(const catalog::Upload& upload,
                            const objects::ObjectInfo& found,
                            const Settings& settings);

/// Whether the store still has the very object that an upload is to replace: that one must not pass
/// for the new one because it has the same size. A declared checksum tells by itself. Pure.
bool is_replaced_object(const catalog::Pending& pending, const objects::ObjectInfo& found);

/// The same for a file that was confirmed before: it must still be there as it was.
/// Errors: corrupted `object_changed`.
Result<catalog::File> prove_again(const catalog::File& file, const objects::ObjectInfo& found);

}  // namespace slipway::server
