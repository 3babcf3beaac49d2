// SPDX-License-Identifier: Apache-2.0
#include "client/object_headers.h"
#include "client/s3_client.h"
#include "codec/percent.h"
#include "s3/documents.h"

#include <fmt/format.h>

#include <utility>

namespace slipway::client {

using objects::CopyRequest;
using objects::ObjectInfo;

Task<ObjectInfo> S3Client::copy(const CopyRequest& request) {
    const std::string verb =
        fmt::format("copy {}/{} to", request.source_bucket, request.source_key);
    Operation operation(http::Method::put, verb, request.bucket, request.key);
    operation.headers.add("x-amz-copy-source",
                          fmt::format("/{}/{}", codec::percent_encode(request.source_bucket, false),
                                      codec::percent_encode(request.source_key, true)));
    add_conditions(operation.headers, request.source_conditions, "x-amz-copy-source-");
    if (request.attributes) {
        operation.headers.add("x-amz-metadata-directive", "REPLACE");
        add_attributes(operation.headers, *request.attributes);
        if (!request.attributes->tagging.empty()) {
            operation.headers.add("x-amz-tagging-directive", "REPLACE");
        }
    }
    if (!request.storage_class.empty()) {
        operation.headers.set("x-amz-storage-class", request.storage_class);
    }
    if (request.checksum_algorithm) {
        operation.headers.add("x-amz-checksum-algorithm",
                              std::string(objects::to_string(*request.checksum_algorithm)));
    }
    const std::string attempt = describe(operation);
    SLIPWAY_CO_TRY(document, co_await send_for_document(std::move(operation)));
    auto copied = s3::parse_copy_object(document);
    if (!copied) {
        co_return fail(in_answer(attempt, std::move(copied).error()));
    }
    // The answer says neither size nor attributes.
    objects::GetRequest made;
    made.bucket = request.bucket;
    made.key = request.key;
    co_return co_await head(made);
}

}  // namespace slipway::client
