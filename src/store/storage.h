// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "store/data_files.h"
#include "store/hash_lanes.h"
#include "store/index.h"
#include "store/upload_pins.h"
#include "task/disk_threads.h"
#include "task/task.h"

#include <memory>

namespace slipway::store {

/// What an open store is made of; every operation works on these.
struct Storage {
    DataFiles& files;
    Index& index;
    DiskThreads& disk;
    HashLanes& hash_lanes;
    const Clock& clock;
    UploadPins pins;
};

/// Hands what a committed change made superfluous to the janitor.
void hand_over_garbage(Storage& storage, IndexChange& done);

/// Commits one change durably, hands over its garbage, and answers the change's own outcome.
Task<> commit(Storage& storage, std::unique_ptr<IndexChange> change);

/// A bucket's row and the object's, or not_found `NoSuchBucket`, `NoSuchKey`.
Result<ObjectRow> find_object(Storage& storage,
                              std::string_view bucket,
                              std::string_view key,
                              IndexReader::Data data);

}  // namespace slipway::store
