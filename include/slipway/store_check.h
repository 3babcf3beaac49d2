// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/export.h"
#include "slipway/result.h"

#include <cstdint>
#include <functional>
#include <string>

namespace slipway {

/// Which embedded store is to be checked, and how.
struct StoreCheckRequest {
    /// Its data directory; empty: default_data_dir(). Or the `store` directory in it.
    std::string directory;
    /// Remove what nothing refers to, unless the index is damaged. What is damaged is never
    /// touched.
    bool repair = false;
};

/// Something in a store that is not as it should be.
struct StoreFinding {
    /// "index_damaged", "object_damaged", "object_missing"; or harmless: "leftover_file",
    /// "leftover_bytes".
    std::string what;
    std::string where;    ///< "bucket/key", or a path in the store's directory
    std::string message;  ///< what is wrong, and what to do
    bool repaired = false;
};

/// How far a check is; `..._all` are what the index says there is.
struct StoreCheckProgress {
    std::uint64_t objects = 0;
    std::uint64_t objects_all = 0;
    std::uint64_t bytes = 0;
    std::uint64_t bytes_all = 0;
    std::uint64_t files = 0;
};

struct StoreCheckReport {
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;
    std::uint64_t findings = 0;
    std::uint64_t repaired = 0;
};

/// Reads every byte of a store that is not being served and compares it with what was recorded when
/// it came; and the index with the files, and with itself. Blocks.
///
/// each      is called with every finding; may be empty
/// progress  is called often; may be empty. Both on the caller's thread.
/// Errors: not_found: there is no store; unavailable: it is in use; unsupported: another version of
/// Slipway wrote it; permission_denied; io.
SLIPWAY_API Result<StoreCheckReport> check_store(
    const StoreCheckRequest& request,
    const std::function<void(const StoreFinding&)>& each,
    const std::function<void(const StoreCheckProgress&)>& progress = {});

}  // namespace slipway
