// SPDX-License-Identifier: Apache-2.0
#include "store/object_copy.h"

#include "objects/archive.h"
#include "objects/conditions.h"
#include "s3/names.h"
#include "store/copied_bytes.h"
#include "store/object_get.h"

#include <memory>
#include <utility>

namespace slipway::store {
namespace {

using objects::CopyRequest;
using objects::ObjectInfo;

objects::ObjectAttributes copied_attributes(const ObjectInfo& source, const CopyRequest& request) {
    objects::ObjectAttributes attributes =
        request.attributes ? *request.attributes : source.attributes;
    if (!request.storage_class.empty()) {
        attributes.storage_class = request.storage_class;
    }
    attributes.tagging = request.tagging.value_or(source.attributes.tagging);
    if (!request.attributes) {
        attributes.acl = request.acl;
    }
    return attributes;
}

std::unique_ptr<IndexChange> change_of(const CopyRequest& request,
                                       objects::ObjectAttributes attributes,
                                       ReceivedBody& copied,
                                       Time now) {
    PutObject put;
    put.bucket = request.bucket;
    put.info.key = request.key;
    put.info.size = copied.size;
    put.info.etag = std::move(copied.digests.etag);
    put.info.checksum = std::move(copied.digests.checksum);
    put.info.last_modified = now;
    put.info.attributes = std::move(attributes);
    put.conditions = request.conditions;
    put.data = std::move(copied.data);
    put.file = std::move(copied.file);
    auto change = std::make_unique<IndexChange>();
    change->what = std::move(put);
    return change;
}

}  // namespace

Task<ObjectInfo> copy_object(Storage& storage, const CopyRequest& request) {
    SLIPWAY_CO_CHECK(s3::check_object_key(request.key));
    SLIPWAY_CO_CHECK(storage.index.find_bucket(request.bucket));
    const auto choose = [&](const ObjectRow& row) -> Result<objects::Slice> {
        SLIPWAY_CHECK(objects::check_copy_source(request.source_conditions, row.info));
        SLIPWAY_CHECK(objects::check_readable(row.info, storage.clock.now()));
        return objects::Slice{0, row.info.size, false};
    };
    SLIPWAY_CO_TRY(source, open_object(storage, request.source_bucket, request.source_key, choose));
    auto attributes = copied_attributes(source.row.info, request);
    SLIPWAY_CO_TRY(copied,
                   co_await copy_bytes(storage, std::move(source), request.checksum_algorithm));
    auto change = change_of(request, std::move(attributes), *copied, storage.clock.now());
    ObjectInfo info = std::get<PutObject>(change->what).info;
    SLIPWAY_CO_CHECK(co_await commit(storage, std::move(change)));
    co_return info;
}

}  // namespace slipway::store
