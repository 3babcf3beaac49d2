// SPDX-License-Identifier: Apache-2.0
// What Amazon answers of settings that a bucket does not have. Tools for housekeeping ask for all
// of them and understand these answers; setting any of them is refused as not implemented.
#include "codec/xml.h"
#include "gateway/answers.h"
#include "gateway/operations.h"
#include "s3/document_parts.h"
#include "s3/errors.h"

#include <string>

namespace slipway::gateway {
namespace {

Task<http::Response> not_set(Call& call, std::string_view code) {
    SLIPWAY_CO_CHECK(call.store.bucket_settings(call.target.bucket));
    co_return s3::s3_fail(code);
}

/// A document with nothing in it, or with one element.
Task<http::Response> document(Call& call,
                              std::string_view root,
                              std::string_view element = {},
                              std::string_view text = {}) {
    SLIPWAY_CO_CHECK(call.store.bucket_settings(call.target.bucket));
    std::string out;
    codec::XmlWriter xml(out);
    xml.open(root, s3::xmlns);
    if (!element.empty()) {
        xml.element(element, text);
    }
    xml.close(root);
    co_return xml_answer(std::move(out));
}

}  // namespace

Task<http::Response> get_bucket_policy(Call& call) {
    return not_set(call, "NoSuchBucketPolicy");
}
Task<http::Response> get_bucket_encryption(Call& call) {
    return not_set(call, "ServerSideEncryptionConfigurationNotFoundError");
}
Task<http::Response> get_bucket_website(Call& call) {
    return not_set(call, "NoSuchWebsiteConfiguration");
}
Task<http::Response> get_bucket_replication(Call& call) {
    return not_set(call, "ReplicationConfigurationNotFoundError");
}
Task<http::Response> get_object_lock(Call& call) {
    return not_set(call, "ObjectLockConfigurationNotFoundError");
}
Task<http::Response> get_accelerate(Call& call) {
    return document(call, "AccelerateConfiguration");
}
Task<http::Response> get_bucket_logging(Call& call) {
    return document(call, "BucketLoggingStatus");
}
Task<http::Response> get_notification(Call& call) {
    return document(call, "NotificationConfiguration");
}
Task<http::Response> get_payer(Call& call) {
    return document(call, "RequestPaymentConfiguration", "Payer", "BucketOwner");
}

}  // namespace slipway::gateway
