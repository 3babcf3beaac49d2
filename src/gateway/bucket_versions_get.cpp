// SPDX-License-Identifier: Apache-2.0
// ListObjectVersions: no bucket here has versioning, so every object is its version "null".
#include "gateway/answers.h"
#include "gateway/listing.h"
#include "gateway/operations.h"
#include "gateway/parameters.h"
#include "s3/errors.h"
#include "s3/limits.h"
#include "s3/object_documents.h"

#include <utility>

namespace slipway::gateway {
namespace {

constexpr std::string_view null_version = "null";

/// The version that a page begins after. Each key has one, so the key alone says it.
Result<> check_markers(const s3::S3Target& target) {
    const std::string* version = target.find("version-id-marker");
    if (version == nullptr) {
        return {};
    }
    if (version->empty()) {
        return s3::s3_fail("InvalidArgument", "A version-id marker cannot be empty.");
    }
    if (target.get("key-marker").empty()) {
        return s3::s3_fail("InvalidArgument",
                           "A version-id marker cannot be specified without a key marker.");
    }
    if (*version != null_version) {
        return s3::s3_fail("InvalidArgument", "Invalid version id specified");
    }
    return {};
}

Result<s3::ListVersionsResult> read_parameters(const Call& call) {
    const s3::S3Target& target = call.target;
    SLIPWAY_CHECK(check_markers(target));
    s3::ListVersionsResult page;
    page.bucket = target.bucket;
    page.prefix = target.get("prefix");
    page.delimiter = target.get("delimiter");
    page.key_marker = target.get("key-marker");
    page.version_id_marker = target.get("version-id-marker");
    SLIPWAY_TRY(keys_max, read_page_size(call, "max-keys", s3::list_keys_max));
    page.keys_max = keys_max;
    SLIPWAY_TRY(url_encoded, read_url_encoding(call));
    page.url_encoded = url_encoded;
    page.owner = call.options.owner;
    return page;
}

void take_page(objects::ListResult listed, s3::ListVersionsResult& page) {
    page.versions = listed_objects(std::move(listed.objects));
    page.common_prefixes = std::move(listed.common_prefixes);
    page.truncated = listed.truncated;
    if (listed.truncated) {
        const bool ends_with_key =
            !page.versions.empty() && page.versions.back().key == listed.next_start_after;
        page.next_version_id_marker = ends_with_key ? null_version : std::string_view();
        page.next_key_marker = std::move(listed.next_start_after);
    }
}

}  // namespace

Task<http::Response> list_object_versions(Call& call) {
    SLIPWAY_CO_TRY(page, read_parameters(call));
    if (page.keys_max == 0) {
        SLIPWAY_CO_CHECK(co_await call.store.head_bucket(call.target.bucket));
    } else {
        objects::ListRequest request;
        request.bucket = page.bucket;
        request.prefix = page.prefix;
        request.delimiter = page.delimiter;
        request.start_after = page.key_marker;
        request.keys_max = page.keys_max;
        SLIPWAY_CO_TRY(listed, co_await call.store.list(request));
        take_page(std::move(listed), page);
    }
    co_return xml_answer(s3::list_versions_xml(page));
}

}  // namespace slipway::gateway
