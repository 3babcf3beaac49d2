// SPDX-License-Identifier: Apache-2.0
// CopyObject
#include "codec/percent.h"
#include "gateway/answers.h"
#include "gateway/attributes.h"
#include "gateway/integrity.h"
#include "gateway/operations.h"
#include "gateway/preconditions.h"
#include "s3/documents.h"
#include "s3/errors.h"
#include "s3/names.h"

#include <algorithm>
#include <utility>

namespace slipway::gateway {
namespace {

struct Source {
    std::string bucket;
    std::string key;
};

tl::unexpected<Error> bad_source(std::string_view why) {
    return s3::s3_fail(
        "InvalidArgument",
        std::string("Copy Source must mention the source bucket and key: sourcebucket/sourcekey. ")
            .append(why));
}

/// Reads "/bucket/key?versionId=null", percent-encoded, with or without the first '/'.
Result<Source> read_source(std::string_view text) {
    constexpr std::string_view version = "?versionId=";
    if (const auto mark = text.rfind(version); mark != std::string_view::npos) {
        if (text.substr(mark + version.size()) != "null") {
            return s3::s3_fail("NoSuchVersion");
        }
        text = text.substr(0, mark);
    }
    auto decoded = codec::percent_decode(text);
    if (!decoded) {
        return bad_source(decoded.error().message);
    }
    std::string_view path = *decoded;
    if (path.starts_with('/')) {
        path.remove_prefix(1);
    }
    const auto slash = path.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == path.size()) {
        return bad_source({});
    }
    Source source{std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
    SLIPWAY_CHECK(s3::check_bucket_name(source.bucket));
    SLIPWAY_CHECK(s3::check_object_key(source.key));
    return source;
}

/// Whether x-amz-metadata-directive says REPLACE.
Result<bool> read_directive(const Call& call) {
    const std::string_view directive = call.header("x-amz-metadata-directive");
    if (!directive.empty() && directive != "COPY" && directive != "REPLACE") {
        return s3::s3_fail("InvalidArgument",
                           "Unknown metadata directive: use COPY or REPLACE in "
                           "x-amz-metadata-directive.");
    }
    return directive == "REPLACE";
}

Result<objects::CopyRequest> to_copy_request(const Call& call) {
    SLIPWAY_CHECK(refuse_conditions(call));
    objects::CopyRequest copy;
    SLIPWAY_TRY(source, read_source(call.header("x-amz-copy-source")));
    copy.source_bucket = std::move(source.bucket);
    copy.source_key = std::move(source.key);
    copy.source_conditions = read_copy_source_conditions(call);
    copy.bucket = call.target.bucket;
    copy.key = call.target.key;
    SLIPWAY_TRY(replaces, read_directive(call));
    SLIPWAY_TRY(storage_class, read_storage_class(call));
    if (replaces) {
        SLIPWAY_TRY(attributes, read_attributes(call));
        copy.attributes = std::move(attributes);
    }
    copy.storage_class = std::move(storage_class);
    SLIPWAY_TRY(algorithm, read_checksum_algorithm(call, "x-amz-checksum-algorithm"));
    copy.checksum_algorithm = algorithm;
    const bool onto_itself = copy.source_bucket == copy.bucket && copy.source_key == copy.key;
    if (onto_itself && !replaces && copy.storage_class.empty() && !copy.checksum_algorithm) {
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
    co_return xml_answer(s3::copy_object_xml(result));
}

}  // namespace slipway::gateway
