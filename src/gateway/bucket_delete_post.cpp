// SPDX-License-Identifier: Apache-2.0
// DeleteObjects
#include "base/limits.h"
#include "gateway/answers.h"
#include "gateway/integrity.h"
#include "gateway/operations.h"
#include "http/conditions.h"
#include "s3/documents.h"
#include "s3/errors.h"
#include "s3/limits.h"
#include "s3/names.h"
#include "task/for_each.h"

#include <utility>
#include <vector>

namespace slipway::gateway {
namespace {

/// What cannot be asked of this store, or of any.
Result<> check_entry(const s3::DeleteEntry& entry) {
    if (!entry.version_id.empty() && entry.version_id != "null") {
        return s3::s3_fail("NoSuchVersion");
    }
    if (!entry.last_modified_time.empty() || !entry.size.empty()) {
        return s3::s3_fail("NotImplemented",
                           "LastModifiedTime and Size are conditions of directory buckets, and not "
                           "implemented here.");
    }
    return s3::check_object_key(entry.key);
}

Task<> delete_entry(objects::HostedStore& store,
                    std::string_view bucket,
                    const s3::DeleteEntry& entry) {
    SLIPWAY_CO_CHECK(check_entry(entry));
    if (entry.etag.empty()) {
        co_return co_await store.remove(bucket, entry.key);
    }
    objects::Conditions conditions;
    conditions.if_match = http::unquoted_etags(entry.etag);
    co_return co_await store.remove_if(bucket, entry.key, conditions);
}

s3::DeleteFailure to_failure(std::string key, const Error& error) {
    const s3::ErrorCode& code = s3::error_code_for(error);
    return s3::DeleteFailure{std::move(key), std::string(code.code),
                             std::string(public_words(error))};
}

}  // namespace

Task<http::Response> delete_objects(Call& call) {
    SLIPWAY_CO_TRY(declared, read_integrity(call));
    if (!declared.declared()) {
        co_return s3::s3_fail("InvalidRequest",
                              "Missing required header for this request: Content-MD5 OR "
                              "x-amz-checksum-*");
    }
    SLIPWAY_CO_TRY(document, co_await read_document(call, s3::delete_document_bytes_max));
    SLIPWAY_CO_TRY(request, s3::parse_delete_request(document));
    SLIPWAY_CO_CHECK(co_await call.store.head_bucket(call.target.bucket));

    std::vector<Result<>> outcomes(request.entries.size());
    auto remove_one = [&](std::size_t index) -> Async<void> {
        outcomes[index] =
            co_await delete_entry(call.store, call.target.bucket, request.entries[index]);
    };
    co_await for_each(request.entries.size(), limits::delete_concurrency, remove_one);

    s3::DeleteResult result;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        std::string& key = request.entries[i].key;
        if (!outcomes[i]) {
            result.failures.push_back(to_failure(std::move(key), outcomes[i].error()));
        } else if (!request.quiet) {
            result.deleted.push_back(std::move(key));
        }
    }
    co_return xml_answer(s3::delete_result_xml(result));
}

}  // namespace slipway::gateway
