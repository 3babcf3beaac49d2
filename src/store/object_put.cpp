// SPDX-License-Identifier: Apache-2.0
#include "store/object_put.h"

#include "objects/conditions.h"
#include "s3/names.h"
#include "store/receive_body.h"

#include <memory>
#include <utility>

namespace slipway::store {
namespace {

using objects::ObjectInfo;
using objects::PutRequest;

/// Refuses before the body is read what could not be stored anyway; the commit decides again.
Result<> check_early(Storage& storage, const PutRequest& request, const BodyReader& body) {
    SLIPWAY_CHECK(s3::check_object_key(request.key));
    SLIPWAY_CHECK(check_body_size(body.size().value_or(0)));
    SLIPWAY_CHECK(storage.index.find_bucket(request.bucket));
    if (request.conditions.none()) {
        return {};
    }
    const auto row = find_object(storage, request.bucket, request.key, IndexReader::Data::leave);
    return objects::check_write(request.conditions, row ? &row->info.etag : nullptr);
}

DeclaredDigests declared_digests(const PutRequest& request) {
    DeclaredDigests declared;
    declared.md5 = request.content_md5;
    declared.sha256 = request.content_sha256;
    declared.checksum = request.checksum;
    return declared;
}

PutObject object_of(const PutRequest& request, ReceivedBody& received, Time now) {
    PutObject put;
    put.bucket = request.bucket;
    put.info.key = request.key;
    put.info.size = received.size;
    put.info.etag = std::move(received.digests.etag);
    put.info.last_modified = now;
    put.info.attributes = request.attributes;
    put.info.checksum = std::move(received.digests.checksum);
    put.conditions = request.conditions;
    put.data = std::move(received.data);
    put.file = std::move(received.file);
    return put;
}

/// On its own, so that its frame is not held while the body comes.
Task<ObjectInfo> commit_object(Storage& storage,
                               const PutRequest& request,
                               ReceivedBody& received) {
    auto change = std::make_unique<IndexChange>();
    change->what = object_of(request, received, storage.clock.now());
    ObjectInfo info = std::get<PutObject>(change->what).info;
    SLIPWAY_CO_CHECK(co_await commit(storage, std::move(change)));
    co_return info;
}

}  // namespace

Task<ObjectInfo> put_object(Storage& storage, const PutRequest& request, BodyReader& body) {
    SLIPWAY_CO_CHECK(check_early(storage, request, body));
    SLIPWAY_CO_TRY(received, co_await receive_body(storage, declared_digests(request), body));
    co_return co_await commit_object(storage, request, *received);
}

}  // namespace slipway::store
