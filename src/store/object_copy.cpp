// SPDX-License-Identifier: Apache-2.0
#include "store/object_copy.h"

#include "objects/conditions.h"
#include "objects/running_checksum.h"
#include "s3/names.h"
#include "store/object_get.h"
#include "store/object_put.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace slipway::store {
namespace {

using objects::Checksum;
using objects::ChecksumAlgorithm;
using objects::CopyRequest;
using objects::ObjectInfo;

constexpr std::size_t read_piece_bytes = 256 * 1024;

Result<Checksum> checksum_of_file(FileSystem& system,
                                  const OpenFile& file,
                                  std::uint64_t size,
                                  ChecksumAlgorithm algorithm) {
    objects::RunningChecksum checksum(algorithm);
    std::vector<std::byte> piece(read_piece_bytes);
    for (std::uint64_t done = 0; done < size;) {
        const std::uint64_t wanted = std::min<std::uint64_t>(piece.size(), size - done);
        const auto bytes = std::span(piece).first(static_cast<std::size_t>(wanted));
        SLIPWAY_CHECK(system.read(file.fd(), bytes, done));
        checksum.update(bytes);
        done += wanted;
    }
    return checksum.finish();
}

/// The file of the copy; on a disk thread. Reads the source when `algorithm` is set.
struct ClonedFile {
    std::unique_ptr<DataFile> file;
    std::optional<Checksum> checksum;
};
Result<ClonedFile> clone_file(DataFiles& files,
                              const OpenObject& source,
                              std::optional<ChecksumAlgorithm> algorithm) {
    const std::uint64_t size = source.row.info.size;
    ClonedFile cloned;
    if (algorithm) {
        SLIPWAY_TRY(checksum, checksum_of_file(files.system(), *source.file, size, *algorithm));
        cloned.checksum = std::move(checksum);
    }
    SLIPWAY_TRY(file, files.clone(source.row.file, *source.file, size));
    SLIPWAY_CHECK(file->sync());
    cloned.file = std::move(file);
    return cloned;
}

ObjectInfo copied_info(const ObjectInfo& source, const CopyRequest& request, Time now) {
    ObjectInfo info = source;
    info.key = request.key;
    info.last_modified = now;
    if (request.attributes) {
        info.attributes = *request.attributes;
    }
    if (!request.storage_class.empty()) {
        info.attributes.storage_class = request.storage_class;
    }
    return info;
}

}  // namespace

Task<ObjectInfo> copy_object(Storage& storage, const CopyRequest& request) {
    SLIPWAY_CO_CHECK(s3::check_object_key(request.key));
    if (request.attributes) {
        SLIPWAY_CO_CHECK(check_attributes(*request.attributes));
    }
    SLIPWAY_CO_CHECK(storage.index.find_bucket(request.bucket));
    SLIPWAY_CO_TRY(source, open_object(storage, request.source_bucket, request.source_key));
    SLIPWAY_CO_CHECK(objects::check_copy_source(request.source_conditions, source.row.info));
    ObjectInfo info = copied_info(source.row.info, request, storage.clock.now());
    std::optional<ChecksumAlgorithm> wanted = request.checksum_algorithm;
    if (wanted && info.checksum && info.checksum->algorithm == *wanted) {
        wanted.reset();
    }
    PutObject put;
    put.bucket = request.bucket;
    if (source.file != nullptr) {
        auto clone = [&] { return clone_file(storage.files, source, wanted); };
        SLIPWAY_CO_TRY(cloned, co_await storage.disk.run(std::move(clone)));
        put.file = std::move(cloned.file);
        if (cloned.checksum) {
            info.checksum = std::move(cloned.checksum);
        }
    } else {
        put.data = std::move(source.row.data);
        if (wanted) {
            info.checksum = objects::checksum_of(*wanted, put.data);
        }
    }
    put.info = info;
    auto change = std::make_unique<IndexChange>();
    change->what = std::move(put);
    SLIPWAY_CO_CHECK(co_await commit(storage, std::move(change)));
    co_return info;
}

}  // namespace slipway::store
