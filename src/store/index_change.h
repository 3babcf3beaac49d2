// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/object_store.h"
#include "store/data_files.h"

#include <memory>
#include <string>
#include <variant>

namespace slipway::store {

/// What the index knows of one object.
struct ObjectRow {
    objects::ObjectInfo info;
    /// Id of the file with its bytes; empty for an object whose bytes are in the index.
    std::string file;
    /// Those bytes, where they were asked for.
    std::string data;
};

/// An object whose bytes are in `data`, or in `file` and durable already.
struct PutObject {
    std::string bucket;
    objects::ObjectInfo info;
    objects::Conditions conditions;
    std::string data;
    std::unique_ptr<DataFile> file;
};

struct RemoveObject {
    std::string bucket;
    std::string key;
};

struct CreateBucket {
    std::string bucket;
    Time created{};
};

struct RemoveBucket {
    std::string bucket;
};

/// Nothing but a durable commit: whatever an earlier commit that failed left in the log is
/// overwritten afterwards.
struct SettleLog {};

/// One change of the index, and after its commit what came of it.
struct IndexChange {
    std::variant<PutObject, RemoveObject, CreateBucket, RemoveBucket, SettleLog> what;
    Result<> outcome;
    /// Id of the file that no row refers to any more; empty: none.
    std::string garbage;
};

}  // namespace slipway::store
