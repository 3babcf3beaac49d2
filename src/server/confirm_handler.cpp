// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "codec/json.h"
#include "server/proof.h"
#include "server/routes.h"
#include "server/upload_request.h"
#include "task/for_each.h"

#include <fmt/format.h>

#include <utility>

namespace slipway::server {
namespace {

/// One key on its way from the request to the answer.
struct Confirmation {
    std::string s3_key;
    catalog::Pending pending;
    Result<catalog::File> file;
};

/// The same words for a key nobody has and for somebody else's: there is nothing to learn here.
tl::unexpected<Error> unknown_key(std::string_view s3_key) {
    return fail(ErrorKind::not_found,
                fmt::format("no upload of {} was asked for; it may have expired", s3_key),
                "unknown_key");
}

/// Asks the store for one object and compares it with the ticket.
Async<void> prove_one(const Parts& parts, Confirmation& each) {
    if (!each.pending.upload && !each.pending.file) {
        each.file = unknown_key(each.s3_key);
        co_return;
    }
    objects::GetRequest request;
    request.bucket = parts.settings.bucket;
    request.key = each.s3_key;
    const auto found = co_await parts.store.head(request);
    const bool missing = found ? is_replaced_object(each.pending, *found)
                               : found.error().kind == ErrorKind::not_found;
    if (missing) {
        each.file =
            fail(ErrorKind::not_found, fmt::format("{} has not been uploaded yet", each.s3_key),
                 "object_missing");
    } else if (!found) {
        each.file = fail(found.error());
    } else if (each.pending.upload) {
        each.file = prove(*each.pending.upload, *found, parts.settings);
    } else {
        each.file = prove_again(*each.pending.file, *found);
    }
}

/// Proves all keys, then records the proven ones in one transaction.
Task<std::vector<Confirmation>> confirm_all(const Parts& parts,
                                            std::string_view user,
                                            std::vector<std::string> s3_keys) {
    SLIPWAY_CO_TRY(pending, co_await parts.catalog.pending(user, s3_keys));
    std::vector<Confirmation> all;
    all.reserve(s3_keys.size());
    for (std::size_t i = 0; i < s3_keys.size(); ++i) {
        all.push_back(Confirmation{std::move(s3_keys[i]), std::move(pending[i]), catalog::File()});
    }
    auto prove_each = [&parts, &all](std::size_t i) { return prove_one(parts, all[i]); };
    co_await for_each(all.size(), parts.settings.confirm_concurrency, std::move(prove_each));

    std::vector<catalog::File> proven;
    std::vector<std::size_t> positions;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].file && all[i].pending.upload) {
            proven.push_back(*all[i].file);
            positions.push_back(i);
        }
    }
    if (!proven.empty()) {
        SLIPWAY_CO_TRY(outcomes, co_await parts.catalog.confirm(std::move(proven)));
        for (std::size_t i = 0; i < positions.size(); ++i) {
            all[positions[i]].file = std::move(outcomes[i]);
        }
    }
    co_return all;
}

void write_members(codec::JsonWriter& json, const Confirmation& each) {
    json.member("s3_key", each.s3_key);
    if (each.file) {
        json.member("status", "success");
        json.member("message", "Upload confirmed");
        return;
    }
    const Error& error = each.file.error();
    json.member("status", "failed");
    json.member("message", error.message);
    json.member("error", error.message);
    json.member("code", error.code.empty() ? to_string(error.kind) : std::string_view(error.code));
}

}  // namespace

Task<http::Response> confirm_uploads(const Parts& parts, Call& call) {
    SLIPWAY_CO_TRY(body, co_await read_all(call.body, limits::api_body_bytes_max));
    SLIPWAY_CO_TRY(s3_keys, parse_confirm_batch(body, parts.settings));
    SLIPWAY_CO_TRY(all, co_await confirm_all(parts, call.user, std::move(s3_keys)));
    std::string text;
    codec::JsonWriter json(text);
    json.begin_object();
    json.member("message", "Upload confirmation processed");
    json.key("results");
    json.begin_array();
    for (const Confirmation& each : all) {
        json.begin_object();
        write_members(json, each);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    co_return json_response(std::move(text));
}

Task<http::Response> confirm_upload(const Parts& parts, Call& call) {
    SLIPWAY_CO_TRY(body, co_await read_all(call.body, limits::api_body_bytes_max));
    SLIPWAY_CO_TRY(s3_key, parse_confirm_single(body));
    std::vector<std::string> s3_keys;
    s3_keys.push_back(std::move(s3_key));
    SLIPWAY_CO_TRY(all, co_await confirm_all(parts, call.user, std::move(s3_keys)));
    if (!all.front().file) {
        co_return fail(all.front().file.error());
    }
    std::string text;
    codec::JsonWriter json(text);
    json.begin_object();
    write_members(json, all.front());
    json.end_object();
    co_return json_response(std::move(text));
}

}  // namespace slipway::server
