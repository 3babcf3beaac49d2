// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/transfer.h"

#include <string_view>

namespace slipway::engine {

/// Whether the store has the file already: an object of its key with its size and its bytes, as the
/// object's checksum says, or for want of one its ETag where that is an MD5.
///
/// False where the store tells neither: then only sending it again makes sure. Cost: one HEAD, and
/// where the sizes are equal one reading of the file, a chunk at a time.
/// Errors: those of the HEAD but not_found, and of reading.
Task<bool> is_present(objects::ObjectStore& store,
                      std::string_view bucket,
                      const NewFile& file,
                      ChunkPool& pool);

/// Whether the store has any object of that key. Cost: one HEAD. Errors: those of it but not_found.
Task<bool> is_taken(objects::ObjectStore& store, std::string_view bucket, std::string_view key);

}  // namespace slipway::engine
