// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/source.h"

#include <cstddef>
#include <functional>
#include <span>

namespace slipway::engine {

/// Shows the bytes of [part.offset, part.offset + part.size) in their order. Holds one chunk at a
/// time: those who hold one and wait for another would wait for each other.
/// Errors: those of the source.
Task<> read_through(Source& source,
                    Part part,
                    ChunkPool& pool,
                    const std::function<void(std::span<const std::byte>)>& see);

}  // namespace slipway::engine
