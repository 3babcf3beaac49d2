// SPDX-License-Identifier: Apache-2.0
#include "store/storage.h"

#include "s3/errors.h"

#include <utility>

namespace slipway::store {

void hand_over_garbage(Storage& storage, IndexChange& done) {
    for (std::string& id : done.garbage) {
        storage.files.discard(std::move(id));
    }
    if (done.upload_dropped) {
        storage.files.wake_janitor();
    }
}

Task<> commit(Storage& storage, std::unique_ptr<IndexChange> change) {
    const auto done = co_await storage.index.submit(std::move(change));
    hand_over_garbage(storage, *done);
    co_return done->outcome;
}

Result<ObjectRow> find_object(Storage& storage,
                              std::string_view bucket,
                              std::string_view key,
                              IndexReader::Data data) {
    SLIPWAY_TRY(known_bucket, storage.index.find_bucket(bucket));
    const auto find = [&](IndexReader& reader) { return reader.find(known_bucket.id, key, data); };
    SLIPWAY_TRY(row, storage.index.read(find));
    if (!row) {
        return s3::s3_fail("NoSuchKey");
    }
    return *std::move(row);
}

}  // namespace slipway::store
