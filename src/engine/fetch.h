// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/arrival.h"

#include <chrono>
#include <functional>
#include <string>

namespace slipway::engine {

struct FetchRequest {
    std::string bucket;
    std::string key;
    int descriptor = -1;     ///< where its bytes go, such as standard output; not closed
    bool trust_etag = true;  ///< see ContentCheck
    std::chrono::milliseconds no_progress_time_max = limits::engine_no_progress_time_max;
    // What is told, on the I/O thread; each may be empty.
    std::function<void()> requested;  ///< one more request goes out
    Arrival::Told told;
    std::function<void(const Error& why)> retried;
    std::function<double()> random;  ///< in [0, 1), for rests; tests replace it
};

/// Brings one object to where bytes can only go one after the other, and verifies them; files are
/// for Download.
///
/// What breaks off for a reason that passes is tried again until nothing has come for as long as
/// Patience has and limits::retry_attempts_max requests. `store` should send each request
/// once. Errors: those of Arrival; corrupted: other bytes than the store says; those of writing.
Task<objects::ObjectInfo> fetch(objects::ObjectStore& store,
                                DiskThreads& disk,
                                FetchRequest request);

}  // namespace slipway::engine
