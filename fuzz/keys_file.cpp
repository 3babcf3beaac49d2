// SPDX-License-Identifier: Apache-2.0
// A file with a store's keys. No error ever tells a secret.
#include "gateway/keys_file.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace slipway;

namespace {

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) {
        ++found;
    }
    return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto keys = gateway::parse_keys_file(text, "keys.toml");
    if (!keys) {
        // Unless the input has what looks like one elsewhere: an id is told.
        const bool secrets_only = count(text, "SECRET12") == count(text, "secret = \"SECRET12");
        if (secrets_only && count(keys.error().message, "SECRET12") > 0) {
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
