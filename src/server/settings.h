// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/limits.h"
#include "base/secret.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::server {

/// A name that clients give, and the storage class it stands for.
struct Tier {
    std::string name;
    std::string storage_class;
};

/// Somebody who may use the API, known by the SHA-256 of a token, in lower-case hex.
struct User {
    std::string name;
    std::string token_sha256;
};

/// What the upload service runs with; plain values, checked by the caller.
struct Settings {
    std::string bucket = "slipway";
    /// The first one is who the printed link signs in.
    std::vector<User> users;
    /// Signs the page's cookies. Kept over restarts so that pages stay signed in.
    Secret session_key;
    std::chrono::seconds session_expiry = limits::session_expiry;

    std::uint64_t file_size_max = limits::file_size_max_default;
    std::size_t batch_files_max = limits::batch_files_max_default;
    std::chrono::seconds presign_expiry = limits::presign_expiry_default;
    unsigned uploads_concurrent_max = limits::uploads_concurrent_max_default;
    unsigned confirm_concurrency = limits::confirm_concurrency_max;
    std::chrono::seconds confirm_grace = limits::confirm_grace;

    std::vector<Tier> tiers = {{"standard", "STANDARD"}, {"glacier", "GLACIER"}};
    std::string tier_default = "standard";

    /// Where the browser sends files to, "http://127.0.0.1:9000"; for the page's security policy.
    std::string store_origin;
    /// Hosts the service answers for, without port; empty: any. Protects a loopback service from
    /// pages elsewhere whose name was pointed at it (DNS rebinding).
    std::vector<std::string> allowed_hosts;
    /// Origins of other pages that may call the API with a token, "https://app.example.org", or
    /// "*" for all; empty: none but our own.
    std::vector<std::string> allowed_origins;
    std::string version;

    const Tier* find_tier(std::string_view name) const {
        for (const Tier& tier : tiers) {
            if (tier.name == name) {
                return &tier;
            }
        }
        return nullptr;
    }
};

}  // namespace slipway::server
