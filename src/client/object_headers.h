// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/headers.h"
#include "objects/object_store.h"

#include <string>
#include <string_view>

/// Objects as the headers of S3's requests and answers.
namespace slipway::client {

/// Adds what a PUT says of its object.
void add_attributes(http::Headers& headers, const objects::ObjectAttributes& attributes);

/// Adds If-Match and its kin; `prefix` is "x-amz-copy-source-" for the conditions on a source.
void add_conditions(http::Headers& headers,
                    const objects::Conditions& conditions,
                    std::string_view prefix = "");

/// What the headers of a GET or HEAD say of the object, all but its key and size.
/// Errors: corrupted: a Last-Modified that is no date.
Result<objects::ObjectInfo> read_object_headers(const http::Headers& headers);

/// The checksum over the whole object among the headers; one over part checksums is none.
std::optional<objects::Checksum> read_checksum(const http::Headers& headers);

std::string without_quotes(std::string_view etag);

}  // namespace slipway::client
