// SPDX-License-Identifier: Apache-2.0
#include "codec/json.h"
#include "server/routes.h"

#include <utility>

namespace slipway::server {

http::Response json_response(std::string text) {
    text.push_back('\n');
    http::Response response;
    response.headers.add("Content-Type", "application/json");
    response.headers.add("Cache-Control", "no-store");
    response.body = std::move(text);
    return response;
}

/// What a client needs to know before it asks for anything.
Task<http::Response> show_settings(const Parts& parts, Call& call) {
    const Settings& settings = parts.settings;
    std::string text;
    codec::JsonWriter json(text);
    json.begin_object();
    json.member("user", call.user);
    json.member("file_size_max", settings.file_size_max);
    json.member("batch_files_max", settings.batch_files_max);
    json.member("uploads_concurrent_max", settings.uploads_concurrent_max);
    json.key("tiers");
    json.begin_array();
    for (const Tier& tier : settings.tiers) {
        json.begin_object();
        json.member("name", tier.name);
        json.member("storage_class", tier.storage_class);
        json.end_object();
    }
    json.end_array();
    json.member("tier_default", settings.tier_default);
    json.member("version", settings.version);
    json.end_object();
    co_return json_response(std::move(text));
}

}  // namespace slipway::server
