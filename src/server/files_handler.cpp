// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "codec/json.h"
#include "codec/percent.h"
#include "codec/time.h"
#include "http/router.h"
#include "server/routes.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

namespace slipway::server {
namespace {

void write_file(codec::JsonWriter& json, const catalog::File& file) {
    json.begin_object();
    json.member("id", file.id);
    json.member("s3_key", file.s3_key);
    json.member("file_name", file.file_name());
    json.member("file_size", file.file_size);
    json.member("content_type", file.content_type);
    json.member("tier", file.tier);
    json.key("checksum");
    if (file.checksum.empty()) {
        json.null();
    } else {
        json.string(file.checksum);
    }
    json.member("uploaded_at", codec::iso8601(file.uploaded_at));
    json.end_object();
}

Result<unsigned> parse_limit(const std::optional<std::string>& text) {
    if (!text) {
        return limits::list_limit_default;
    }
    unsigned limit = 0;
    const char* last = text->data() + text->size();
    const auto [end, error] = std::from_chars(text->data(), last, limit);
    if (error != std::errc() || end != last || limit == 0 || limit > limits::list_limit_max) {
        return fail(
            ErrorKind::invalid_argument,
            fmt::format("limit must be a whole number from 1 to {}", limits::list_limit_max),
            "invalid_limit");
    }
    return limit;
}

Result<catalog::ListRequest> parse_list_request(const Call& call) {
    const std::string_view query = call.request.query();
    catalog::ListRequest request;
    request.user = call.user;
    SLIPWAY_TRY(prefix, http::query_parameter(query, "prefix"));
    request.prefix = std::move(prefix).value_or(std::string());
    SLIPWAY_TRY(cursor, http::query_parameter(query, "cursor"));
    request.cursor = std::move(cursor).value_or(std::string());
    SLIPWAY_TRY(limit_text, http::query_parameter(query, "limit"));
    SLIPWAY_TRY(limit, parse_limit(limit_text));
    request.limit = limit;
    return request;
}

/// RFC 6266: the name for old clients in ASCII, and for all others in UTF-8.
std::string attachment(std::string_view file_name) {
    const auto slash = file_name.rfind('/');
    const auto name = slash == std::string_view::npos ? file_name : file_name.substr(slash + 1);
    std::string plain;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        const bool quotable = byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\' && c != '%';
        plain.push_back(quotable ? c : '_');
    }
    return fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", plain,
                       codec::percent_encode(name, false));
}

}  // namespace

Task<http::Response> list_files(const Parts& parts, Call& call) {
    SLIPWAY_CO_TRY(request, parse_list_request(call));
    SLIPWAY_CO_TRY(page, co_await parts.catalog.list(request));
    std::string text;
    codec::JsonWriter json(text);
    json.begin_object();
    json.key("files");
    json.begin_array();
    for (const catalog::File& file : page.files) {
        write_file(json, file);
    }
    json.end_array();
    json.key("next_cursor");
    if (page.next_cursor.empty()) {
        json.null();
    } else {
        json.string(page.next_cursor);
    }
    json.end_object();
    co_return json_response(std::move(text));
}

Task<http::Response> stat_file(const Parts& parts, Call& call) {
    SLIPWAY_CO_TRY(file, co_await parts.catalog.find(call.user, call.parameters.front()));
    std::string text;
    codec::JsonWriter json(text);
    write_file(json, file);
    co_return json_response(std::move(text));
}

Task<http::Response> download_file(const Parts& parts, Call& call) {
    SLIPWAY_CO_TRY(file, co_await parts.catalog.find(call.user, call.parameters.front()));
    const std::string disposition = attachment(file.file_name());
    const std::array<s3::NameValue, 2> query{{
        {"response-content-disposition", disposition},
        {"response-content-type", file.content_type},
    }};
    SLIPWAY_CO_TRY(url, parts.presigner.presign(http::Method::get, file.s3_key, query,
                                                std::span<const s3::NameValue>(),
                                                parts.settings.presign_expiry, parts.clock.now()));
    http::Response response;
    response.status = 302;
    response.headers.add("Location", std::move(url));
    response.headers.add("Cache-Control", "no-store");
    co_return response;
}

/// The object first: when we stop in between, the entry is there to be deleted again.
Task<http::Response> delete_file(const Parts& parts, Call& call) {
    const std::string& id = call.parameters.front();
    SLIPWAY_CO_TRY(file, co_await parts.catalog.find(call.user, id));
    SLIPWAY_CO_CHECK(co_await parts.store.remove(parts.settings.bucket, file.s3_key));
    SLIPWAY_CO_CHECK(co_await parts.catalog.remove(call.user, id));
    http::Response response;
    response.status = 204;
    co_return response;
}

}  // namespace slipway::server
