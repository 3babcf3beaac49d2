// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "http/message.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::s3 {

using QueryPairs = std::vector<std::pair<std::string, std::string>>;

/// The decoded parameters of a raw query in their order; '+' is a space, no '=' an empty value.
/// Errors: invalid_argument `InvalidURI` for a bad '%'.
Result<QueryPairs> parse_query(std::string_view raw_query);

/// The first value of that parameter; empty when there is none.
std::string_view value_of(const QueryPairs& query, std::string_view name);

/// Whether S3 knows that parameter as one that makes another operation of a request ("acl"). Who
/// does not offer the operation must refuse it: to answer as if the parameter were not there would
/// be a wrong success.
bool is_subresource(std::string_view name);

/// What a request is about. Both names are decoded and may be anything: see names.h for the checks.
struct S3Target {
    std::string bucket;  ///< empty: the service itself
    std::string key;     ///< empty: the bucket
    QueryPairs query;
    /// Whether the bucket was named by the Host and not by the path.
    bool bucket_in_host = false;

    /// The first value of that query parameter, or nullptr.
    const std::string* find(std::string_view name) const;
    std::string_view get(std::string_view name) const;
    bool has(std::string_view name) const { return find(name) != nullptr; }
};

/// Takes a request's target apart. With a Host of "photos.s3.example" and a base host of
/// "s3.example" the bucket is in the host, else it is the first part of the path.
///
/// The path is decoded once and never normalised: "a//b", "../c" and "%2F" are parts of the key.
/// Errors: invalid_argument `InvalidURI` for a bad '%' or a path without '/'.
Result<S3Target> parse_target(const http::Request& request,
                              std::span<const std::string> base_hosts = {});

}  // namespace slipway::s3
