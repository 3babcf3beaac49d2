// SPDX-License-Identifier: Apache-2.0
// UploadPartCopy
#include "gateway/answers.h"
#include "gateway/copy_source.h"
#include "gateway/operations.h"
#include "gateway/parameters.h"
#include "gateway/preconditions.h"
#include "http/range.h"
#include "s3/errors.h"
#include "s3/multipart_documents.h"

#include <optional>
#include <utility>

namespace slipway::gateway {
namespace {

/// Unlike Range, which a server ignores when it does not understand it.
Result<std::optional<objects::ByteRange>> read_source_range(const Call& call) {
    if (!call.has_header("x-amz-copy-source-range")) {
        return std::nullopt;
    }
    auto range = http::parse_range(call.header("x-amz-copy-source-range"));
    if (!range || !range->first || !range->last || *range->first > *range->last) {
        return s3::s3_fail("InvalidArgument",
                           "The x-amz-copy-source-range value must be of the form bytes=first-last "
                           "where first and last are the zero-based offsets of the first and last "
                           "bytes to copy");
    }
    return range;
}

Result<objects::CopyPartRequest> to_copy_part_request(const Call& call) {
    objects::CopyPartRequest copy;
    copy.upload = upload_of(call);
    SLIPWAY_TRY(number, read_part_number(call));
    copy.number = number;
    SLIPWAY_TRY(source, read_copy_source(call));
    copy.source_bucket = std::move(source.bucket);
    copy.source_key = std::move(source.key);
    copy.source_conditions = read_copy_source_conditions(call);
    SLIPWAY_TRY(range, read_source_range(call));
    copy.range = range;
    return copy;
}

}  // namespace

Task<http::Response> upload_part_copy(Call& call) {
    SLIPWAY_CO_TRY(copy, to_copy_part_request(call));
    SLIPWAY_CO_TRY(copied, co_await call.store.copy_part(copy));
    s3::CopyPartResult result;
    result.etag = std::move(copied.part.etag);
    result.last_modified = copied.last_modified;
    if (copied.part.checksum) {
        result.checksum_algorithm = objects::to_string(copied.part.checksum->algorithm);
        result.checksum_value = std::move(copied.part.checksum->value);
    }
    co_return xml_answer(s3::copy_part_xml(result));
}

}  // namespace slipway::gateway
