// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "gateway/call.h"
#include "objects/object_store.h"

#include <string_view>

/// What several operations read from a query.
namespace slipway::gateway {

/// The number that parameter or header `name` says with `text`; `fallback` when it says nothing.
/// Errors: invalid_argument `InvalidArgument` for what is none from 0 to 2147483647.
Result<unsigned> read_number(std::string_view name, std::string_view text, unsigned fallback);

/// How many entries a page is to have: what max-keys and the like say, at most `page_max`.
/// Errors: those of read_number.
Result<unsigned> read_page_size(const Call& call, std::string_view name, unsigned page_max);

/// partNumber. Errors: invalid_argument `InvalidArgument` for none from 1 to 10000.
Result<unsigned> read_part_number(const Call& call);

/// Whether encoding-type is url. Errors: invalid_argument `InvalidArgument` for another.
Result<bool> read_url_encoding(const Call& call);

/// The upload that bucket, key and uploadId name.
objects::MultipartUpload upload_of(const Call& call);

}  // namespace slipway::gateway
