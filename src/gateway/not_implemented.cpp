// SPDX-License-Identifier: Apache-2.0
#include "gateway/not_implemented.h"

#include "s3/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace slipway::gateway {
namespace {

constexpr std::string_view amz_prefix = "x-amz-";

// Beginnings of header names, without x-amz-.
constexpr std::array<std::string_view, 7> refused = {
    "copy-source-server-side-encryption",
    "if-match-",  // of directory buckets
    "object-lock-",
    "optional-object-attributes",
    "server-side-encryption",
    "website-redirect-location",
    "write-offset-bytes",
};

Result<> check_header(const Call& call, std::string_view name, std::string_view value) {
    const std::string_view rest = name.substr(amz_prefix.size());
    const auto is = [rest](std::string_view other) {
        return http::equal_ignoring_case(rest, other);
    };
    const bool asks_for_lock =
        is("bucket-object-lock-enabled") && !http::equal_ignoring_case(value, "false");
    const bool is_refused = std::ranges::any_of(refused, [rest](std::string_view prefix) {
        return http::starts_with_ignoring_case(rest, prefix);
    });
    if (asks_for_lock || is_refused) {
        return s3::s3_fail("NotImplemented",
                           fmt::format("A header you provided implies functionality that is not "
                                       "implemented: {}",
                                       name));
    }
    if ((is("expected-bucket-owner") || is("source-expected-bucket-owner")) &&
        value != call.options.owner.id) {
        return s3::s3_fail("AccessDenied");
    }
    return {};
}

}  // namespace

Result<> check_implemented(const Call& call) {
    for (const http::Header& header : call.request.headers) {
        if (http::starts_with_ignoring_case(header.name, amz_prefix)) {
            SLIPWAY_CHECK(check_header(call, header.name, header.value));
        }
    }
    for (const auto& [name, value] : call.target.query) {
        if (call.claim.presigned && is_hoisted_header(name)) {
            SLIPWAY_CHECK(check_header(call, name, value));
        }
        if (name == "versionId" && value != "null") {
            return s3::s3_fail("NoSuchVersion");
        }
    }
    return {};
}

}  // namespace slipway::gateway
