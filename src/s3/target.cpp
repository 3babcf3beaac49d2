// SPDX-License-Identifier: Apache-2.0
#include "s3/target.h"

#include "codec/percent.h"
#include "s3/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace slipway::s3 {
namespace {

// "Actions" of the Amazon S3 API reference, checked 2026-11.
constexpr auto subresources = std::to_array<std::string_view>({
    "abac",
    "accelerate",
    "acl",
    "analytics",
    "append",
    "attributes",
    "cors",
    "delete",
    "encryption",
    "intelligent-tiering",
    "inventory",
    "legal-hold",
    "lifecycle",
    "location",
    "logging",
    "metadataConfiguration",
    "metadataTable",
    "metrics",
    "notification",
    "object-lock",
    "ownershipControls",
    "partNumber",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "renameObject",
    "replication",
    "requestPayment",
    "restore",
    "retention",
    "select",
    "session",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versioning",
    "versions",
    "website",
});
static_assert(std::ranges::is_sorted(subresources));

std::string_view without_port(std::string_view host) {
    // An IPv6 address has colons of its own and stands in brackets.
    const auto bracket = host.rfind(']');
    const auto colon = host.rfind(':');
    const bool has_port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    return has_port ? host.substr(0, colon) : host;
}

/// The bucket that stands before one of the base hosts; empty for path style.
std::string bucket_in_host(std::string_view host, std::span<const std::string> base_hosts) {
    host = without_port(host);
    for (const std::string& base : base_hosts) {
        const std::string_view name = without_port(base);
        if (host.size() > name.size() + 1 && host[host.size() - name.size() - 1] == '.' &&
            http::equal_ignoring_case(host.substr(host.size() - name.size()), name)) {
            return http::lower_case(host.substr(0, host.size() - name.size() - 1));
        }
    }
    return {};
}

tl::unexpected<Error> invalid_uri(const Error& cause) {
    return s3_fail("InvalidURI",
                   fmt::format("Couldn't parse the specified URI: {}.", cause.message));
}

}  // namespace

Result<QueryPairs> parse_query(std::string_view query) {
    QueryPairs pairs;
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        if (pair.empty()) {
            continue;
        }
        const auto equals = std::min(pair.find('='), pair.size());
        auto name = codec::form_decode(pair.substr(0, equals));
        auto value = codec::form_decode(pair.substr(std::min(equals + 1, pair.size())));
        if (!name || !value) {
            return invalid_uri(name ? value.error() : name.error());
        }
        pairs.emplace_back(*std::move(name), *std::move(value));
    }
    return pairs;
}

const std::string* S3Target::find(std::string_view name) const {
    const auto found =
        std::ranges::find_if(query, [name](const auto& p) { return p.first == name; });
    return found == query.end() ? nullptr : &found->second;
}

bool is_subresource(std::string_view name) {
    return std::ranges::binary_search(subresources, name);
}

std::string_view value_of(const QueryPairs& query, std::string_view name) {
    const auto found = std::ranges::find(query, name, &QueryPairs::value_type::first);
    return found == query.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view S3Target::get(std::string_view name) const {
    return value_of(query, name);
}

Result<S3Target> parse_target(const http::Request& request,
                              std::span<const std::string> base_hosts) {
    std::string_view path = request.path();
    if (!path.starts_with('/')) {
        return s3_fail("InvalidURI", "Couldn't parse the specified URI: the path has no '/'.");
    }
    path.remove_prefix(1);
    S3Target target;
    target.bucket = bucket_in_host(request.headers.get("host"), base_hosts);
    target.bucket_in_host = !target.bucket.empty();
    if (!target.bucket_in_host) {
        // Split before decoding: a %2F in front of the first '/' would not end the bucket.
        const std::string_view first = path.substr(0, path.find('/'));
        auto bucket = codec::percent_decode(first);
        if (!bucket) {
            return invalid_uri(bucket.error());
        }
        target.bucket = *std::move(bucket);
        path.remove_prefix(std::min(first.size() + 1, path.size()));
    }
    auto key = codec::percent_decode(path);
    if (!key) {
        return invalid_uri(key.error());
    }
    target.key = *std::move(key);
    SLIPWAY_TRY(query, parse_query(request.query()));
    target.query = std::move(query);
    return target;
}

}  // namespace slipway::s3
