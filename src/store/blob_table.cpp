// SPDX-License-Identifier: Apache-2.0
#include "store/blob_table.h"

namespace slipway::store {

Result<> BlobTable::prepare() {
    return database_.prepare_all({
        {&insert_, "INSERT INTO blobs (data) VALUES (?1)"},
        {&update_, "UPDATE blobs SET data = ?2 WHERE id = ?1"},
        {&remove_, "DELETE FROM blobs WHERE id = ?1"},
    });
}

Result<std::optional<std::int64_t>> BlobTable::store(std::string_view data,
                                                     std::optional<std::int64_t> replaced) {
    if (data.empty()) {
        SLIPWAY_CHECK(remove(replaced));
        return std::nullopt;
    }
    if (replaced) {
        update_.bind(1, *replaced);
        update_.bind_blob(2, data);
        SLIPWAY_CHECK(update_.run());
        return replaced;
    }
    insert_.bind_blob(1, data);
    SLIPWAY_CHECK(insert_.run());
    return database_.last_insert_rowid();
}

Result<> BlobTable::remove(std::optional<std::int64_t> blob) {
    if (!blob) {
        return {};
    }
    remove_.bind(1, *blob);
    return remove_.run();
}

}  // namespace slipway::store
