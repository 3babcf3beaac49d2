// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/pacer.h"
#include "engine/plan.h"
#include "objects/object_store.h"
#include "task/body.h"
#include "task/spread.h"

#include <cstdint>
#include <functional>
#include <string>

namespace slipway::engine {

/// A stream whose size nobody knows before its end, and the object it becomes.
struct StreamTarget {
    std::string bucket;
    std::string key;
    objects::ObjectAttributes attributes;
    objects::Conditions conditions;  ///< if_match, if_none_match only
    objects::ChecksumAlgorithm checksum = objects::ChecksumAlgorithm::crc64nvme;
    Pacer* pacer = nullptr;  ///< what is read of the stream passes it; nullptr: no limit
    StreamParts parts;
    /// Of parts on their way; a stream that waits for memory by itself needs no limit here.
    std::uint64_t memory_bytes = limits::engine_memory_bytes;
    /// Parts on their way at once.
    unsigned requests_max = limits::engine_requests_max;
    /// The threads that send the parts; nullptr: the caller's. Outlives the upload
    Spread* spread = nullptr;
    /// Bytes that are stored, as parts or as the whole; may be empty.
    std::function<void(std::uint64_t bytes)> stored;
    /// Looked at before each part, and when the stream has ended, before it becomes an object; may
    /// be empty.
    std::function<bool()> cancelled;
};

/// Stores what a stream brings: in one PUT if it ends within the first part, else in parts that
/// grow (StreamParts), several of them on their way while the next is read.
///
/// A part is held until it is stored, so that it can be sent again; memory is memory_bytes at most.
/// `store` repeats what fails for a reason that passes (objects::RetryingStore). Called, and tells,
/// on one I/O thread. Errors: those of the stream and of the store; too_large beyond 10,000 parts;
/// cancelled. What was begun is aborted then.
Task<objects::ObjectInfo> upload_stream(objects::ObjectStore& store,
                                        BodyReader& stream,
                                        const StreamTarget& target);

}  // namespace slipway::engine
