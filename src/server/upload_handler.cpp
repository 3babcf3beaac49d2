// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "codec/json.h"
#include "codec/time.h"
#include "server/routes.h"
#include "server/upload_request.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <utility>

namespace slipway::server {
namespace {

/// Room for one entry of an answer: a URL of about 600 bytes and its fields.
constexpr std::size_t entry_bytes = 1024;

/// "sha256:<base64>" as the header that a client must send.
struct ChecksumHeader {
    std::string name;
    std::string_view value;

    explicit ChecksumHeader(std::string_view checksum) {
        const auto colon = checksum.find(':');
        if (colon != std::string_view::npos) {
            name = fmt::format("x-amz-checksum-{}", checksum.substr(0, colon));
            value = checksum.substr(colon + 1);
        }
    }
};

/// A PUT of exactly what was declared. The storage class is a query parameter, so that a client
/// that sends no headers but Content-Type still stores into the tier.
Result<std::string> sign_upload(const Parts& parts, const catalog::Upload& upload, Time now) {
    const fmt::format_int size(upload.file_size);
    const ChecksumHeader checksum(upload.checksum);
    const std::array<s3::NameValue, 3> headers{{
        {"content-length", {size.data(), size.size()}},
        {"content-type", upload.content_type},
        {checksum.name, checksum.value},
    }};
    const Tier* tier = parts.settings.find_tier(upload.tier);
    const std::array<s3::NameValue, 1> query{
        {{"x-amz-storage-class", tier != nullptr ? tier->storage_class : std::string_view()}}};
    const bool has_class = tier != nullptr && tier->storage_class != "STANDARD";
    return parts.presigner.presign(http::Method::put, upload.s3_key,
                                   std::span(query).first(has_class ? 1 : 0),
                                   std::span(headers).first(checksum.name.empty() ? 2 : 3),
                                   parts.settings.presign_expiry, now);
}

/// The documented fields first, in the document's order; then ours.
void write_success(codec::JsonWriter& json,
                   std::string_view file_name,
                   std::string_view url,
                   const catalog::Upload& upload,
                   std::string_view expires_at) {
    json.member("file_name", file_name);
    json.member("presigned_url", url);
    json.member("s3_key", upload.s3_key);
    json.member("id", upload.id);
    json.member("status", "success");
    json.key("headers");
    json.begin_object();
    json.member("Content-Type", upload.content_type);
    const ChecksumHeader checksum(upload.checksum);
    if (!checksum.name.empty()) {
        json.member(checksum.name, checksum.value);
    }
    json.end_object();
    json.member("expires_at", expires_at);
}

void write_failure(codec::JsonWriter& json,
                   std::size_t index,
                   std::string_view file_name,
                   const Error& error) {
    json.begin_object();
    json.member("file_name", file_name);
    json.member("status", "failed");
    json.member("error", error.message);
    json.member("code", error.code.empty() ? to_string(error.kind) : std::string_view(error.code));
    json.member("index", index);
    json.end_object();
}

/// Reserves what can be uploaded; each item's outcome, in the order of the items.
Task<std::vector<Result<catalog::Upload>>> reserve(const Parts& parts, UploadRequest& request) {
    std::vector<catalog::NewUpload> wanted;
    wanted.reserve(request.items.size());
    for (UploadItem& item : request.items) {
        if (item.upload) {
            wanted.push_back(*std::move(item.upload));
        }
    }
    std::vector<Result<catalog::Upload>> reserved;
    if (!wanted.empty()) {
        SLIPWAY_CO_TRY(outcomes, co_await parts.catalog.reserve(std::move(wanted)));
        reserved = std::move(outcomes);
    }
    std::vector<Result<catalog::Upload>> all;
    all.reserve(request.items.size());
    std::size_t next = 0;
    for (UploadItem& item : request.items) {
        if (item.upload) {
            all.push_back(std::move(reserved[next++]));
        } else {
            all.emplace_back(tl::unexpected(std::move(item.upload).error()));
        }
    }
    co_return all;
}

Result<http::Response> answer_single(const Parts& parts,
                                     const UploadItem& item,
                                     const Result<catalog::Upload>& upload,
                                     Time now,
                                     std::string_view expires_at) {
    if (!upload) {
        return fail(upload.error());
    }
    SLIPWAY_TRY(url, sign_upload(parts, *upload, now));
    std::string text;
    codec::JsonWriter json(text);
    json.begin_object();
    json.member("message", "Successfully generated presigned URL");
    write_success(json, item.file_name, url, *upload, expires_at);
    json.end_object();
    return json_response(std::move(text));
}

http::Response answer_batch(const Parts& parts,
                            const UploadRequest& request,
                            std::vector<Result<catalog::Upload>> uploads,
                            Time now,
                            std::string_view expires_at) {
    std::string successful;
    successful.reserve(uploads.size() * entry_bytes);
    codec::JsonWriter list(successful);
    std::size_t signed_count = 0;
    list.begin_array();
    for (std::size_t i = 0; i < uploads.size(); ++i) {
        if (!uploads[i]) {
            continue;
        }
        const auto url = sign_upload(parts, *uploads[i], now);
        if (!url) {
            uploads[i] = fail(url.error());
            continue;
        }
        ++signed_count;
        list.begin_object();
        write_success(list, request.items[i].file_name, *url, *uploads[i], expires_at);
        list.member("index", i);
        list.end_object();
    }
    list.end_array();

    std::string text;
    text.reserve(successful.size() + entry_bytes);
    codec::JsonWriter json(text);
    json.begin_object();
    json.member("message",
                fmt::format("Successfully generated presigned URLs for {} files. {} files failed.",
                            signed_count, uploads.size() - signed_count));
    json.key("successful");
    json.raw(successful);
    json.key("failed");
    json.begin_array();
    for (std::size_t i = 0; i < uploads.size(); ++i) {
        if (!uploads[i]) {
            write_failure(json, i, request.items[i].file_name, uploads[i].error());
        }
    }
    json.end_array();
    json.end_object();
    return json_response(std::move(text));
}

}  // namespace

Task<http::Response> upload_files(const Parts& parts, Call& call) {
    SLIPWAY_CO_TRY(body, co_await read_all(call.body, limits::api_body_bytes_max));
    const Time now = parts.clock.now();
    const Time expires = now + parts.settings.presign_expiry;
    SLIPWAY_CO_TRY(request, parse_upload_request(body, call.user, parts.settings, expires));
    SLIPWAY_CO_TRY(uploads, co_await reserve(parts, request));
    const std::string expires_at = codec::iso8601_seconds(expires);
    if (request.single) {
        co_return answer_single(parts, request.items.front(), uploads.front(), now, expires_at);
    }
    co_return answer_batch(parts, request, std::move(uploads), now, expires_at);
}

}  // namespace slipway::server
