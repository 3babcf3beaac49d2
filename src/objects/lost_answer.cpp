// SPDX-License-Identifier: Apache-2.0
#include "objects/lost_answer.h"

#include "objects/multipart.h"
#include "objects/retry.h"

#include <functional>
#include <string>
#include <utility>

namespace slipway::objects {
namespace {

using IsIt = std::function<bool(const ObjectInfo&)>;

/// What is there if it is what was sent, else the refusal.
Task<ObjectInfo> find(
    ObjectStore& store, std::string bucket, std::string key, IsIt is_it, Error refusal) {
    GetRequest request;
    request.bucket = std::move(bucket);
    request.key = std::move(key);
    auto found = co_await store.head(request);
    if (found && is_it(*found)) {
        co_return found;
    }
    if (!found && is_temporary(found.error())) {
        co_return found;
    }
    refusal.message +=
        "; an earlier attempt got no answer, and the object there is not what was sent";
    co_return fail(std::move(refusal));
}

}  // namespace

Task<ObjectInfo> put_or_find(ObjectStore& store,
                             const PutRequest& request,
                             BodyReader& body,
                             std::uint64_t size,
                             bool again) {
    auto stored = co_await store.put(request, body);
    if (stored || !again || stored.error().kind != ErrorKind::precondition_failed) {
        co_return stored;
    }
    IsIt is_it = [&request, size](const ObjectInfo& found) {
        return found.size == size && request.checksum && found.checksum == request.checksum;
    };
    co_return co_await find(store, request.bucket, request.key, std::move(is_it),
                            std::move(stored).error());
}

Task<ObjectInfo> complete_or_find(ObjectStore& store,
                                  const CompleteMultipartRequest& request,
                                  bool again) {
    auto completed = co_await store.complete_multipart(request);
    if (completed || !again ||
        (completed.error().code != "NoSuchUpload" &&
         completed.error().kind != ErrorKind::precondition_failed)) {
        co_return completed;
    }
    IsIt is_it = [&request](const ObjectInfo& found) { return is_made_of(found, request); };
    co_return co_await find(store, request.upload.bucket, request.upload.key, std::move(is_it),
                            std::move(completed).error());
}

}  // namespace slipway::objects
