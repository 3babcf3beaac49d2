// SPDX-License-Identifier: Apache-2.0
// GetObjectTagging
#include "gateway/answers.h"
#include "gateway/operations.h"
#include "s3/tagging.h"

namespace slipway::gateway {

Task<http::Response> get_object_tagging(Call& call) {
    objects::GetRequest get;
    get.bucket = call.target.bucket;
    get.key = call.target.key;
    SLIPWAY_CO_TRY(info, co_await call.store.head(get));
    SLIPWAY_CO_TRY(tags, s3::parse_tagging_text(info.attributes.tagging));
    co_return xml_answer(s3::tagging_xml(tags));
}

}  // namespace slipway::gateway
