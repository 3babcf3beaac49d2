// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <span>
#include <string>
#include <string_view>

namespace slipway::s3 {

struct NameValue {
    std::string_view name;
    std::string_view value;
};

/// What a signature covers, in the form it covers it.
struct SignableRequest {
    std::string_view method;
    std::string_view path;   ///< see canonical_path
    std::string_view query;  ///< see canonical_query
    /// The signed headers in the order of their names; those of one name are neighbours.
    std::span<const NameValue> headers;
    /// Hex SHA-256 of the body, or a word such as "UNSIGNED-PAYLOAD".
    std::string_view payload_hash;
};

/// The text that is hashed and signed. Signing, presigning and verifying all use this function.
/// Source: AWS, "Create a canonical request" (vectors in tests/data/sigv4, checked 2026-11).
void append_canonical_request(std::string& out, const SignableRequest& request);

/// Whether the headers can be signed and sent as they are: each name an RFC 9110 token, no control
/// character but tab in a value. Others would make two different requests sign alike.
/// Errors: invalid_argument.
Result<void> check_headers(std::span<const NameValue> headers);

/// Sorts by lower-case name and keeps the order of values.
void sort_headers(std::span<NameValue> headers);

/// "content-type;host": each name once, in lower case.
void append_header_names(std::string& out,
                         std::span<const NameValue> headers,
                         std::string_view separator);

/// A raw path with each byte either plain or as %XX. Nothing is normalised: S3 signs "//" and "..".
/// Errors: invalid_argument `InvalidURI` for a bad '%'.
Result<std::string> canonical_path(std::string_view raw_path);

/// A raw query with its parameters encoded and sorted, without X-Amz-Signature. '+' is a space.
/// Errors: invalid_argument `InvalidURI` for a bad '%'.
Result<std::string> canonical_query(std::string_view raw_query);

}  // namespace slipway::s3
