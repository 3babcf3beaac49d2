// SPDX-License-Identifier: Apache-2.0
// A file with a store's keys. No error ever tells a secret.
#include "gateway/keys_file.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace slipway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto keys = gateway::parse_keys_file(text, "keys.toml");
    if (!keys) {
        if (keys.error().message.find("SECRET12") != std::string::npos) {
            std::abort();
        }
        return 0;
    }
    for (const gateway::KeyGrant& key : *keys) {
        const bool whole = !key.credentials.access_key_id.empty() && !key.buckets.empty() &&
                           key.credentials.secret_access_key.reveal().size() >= 8;
        if (!whole) {
            std::abort();
        }
    }
    return 0;
}
