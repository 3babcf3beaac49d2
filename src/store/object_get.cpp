// SPDX-License-Identifier: Apache-2.0
#include "store/object_get.h"

#include "base/log.h"
#include "objects/conditions.h"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace slipway::store {
namespace {

/// A file may be replaced and removed between the lookup and the opening, again and again only when
/// somebody overwrites the key as fast as we look.
constexpr int open_attempts_max = 100;

}  // namespace

Result<OpenObject> open_object(Storage& storage, std::string_view bucket, std::string_view key) {
    std::string missing;
    for (int attempt = 0; attempt < open_attempts_max; ++attempt) {
        SLIPWAY_TRY(row, find_object(storage, bucket, key, IndexReader::Data::load));
        if (row.file.empty()) {
            return OpenObject{std::move(row), nullptr};
        }
        if (row.file == missing) {
            break;  // the same row still refers to it
        }
        auto file = storage.files.open_to_read(row.file);
        if (file) {
            return OpenObject{std::move(row), *std::move(file)};
        }
        if (file.error().kind != ErrorKind::not_found) {
            return fail(std::move(file).error());
        }
        missing = row.file;
    }
    log::error("the file {} of object {}/{} is missing", missing, bucket, key);
    return fail(
        ErrorKind::corrupted,
        fmt::format("the bytes of {}/{} are missing on the store's disk; upload it again or "
                    "restore the store from a backup",
                    bucket, key));
}

Result<objects::GetResult> get_object(Storage& storage, const objects::GetRequest& request) {
    SLIPWAY_TRY(object, open_object(storage, request.bucket, request.key));
    objects::ObjectInfo& info = object.row.info;
    SLIPWAY_CHECK(objects::check_read(request.conditions, info));
    SLIPWAY_TRY(slice, objects::resolve_range(request.range, info.size));
    objects::GetResult result;
    if (object.file != nullptr) {
        result.body = FileSlice{std::move(object.file), slice.offset, slice.length};
    } else {
        std::string& data = object.row.data;
        result.body = slice.partial ? data.substr(static_cast<std::size_t>(slice.offset),
                                                  static_cast<std::size_t>(slice.length))
                                    : std::move(data);
    }
    result.info = std::move(info);
    result.offset = slice.offset;
    result.length = slice.length;
    result.partial = slice.partial;
    return result;
}

Result<objects::ObjectInfo> head_object(Storage& storage, const objects::GetRequest& request) {
    SLIPWAY_TRY(row, find_object(storage, request.bucket, request.key, IndexReader::Data::leave));
    SLIPWAY_CHECK(objects::check_read(request.conditions, row.info));
    SLIPWAY_CHECK(objects::resolve_range(request.range, row.info.size));
    return std::move(row.info);
}

}  // namespace slipway::store
