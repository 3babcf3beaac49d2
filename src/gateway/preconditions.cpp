// SPDX-License-Identifier: Apache-2.0
#include "gateway/preconditions.h"

#include "http/conditions.h"
#include "s3/errors.h"

namespace slipway::gateway {
namespace {

objects::Conditions to_conditions(http::Conditions read) {
    objects::Conditions conditions;
    conditions.if_match = std::move(read.if_match);
    conditions.if_none_match = std::move(read.if_none_match);
    conditions.if_modified_since = read.if_modified_since;
    conditions.if_unmodified_since = read.if_unmodified_since;
    return conditions;
}

}  // namespace

objects::Conditions read_conditions(const Call& call) {
    return to_conditions(http::read_conditions(call.request.headers));
}

objects::Conditions read_write_conditions(const Call& call) {
    objects::Conditions conditions = read_conditions(call);
    conditions.if_modified_since.reset();
    conditions.if_unmodified_since.reset();
    return conditions;
}

objects::Conditions read_copy_source_conditions(const Call& call) {
    return to_conditions(http::read_conditions(call.request.headers, "x-amz-copy-source-"));
}

Result<objects::Conditions> read_delete_conditions(const Call& call) {
    objects::Conditions conditions = read_write_conditions(call);
    if (!conditions.if_none_match.empty()) {
        return s3::s3_fail("NotImplemented",
                           "A header you provided implies functionality that is not implemented: "
                           "If-None-Match on this operation.");
    }
    return conditions;
}

}  // namespace slipway::gateway
