// SPDX-License-Identifier: Apache-2.0
#include "store/object_get.h"

#include "base/log.h"
#include "objects/archive.h"
#include "s3/errors.h"
#include "store/segment_reader.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace slipway::store {
namespace {

using objects::GetRequest;
using objects::Slice;

/// An object may be replaced, and its files removed, between the lookup and the opening; again and
/// again only when somebody overwrites the key as fast as we look.
constexpr int open_attempts_max = 100;

/// Nothing: the file is not there (any more).
Result<std::optional<Body>> open_slice(Storage& storage,
                                       const std::string& file,
                                       std::uint64_t offset,
                                       std::uint64_t size) {
    auto open = storage.files.open_to_read(file);
    if (!open) {
        if (open.error().kind == ErrorKind::not_found) {
            return std::nullopt;
        }
        return fail(std::move(open).error());
    }
    return Body(FileSlice{*std::move(open), offset, size});
}

/// Nothing: the object is made of other parts by now, or a file of it is gone.
Result<std::optional<Body>> open_parts(Storage& storage,
                                       std::string_view bucket,
                                       const ObjectRow& row,
                                       const Slice& slice) {
    UploadPins::Pin pin(storage.pins, *row.manifest);
    SLIPWAY_TRY(again, find_object(storage, bucket, row.info.key, IndexReader::Data::leave));
    if (again.manifest != row.manifest) {
        return std::nullopt;
    }
    const auto find = [&](IndexReader& reader) {
        return reader.uploads().segments(*row.manifest, slice);
    };
    SLIPWAY_TRY(segments, storage.index.read(find));
    if (segments.empty()) {
        return Body(std::string());
    }
    Segment& only = segments.front();
    if (segments.size() > 1) {
        return Body(std::make_unique<SegmentReader>(storage, std::move(segments), std::move(pin)));
    }
    if (only.file.empty()) {
        return Body(std::move(only.data));
    }
    return open_slice(storage, only.file, only.offset, only.size);
}

Result<std::optional<Body>> open_body(Storage& storage,
                                      std::string_view bucket,
                                      ObjectRow& row,
                                      const Slice& slice) {
    if (row.manifest) {
        return open_parts(storage, bucket, row, slice);
    }
    if (!row.file.empty()) {
        return open_slice(storage, row.file, slice.offset, slice.length);
    }
    std::string& data = row.data;
    return Body(slice.length == data.size() ? std::move(data)
                                            : data.substr(static_cast<std::size_t>(slice.offset),
                                                          static_cast<std::size_t>(slice.length)));
}

/// The bytes that a GET or HEAD asks for.
Result<Slice> slice_of(Storage& storage, const GetRequest& request, const ObjectRow& row) {
    if (request.part_number == 0 || !row.manifest) {
        return objects::resolve_part_or_range(request, row.info.size, {});
    }
    const auto find = [&](IndexReader& reader) {
        return reader.uploads().place_of(*row.manifest, request.part_number);
    };
    SLIPWAY_TRY(place, storage.index.read(find));
    if (!place) {
        return s3::s3_fail("InvalidPartNumber");
    }
    return *place;
}

}  // namespace

Result<OpenObject> open_object(Storage& storage,
                               std::string_view bucket,
                               std::string_view key,
                               const Choose& choose) {
    std::optional<ObjectRow> missing;
    for (int attempt = 0; attempt < open_attempts_max; ++attempt) {
        SLIPWAY_TRY(row, find_object(storage, bucket, key, IndexReader::Data::load));
        if (missing && missing->file == row.file && missing->manifest == row.manifest) {
            break;  // the object still refers to it
        }
        SLIPWAY_TRY(slice, choose(row));
        SLIPWAY_TRY(body, open_body(storage, bucket, row, slice));
        if (body) {
            return OpenObject{std::move(row), slice, *std::move(body)};
        }
        missing = std::move(row);
    }
    log::error("a file of object {}/{} is missing", bucket, key);
    return fail(
        ErrorKind::corrupted,
        fmt::format("the bytes of {}/{} are missing on the store's disk; upload it again or "
                    "restore the store from a backup",
                    bucket, key));
}

Result<objects::GetResult> get_object(Storage& storage, const GetRequest& request) {
    const auto choose = [&](const ObjectRow& row) -> Result<Slice> {
        SLIPWAY_CHECK(objects::check_read(request.conditions, row.info));
        SLIPWAY_CHECK(objects::check_readable(row.info, storage.clock.now()));
        return slice_of(storage, request, row);
    };
    SLIPWAY_TRY(object, open_object(storage, request.bucket, request.key, choose));
    objects::GetResult result;
    result.info = std::move(object.row.info);
    result.body = std::move(object.body);
    result.offset = object.slice.offset;
    result.length = object.slice.length;
    result.partial = object.slice.partial;
    return result;
}

Result<objects::ObjectInfo> head_object(Storage& storage, const GetRequest& request) {
    SLIPWAY_TRY(row, find_object(storage, request.bucket, request.key, IndexReader::Data::leave));
    SLIPWAY_CHECK(objects::check_read(request.conditions, row.info));
    SLIPWAY_CHECK(slice_of(storage, request, row));
    return std::move(row.info);
}

}  // namespace slipway::store
