// SPDX-License-Identifier: Apache-2.0
#include "gateway/request_log.h"

#include "codec/json.h"
#include "codec/time.h"
#include "s3/errors.h"
#include "s3/limits.h"
#include "task/body.h"

#include <cstdint>
#include <optional>

namespace slipway::gateway {
namespace {

void member(codec::JsonWriter& json, std::string_view name, std::optional<std::uint64_t> bytes) {
    json.key(name);
    if (bytes) {
        json.number(*bytes);
    } else {
        json.null();
    }
}

}  // namespace

std::string request_line(const RequestRecord& record) {
    const auto cut = [](std::string_view text) {
        return text.substr(0, s3::request_log_text_bytes_max);
    };
    std::string line;
    codec::JsonWriter json(line);
    json.begin_object();
    json.member("time", codec::iso8601(record.time));
    json.member("id", record.request.id);
    json.member("remote", record.request.peer);
    json.member("access_key", cut(record.claim.access_key_id));
    json.member("method", http::to_string(record.request.method));
    json.member("operation", record.operation);
    json.member("bucket", cut(record.target.bucket));
    json.member("key", cut(record.target.key));
    json.member("status", record.response.status);
    if (record.error != nullptr) {
        json.member("error", s3::error_code_for(*record.error).code);
    }
    member(json, "bytes_in", record.request.content_length);
    member(json, "bytes_out", body_size(record.response.body));
    json.member("us", record.spent.count());
    json.member("user_agent", cut(record.request.headers.get("user-agent")));
    json.end_object();
    return line;
}

}  // namespace slipway::gateway
