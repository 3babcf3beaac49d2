// SPDX-License-Identifier: Apache-2.0
// CopyObject
#include "gateway/answers.h"
#include "gateway/attributes.h"
#include "gateway/copy_source.h"
#include "gateway/expiration.h"
#include "gateway/integrity.h"
#include "gateway/operations.h"
#include "gateway/preconditions.h"
#include "s3/documents.h"
#include "s3/errors.h"

#include <fmt/format.h>

#include <utility>

namespace slipway::gateway {
namespace {

/// Whether that directive says REPLACE. Errors: invalid_argument `InvalidArgument`.
Result<bool> replaces(const Call& call, std::string_view name, std::string_view what) {
    const std::string_view directive = call.header(name);
    if (!directive.empty() && directive != "COPY" && directive != "REPLACE") {
        return s3::s3_fail(
            "InvalidArgument",
            fmt::format("Unknown {} directive: use COPY or REPLACE in {}.", what, name));
    }
    return directive == "REPLACE";
}

Result<> read_directives(const Call& call, objects::CopyRequest& copy) {
    SLIPWAY_TRY(attributes, read_attributes(call));
    SLIPWAY_TRY(replaces_metadata, replaces(call, "x-amz-metadata-directive", "metadata"));
    SLIPWAY_TRY(replaces_tags, replaces(call, "x-amz-tagging-directive", "tagging"));
    copy.acl = attributes.acl;
    if (replaces_tags) {
        copy.tagging = attributes.tagging;
    }
    if (replaces_metadata) {
        attributes.tagging.clear();
        copy.attributes = std::move(attributes);
    }
    return {};
}

Result<objects::CopyRequest> to_copy_request(const Call& call) {
    objects::CopyRequest copy;
    SLIPWAY_TRY(source, read_copy_source(call));
    copy.source_bucket = std::move(source.bucket);
    copy.source_key = std::move(source.key);
    copy.source_conditions = read_copy_source_conditions(call);
    copy.bucket = call.target.bucket;
    copy.key = call.target.key;
    copy.conditions = read_write_conditions(call);
    SLIPWAY_CHECK(read_directives(call, copy));
    SLIPWAY_TRY(storage_class, read_storage_class(call));
    copy.storage_class = std::move(storage_class);
    SLIPWAY_TRY(algorithm, read_checksum_algorithm(call, "x-amz-checksum-algorithm"));
    copy.checksum_algorithm = algorithm;
    const bool onto_itself = copy.source_bucket == copy.bucket && copy.source_key == copy.key;
    if (onto_itself && !copy.attributes && copy.storage_class.empty() && !copy.checksum_algorithm) {
        return s3::s3_fail("InvalidRequest",
                           "This copy request is illegal because it is trying to copy an object to "
                           "itself without changing the object's metadata, storage class, website "
                           "redirect location or encryption attributes.");
    }
    return copy;
}

}  // namespace

Task<http::Response> copy_object(Call& call) {
    SLIPWAY_CO_TRY(copy, to_copy_request(call));
    SLIPWAY_CO_TRY(info, co_await call.store.copy(copy));
    s3::CopyObjectResult result;
    result.etag = std::move(info.etag);
    result.last_modified = info.last_modified;
    if (info.checksum) {
        result.checksum_algorithm = objects::to_string(info.checksum->algorithm);
        result.checksum_value = std::move(info.checksum->value);
    }
    http::Response response = xml_answer(s3::copy_object_xml(result));
    write_expiration(call, info, response.headers);
    co_return response;
}

}  // namespace slipway::gateway
