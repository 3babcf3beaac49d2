// SPDX-License-Identifier: Apache-2.0
// GetBucketVersioning: no bucket here ever had it enabled, which S3 says with an empty document.
#include "codec/xml.h"
#include "gateway/answers.h"
#include "gateway/operations.h"

namespace slipway::gateway {

Task<http::Response> get_bucket_versioning(Call& call) {
    SLIPWAY_CO_CHECK(co_await call.store.head_bucket(call.target.bucket));
    std::string document;
    codec::XmlWriter xml(document);
    xml.open("VersioningConfiguration", "http://s3.amazonaws.com/doc/2006-03-01/");
    xml.close("VersioningConfiguration");
    co_return xml_answer(std::move(document));
}

}  // namespace slipway::gateway
