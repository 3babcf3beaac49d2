// SPDX-License-Identifier: Apache-2.0
// PutBucketVersioning. Also Suspended is refused: a DELETE in such a bucket leaves a marker, and
// none is kept here.
#include "gateway/answers.h"
#include "gateway/operations.h"
#include "s3/errors.h"
#include "s3/limits.h"
#include "s3/object_documents.h"

#include <fmt/format.h>

namespace slipway::gateway {

Task<http::Response> put_bucket_versioning(Call& call) {
    SLIPWAY_CO_TRY(document, co_await read_document(call, s3::small_document_bytes_max));
    SLIPWAY_CO_TRY(status, s3::parse_versioning(document));
    SLIPWAY_CO_CHECK(co_await call.store.head_bucket(call.target.bucket));
    co_return s3::s3_fail("NotImplemented",
                          fmt::format("Versioning is not implemented here, so its status cannot be "
                                      "{}: every object has one version, \"null\".",
                                      status));
}

}  // namespace slipway::gateway
