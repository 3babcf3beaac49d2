// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/transfer_book.h"
#include "engine/stream_upload.h"
#include "task/body.h"
#include "task/chunk_pool.h"
#include "task/task.h"
#include "task/waiters.h"

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

namespace slipway::api {

/// A stream of unknown size and the object it becomes.
struct NewStream {
    std::string key;
    objects::ObjectAttributes attributes;
    /// For the bytes of this stream alone: streams that share one could wait for each other's.
    std::unique_ptr<ChunkPool> pool;
    std::unique_ptr<BodyReader> reader;
    std::function<void()> stop;  ///< the reader's; any thread
    std::uint64_t memory_bytes = limits::upload_stream_memory_bytes;

    /// As much as parts of `memory_bytes` need, or the largest single one.
    static std::unique_ptr<ChunkPool> make_pool(std::uint64_t memory_bytes);
};

/// The streams of an upload, beside its files: limits::upload_streams_max at a time, each told to
/// the book. For one I/O thread, but for stop().
class StreamUploads {
  public:
    struct Options {
        std::string bucket;
        objects::Conditions conditions;
        objects::ChecksumAlgorithm checksum = objects::ChecksumAlgorithm::crc64nvme;
        engine::Pacer* pacer = nullptr;  ///< as in StreamTarget
        Spread* spread = nullptr;        ///< likewise
        std::function<void(engine::Slot slot, const engine::FileReport& file)> begun;
        std::function<void(engine::FileReport file)> ended;
        std::function<bool()> cancelled;  ///< as in StreamTarget
    };

    /// `store` repeats what fails; all outlive this.
    StreamUploads(objects::ObjectStore& store, TransferBook& book, Options options)
        : store_(store), book_(book), options_(std::move(options)) {}

    /// Begins with it, once there is room.
    Async<void> add(NewStream stream);
    /// Waits until all have ended.
    Async<void> finish();
    /// Those under way and to come end as cancelled. Any thread.
    void stop();

  private:
    Async<void> send(engine::Slot slot, const NewStream& stream);

    objects::ObjectStore& store_;
    TransferBook& book_;
    const Options options_;
    engine::Slot begun_ = 0;
    Waiters changed_;
    std::mutex mutex_;  // guards what follows
    std::list<NewStream> under_way_;
    bool stopped_ = false;
};

}  // namespace slipway::api
