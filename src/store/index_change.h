// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/hosted_store.h"
#include "store/data_files.h"
#include "store/upload_id.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace slipway::store {

/// What the index knows of one object.
struct ObjectRow {
    objects::ObjectInfo info;
    /// Id of the file with its bytes; empty for an object whose bytes are elsewhere.
    std::string file;
    /// Row of the upload whose parts its bytes are in.
    std::optional<std::int64_t> manifest;
    /// Its bytes, where they are in the index and were asked for.
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
    objects::Conditions conditions;
};

/// Removes those of the objects that were not written since.
struct ExpireObjects {
    struct Object {
        std::string key;
        Time modified{};
    };
    std::string bucket;
    std::vector<Object> objects;
};

struct ChangeObject {
    std::string bucket;
    std::string key;
    objects::ObjectChange change;
};

/// Its id becomes known by the commit.
struct CreateUpload {
    objects::MultipartUploadInfo info;
    UploadId id;
};

/// A part whose bytes are in `data`, or in `file` and durable already.
struct PutPart {
    objects::MultipartUpload upload;
    objects::PartInfo part;
    std::string data;
    std::unique_ptr<DataFile> file;
};

/// Makes `info` of the parts, which are what the upload was found to have.
struct CompleteUpload {
    objects::MultipartUpload upload;
    std::vector<objects::PartInfo> parts;
    objects::ObjectInfo info;
    objects::Conditions conditions;
};

struct AbortUpload {
    objects::MultipartUpload upload;
};

/// Removes the rows of a dropped upload's parts, up to parts_max of them, and at last its own.
struct ClearUpload {
    std::int64_t row = 0;
    unsigned parts_max = 0;
    bool done = false;  ///< nothing is left of it
};

struct CreateBucket {
    std::string bucket;
    Time created{};
};

struct RemoveBucket {
    std::string bucket;
};

struct ChangeBucket {
    std::string bucket;
    objects::BucketSetting setting{};
    std::optional<std::string> value;
};

/// Nothing but a durable commit: whatever an earlier commit that failed left in the log is
/// overwritten afterwards.
struct SettleLog {};

/// One change of the index, and after its commit what came of it.
struct IndexChange {
    std::variant<PutObject,
                 RemoveObject,
                 ExpireObjects,
                 ChangeObject,
                 CreateUpload,
                 PutPart,
                 CompleteUpload,
                 AbortUpload,
                 ClearUpload,
                 CreateBucket,
                 RemoveBucket,
                 ChangeBucket,
                 SettleLog>
        what;
    Result<> outcome;
    /// Ids of the files that no row refers to any more.
    std::vector<std::string> garbage;
    /// An upload was dropped, or an object made of one: the janitor is to clear it.
    bool upload_dropped = false;

    /// The file that the change makes a row refer to, if any.
    DataFile* file() const {
        if (const auto* put = std::get_if<PutObject>(&what)) {
            return put->file.get();
        }
        if (const auto* part = std::get_if<PutPart>(&what)) {
            return part->file.get();
        }
        return nullptr;
    }
};

}  // namespace slipway::store
