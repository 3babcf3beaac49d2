// SPDX-License-Identifier: Apache-2.0
// RestoreObject
#include "gateway/answers.h"
#include "gateway/operations.h"
#include "s3/errors.h"
#include "s3/limits.h"
#include "s3/object_documents.h"

#include <fmt/format.h>

#include <chrono>

namespace slipway::gateway {
namespace {

using std::chrono::days;

Result<> check_archived(const objects::ObjectInfo& info, const s3::RestoreRequest& wanted) {
    const std::string& storage_class = info.attributes.storage_class;
    if (storage_class != "GLACIER" && storage_class != "DEEP_ARCHIVE") {
        return s3::s3_fail("InvalidObjectState",
                           fmt::format("Restore is not allowed for the object's current storage "
                                       "class: {}.",
                                       storage_class));
    }
    if (storage_class == "DEEP_ARCHIVE" && wanted.tier == "Expedited") {
        return s3::s3_fail("InvalidArgument",
                           "The Expedited tier is not there for the storage class DEEP_ARCHIVE.");
    }
    return {};
}

/// The copy stays to the end of the day, as at Amazon.
Time kept_until(Time ready, unsigned kept_days) {
    return std::chrono::ceil<days>(ready + days(kept_days));
}

}  // namespace

Task<http::Response> restore_object(Call& call) {
    SLIPWAY_CO_TRY(document, co_await read_document(call, s3::small_document_bytes_max));
    SLIPWAY_CO_TRY(wanted, s3::parse_restore_request(document));
    objects::GetRequest get;
    get.bucket = call.target.bucket;
    get.key = call.target.key;
    SLIPWAY_CO_TRY(info, co_await call.store.head(get));
    SLIPWAY_CO_CHECK(check_archived(info, wanted));

    const Time now = call.clock.now();
    const bool restored = info.restoration && now < info.restoration->until;
    if (restored && now < info.restoration->ready) {
        co_return s3::s3_fail("RestoreAlreadyInProgress");
    }
    objects::Restoration restoration;
    restoration.ready = restored ? info.restoration->ready : now + call.options.restore_delay;
    restoration.until = kept_until(restored ? now : restoration.ready, wanted.days);
    objects::ObjectChange change;
    change.restoration = restoration;
    SLIPWAY_CO_CHECK(co_await call.store.change_object(get.bucket, get.key, change));
    co_return empty_answer(restored ? 200 : 202);
}

}  // namespace slipway::gateway
