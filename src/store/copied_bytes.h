// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/checksum.h"
#include "store/object_get.h"
#include "store/receive_body.h"

#include <memory>
#include <optional>

namespace slipway::store {

/// The chosen bytes of an object anew, as if they had been sent again: for an object or a part.
///
/// All of an object that was put in one piece gets a second name for the same file, as files never
/// change, and is read only for a checksum that it does not have. Anything else is read and
/// written. `algorithm` is that of the checksum to remember; nothing: the source's.
/// Errors: `InvalidRequest` for more bytes than S3 copies at a time.
Task<std::unique_ptr<ReceivedBody>> copy_bytes(Storage& storage,
                                               OpenObject source,
                                               std::optional<objects::ChecksumAlgorithm> algorithm);

}  // namespace slipway::store
