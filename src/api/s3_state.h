// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/s3.h"

#include "api/remote_store.h"
#include "api/runtime.h"
#include "objects/object_store.h"
#include "task/spread.h"

#include <memory>
#include <string>

namespace slipway {

/// What an S3 runs on. Uploads and downloads use it, too.
struct S3::State {
    State();
    ~State();

    std::string url;
    api::Runtime runtime;
    Spread spread;  ///< over all its I/O threads
    std::unique_ptr<api::RemoteStore> store;
};

}  // namespace slipway

namespace slipway::api {

objects::ObjectAttributes to_attributes(const ObjectHeaders& headers);
ObjectSummary to_summary(const objects::ObjectInfo& info);

}  // namespace slipway::api
