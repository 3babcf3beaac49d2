// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/body_digests.h"
#include "store/storage.h"
#include "task/body.h"

#include <cstdint>
#include <memory>
#include <string>

namespace slipway::store {

/// A body that has arrived whole and is what was declared: in `data`, or durable in `file`.
struct ReceivedBody {
    std::uint64_t size = 0;
    BodyDigests::Values digests;
    std::string data;
    std::unique_ptr<DataFile> file;
};

/// Errors: `EntityTooLarge` for more than one PUT, of an object or a part, may bring.
Result<> check_body_size(std::uint64_t size);

/// Reads a body to its end, the way every byte comes into the store.
///
/// Memory: the bytes while they are few enough for the index, in a buffer that grows with what
/// arrives; after that two chunks at most, each held only while it is written.
/// Errors: those of BodyDigests; `EntityTooLarge`; `IncompleteBody`; those of the body and of the
/// disk.
Task<std::unique_ptr<ReceivedBody>> receive_body(Storage& storage,
                                                 DeclaredDigests declared,
                                                 BodyReader& body);

}  // namespace slipway::store
