// SPDX-License-Identifier: Apache-2.0
#include "gateway/call.h"

#include "codec/percent.h"
#include "gateway/integrity.h"
#include "s3/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace slipway::gateway {
namespace {

constexpr std::string_view amz_prefix = "x-amz-";

const std::string* find_header(const Call& call, std::string_view name) {
    if (const std::string* sent = call.request.headers.find(name); sent != nullptr) {
        return sent;
    }
    if (!call.claim.presigned || !is_hoisted_header(name)) {
        return nullptr;
    }
    for (const auto& [parameter, value] : call.target.query) {
        if (http::equal_ignoring_case(parameter, name)) {
            return &value;
        }
    }
    return nullptr;
}

}  // namespace

bool is_hoisted_header(std::string_view parameter) {
    constexpr std::string_view of_the_signature[] = {
        "x-amz-algorithm", "x-amz-credential",    "x-amz-date",           "x-amz-expires",
        "x-amz-signature", "x-amz-signedheaders", "x-amz-security-token", "x-amz-content-sha256"};
    return http::starts_with_ignoring_case(parameter, amz_prefix) &&
           std::ranges::none_of(of_the_signature, [parameter](std::string_view own) {
               return http::equal_ignoring_case(parameter, own);
           });
}

std::string_view Call::header(std::string_view name) const {
    const std::string* value = find_header(*this, name);
    return value != nullptr ? std::string_view(*value) : std::string_view();
}

bool Call::has_header(std::string_view name) const {
    return find_header(*this, name) != nullptr;
}

std::vector<http::Header> Call::headers_after(std::string_view prefix) const {
    std::vector<http::Header> found;
    const auto take = [&](std::string_view name, std::string_view value) {
        if (!http::starts_with_ignoring_case(name, prefix)) {
            return;
        }
        std::string rest = http::lower_case(name.substr(prefix.size()));
        const auto same = std::ranges::find(found, rest, &http::Header::name);
        if (same == found.end()) {
            found.push_back(http::Header{std::move(rest), std::string(value)});
        } else {
            same->value.append(",").append(value);  // fields of one name are one list
        }
    };
    for (const http::Header& header : request.headers) {
        take(header.name, header.value);
    }
    if (claim.presigned && is_hoisted_header(prefix)) {
        for (const auto& [name, value] : target.query) {
            if (!request.headers.has(name)) {
                take(name, value);
            }
        }
    }
    return found;
}

std::string url_of(const Call& call, std::string_view key) {
    const std::string_view host = call.request.headers.get("host");
    const std::string_view tls_host = call.options.tls_host;
    const std::size_t before = host.size() - std::min(host.size(), tls_host.size());
    const bool is_below = before == 0 || host[before - 1] == '.';
    const bool is_tls =
        !tls_host.empty() && is_below && http::equal_ignoring_case(host.substr(before), tls_host);
    std::string url = host.empty() ? "" : fmt::format("{}://{}", is_tls ? "https" : "http", host);
    if (!call.target.bucket_in_host) {
        url.append("/").append(call.target.bucket);
    }
    url.append("/");
    codec::append_percent_encoded(url, key, true);
    return url;
}

Result<> check_header_value(std::string_view name, std::string_view value) {
    const bool breaks_out = std::ranges::any_of(value, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
    if (breaks_out) {
        return s3::s3_fail("InvalidArgument",
                           fmt::format("The value of {} has a control character, which no header "
                                       "can carry.",
                                       name));
    }
    return {};
}

Task<std::string> read_document(Call& call, std::size_t bytes_max) {
    SLIPWAY_CO_TRY(declared, read_integrity(call));
    co_return co_await read_proven(call, bytes_max, std::move(declared));
}

}  // namespace slipway::gateway
