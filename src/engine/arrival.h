// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/object_store.h"
#include "task/disk_call.h"
#include "task/disk_threads.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace slipway::engine {

/// Bytes of one object on their way to the disk, over as many answers as that takes.
///
/// What breaks off goes on where it was, by a request for the rest of the same object (If-Match on
/// its ETag). Memory: two pieces of a body. One I/O thread.
class Arrival {
  public:
    /// On disk threads, one call at a time, in the order of the bytes. It must own what it touches:
    /// it may outlive a cancelled arrival.
    using Write = std::function<Result<>(std::uint64_t offset, std::span<const std::byte> bytes)>;

    /// What is told, on the I/O thread; each may be empty.
    struct Told {
        /// An answer comes. Before anything of it is written.
        std::function<void(const objects::ObjectInfo& info)> answered;
        std::function<void(std::uint64_t bytes)> received;
    };

    /// All of it.
    Arrival(std::string bucket, std::string key)
        : bucket_(std::move(bucket)), key_(std::move(key)) {}
    /// Its bytes [first, end) as `version` has them.
    Arrival(std::string bucket,
            objects::ObjectInfo version,
            std::uint64_t first,
            std::uint64_t end);

    /// Sends one request for what has not come, if anything; success: all has been written.
    /// Errors: those of get; unavailable: it broke off; corrupted: more bytes than the store says,
    /// or `SourceChanged`: the object was replaced meanwhile; unsupported: the store does not
    /// send parts of objects; those of `write`.
    Task<> attempt(objects::ObjectStore& store,
                   DiskThreads& disk,
                   const Write& write,
                   const Told& told);

    /// Once an answer is there.
    const std::optional<objects::ObjectInfo>& info() const { return info_; }

  private:
    Task<objects::GetResult> ask(objects::ObjectStore& store);
    Result<> begin(const objects::GetResult& got);
    Task<> pour(BodyReader& body, DiskCall& writing, const Write& write, const Told& told);
    bool complete() const { return info_ && position_ == end_; }

    std::string bucket_;
    std::string key_;
    std::optional<objects::ObjectInfo> info_;
    std::uint64_t position_ = 0;  // up to here it has been handed to `write`
    std::uint64_t end_ = 0;       // once the info is there
};

}  // namespace slipway::engine
