// SPDX-License-Identifier: Apache-2.0
// PutObject
#include "gateway/answers.h"
#include "gateway/attributes.h"
#include "gateway/body_size.h"
#include "gateway/expiration.h"
#include "gateway/integrity.h"
#include "gateway/operations.h"
#include "gateway/preconditions.h"

namespace slipway::gateway {
namespace {

Result<objects::PutRequest> to_put_request(const Call& call) {
    objects::PutRequest put;
    put.bucket = call.target.bucket;
    put.key = call.target.key;
    SLIPWAY_TRY(attributes, read_attributes(call));
    put.attributes = std::move(attributes);
    SLIPWAY_TRY(integrity, read_integrity(call));
    put.content_md5 = std::move(integrity.md5);
    put.content_sha256 = std::move(integrity.sha256);
    put.checksum = std::move(integrity.checksum);
    put.conditions = read_write_conditions(call);
    return put;
}

}  // namespace

Task<http::Response> put_object(Call& call) {
    SLIPWAY_CO_CHECK(check_body_size(call));
    SLIPWAY_CO_TRY(put, to_put_request(call));
    SLIPWAY_CO_TRY(info, co_await call.store.put(put, call.body));
    http::Response response = empty_answer(200);
    response.headers.add("ETag", quoted(info.etag));
    if (info.checksum) {
        write_checksum(*info.checksum, response.headers);
    }
    write_expiration(call, info, response.headers);
    co_return response;
}

}  // namespace slipway::gateway
