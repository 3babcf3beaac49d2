// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/hosted_store.h"
#include "store/index_reader.h"

#include <cstdint>

namespace slipway::store {

/// One page of a bucket's uploads that are neither completed nor aborted. Cost: what is returned,
/// and for each common prefix a seek past everything below it.
Result<objects::ListMultipartUploadsResult> list_uploads(
    IndexReader& reader, std::int64_t bucket, const objects::ListMultipartUploadsRequest& request);

}  // namespace slipway::store
