// SPDX-License-Identifier: Apache-2.0
// GetBucketAcl, GetObjectAcl
#include "gateway/answers.h"
#include "gateway/operations.h"
#include "s3/acl.h"

namespace slipway::gateway {

Task<http::Response> get_bucket_acl(Call& call) {
    SLIPWAY_CO_TRY(settings, call.store.bucket_settings(call.target.bucket));
    const auto acl = settings->find(objects::BucketSetting::acl);
    co_return xml_answer(
        s3::acl_xml(acl == settings->end() ? std::string_view() : acl->second, call.options.owner));
}

Task<http::Response> get_object_acl(Call& call) {
    objects::GetRequest wanted;
    wanted.bucket = call.target.bucket;
    wanted.key = call.target.key;
    SLIPWAY_CO_TRY(info, co_await call.store.head(wanted));
    co_return xml_answer(s3::acl_xml(info.attributes.acl, call.options.owner));
}

}  // namespace slipway::gateway
