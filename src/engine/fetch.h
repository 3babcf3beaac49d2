// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/target_file.h"
#include "objects/object_store.h"
#include "task/disk_threads.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace slipway::engine {

struct FetchRequest {
    std::string bucket;
    std::string key;
    std::shared_ptr<ByteSink> sink;  ///< shared with disk threads, which may outlive a cancel
    bool trust_etag = true;          ///< see ContentCheck
    // What is told, on the I/O thread; each may be empty.
    std::function<void()> requested;                             ///< one more request goes out
    std::function<void(const objects::ObjectInfo& info)> begun;  ///< once: it is there
    std::function<void(std::uint64_t bytes)> received;
    std::function<void(const Error& why)> retried;
    std::function<double()> random;  ///< in [0, 1), for rests; tests replace it
};

/// Brings one object into its sink, in the order of its bytes, and verifies them.
///
/// What breaks off for a reason that passes goes on where it was, by a request for the rest of the
/// same object (If-Match), limits::download_attempts_max times in a row without progress. Memory:
/// two pieces of a body. `store` should send each request once.
/// Errors: those of get; corrupted: other bytes than the store says, or `SourceChanged`: the
/// object was replaced meanwhile; those of the sink.
Task<objects::ObjectInfo> fetch(objects::ObjectStore& store,
                                DiskThreads& disk,
                                FetchRequest request);

}  // namespace slipway::engine
