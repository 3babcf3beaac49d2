// SPDX-License-Identifier: Apache-2.0
#include "store/copied_bytes.h"

#include "base/limits.h"
#include "objects/running_checksum.h"
#include "s3/errors.h"
#include "s3/limits.h"
#include "store/segment_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace slipway::store {
namespace {

using objects::Checksum;
using objects::ChecksumAlgorithm;

constexpr std::size_t read_piece_bytes = 256 * 1024;

/// On a disk thread.
Result<Checksum> checksum_of_file(FileSystem& system,
                                  const FileSlice& slice,
                                  ChecksumAlgorithm algorithm) {
    objects::RunningChecksum checksum(algorithm);
    std::vector<std::byte> piece(read_piece_bytes);
    for (std::uint64_t done = 0; done < slice.size;) {
        const std::uint64_t wanted = std::min<std::uint64_t>(piece.size(), slice.size - done);
        const auto bytes = std::span(piece).first(static_cast<std::size_t>(wanted));
        SLIPWAY_CHECK(system.read(slice.file->fd(), bytes, slice.offset + done));
        checksum.update(bytes);
        done += wanted;
    }
    return checksum.finish();
}

/// A second name for the source's file; on a disk thread. Reads it for a checksum only.
Result<> clone_file(DataFiles& files,
                    const OpenObject& source,
                    std::optional<ChecksumAlgorithm> algorithm,
                    ReceivedBody& into) {
    const FileSlice& slice = std::get<FileSlice>(source.body);
    if (algorithm) {
        SLIPWAY_TRY(checksum, checksum_of_file(files.system(), slice, *algorithm));
        into.digests.checksum = std::move(checksum);
    }
    SLIPWAY_TRY(file, files.clone(source.row.file, *slice.file, slice.size));
    SLIPWAY_CHECK(file->sync());
    into.file = std::move(file);
    return {};
}

std::unique_ptr<BodyReader> reader_of(Storage& storage, Body body) {
    if (auto* text = std::get_if<std::string>(&body)) {
        return std::make_unique<MemoryBodyReader>(std::move(*text));
    }
    if (auto* slice = std::get_if<FileSlice>(&body)) {
        return std::make_unique<SegmentReader>(storage, std::move(*slice));
    }
    return std::get<std::unique_ptr<BodyReader>>(std::move(body));
}

}  // namespace

Task<std::unique_ptr<ReceivedBody>> copy_bytes(Storage& storage,
                                               OpenObject source,
                                               std::optional<ChecksumAlgorithm> algorithm) {
    const objects::ObjectInfo& info = source.row.info;
    if (source.slice.length > s3::single_put_bytes_max) {
        co_return s3::s3_fail(
            "InvalidRequest",
            fmt::format("The specified copy source is larger than the maximum allowable size for a "
                        "copy source: {}",
                        s3::single_put_bytes_max));
    }
    const bool whole = source.slice.length == info.size;
    const bool kept = whole && info.checksum && !objects::is_composite(*info.checksum) &&
                      info.checksum->algorithm == algorithm.value_or(info.checksum->algorithm);
    const auto wanted =
        algorithm.value_or(info.checksum ? info.checksum->algorithm : ChecksumAlgorithm::crc64nvme);
    if (whole && !source.row.manifest && std::holds_alternative<FileSlice>(source.body)) {
        auto copied = std::make_unique<ReceivedBody>();
        copied->size = info.size;
        copied->digests.etag = info.etag;
        if (kept) {
            copied->digests.checksum = *info.checksum;
        }
        const auto computed = kept ? std::nullopt : std::optional(wanted);
        auto clone = [&] { return clone_file(storage.files, source, computed, *copied); };
        SLIPWAY_CO_CHECK(co_await storage.disk.run(std::move(clone)));
        co_return copied;
    }
    DeclaredDigests declared;
    declared.kept = wanted;
    const auto reader = reader_of(storage, std::move(source.body));
    co_return co_await receive_body(storage, std::move(declared), *reader);
}

}  // namespace slipway::store
