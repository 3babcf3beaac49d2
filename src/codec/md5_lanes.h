// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec/digest.h"

#include <cstddef>
#include <span>

namespace slipway::codec {

namespace md5_kernels {
struct Kernel;
}

/// Bytes that come next in a stream, and the stream's hash.
struct Md5Piece {
    Md5* hash;
    std::span<const std::byte> bytes;
};

/// How many streams this processor hashes in hardly more time than one (found out at run time).
std::size_t md5_lanes();

/// Does piece.hash->update(piece.bytes) for all pieces, so many streams at once. Each hash is there
/// once. Pieces of different sizes are welcome; the last one left is no faster than by itself.
void md5_update_together(std::span<const Md5Piece> pieces);

/// The same in certain ways, which the processor must know; without any, one after the other.
void md5_update_together(std::span<const Md5Piece> pieces,
                         std::span<const md5_kernels::Kernel> kernels);

}  // namespace slipway::codec
