// SPDX-License-Identifier: Apache-2.0
// UploadPart
#include "gateway/answers.h"
#include "gateway/attributes.h"
#include "gateway/body_size.h"
#include "gateway/integrity.h"
#include "gateway/operations.h"
#include "gateway/parameters.h"

#include <utility>

namespace slipway::gateway {
namespace {

Result<objects::PutPartRequest> to_put_part_request(const Call& call) {
    objects::PutPartRequest put;
    put.upload = upload_of(call);
    SLIPWAY_TRY(number, read_part_number(call));
    put.number = number;
    SLIPWAY_TRY(integrity, read_integrity(call));
    put.content_md5 = std::move(integrity.md5);
    put.content_sha256 = std::move(integrity.sha256);
    put.checksum = std::move(integrity.checksum);
    return put;
}

}  // namespace

Task<http::Response> upload_part(Call& call) {
    SLIPWAY_CO_CHECK(check_body_size(call));
    SLIPWAY_CO_TRY(put, to_put_part_request(call));
    SLIPWAY_CO_TRY(part, co_await call.store.put_part(put, call.body));
    http::Response response = empty_answer(200);
    response.headers.add("ETag", quoted(part.etag));
    if (part.checksum) {
        response.headers.add(std::string(objects::header_name(part.checksum->algorithm)),
                             part.checksum->value);
    }
    co_return response;
}

}  // namespace slipway::gateway
