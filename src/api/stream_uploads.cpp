// SPDX-License-Identifier: Apache-2.0
#include "api/stream_uploads.h"

#include "engine/outcome.h"
#include "task/spawn.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace slipway::api {

std::unique_ptr<ChunkPool> NewStream::make_pool(std::uint64_t memory_bytes) {
    // A chunk besides for what reaches over a part's end, and one to know the stream's end by.
    return std::make_unique<ChunkPool>(
        std::max(memory_bytes, limits::engine_stream_part_bytes_max) + 2 * limits::chunk_bytes);
}

Async<void> StreamUploads::add(NewStream stream) {
    while (true) {
        const auto ticket = changed_.ticket();
        {
            const std::lock_guard lock(mutex_);
            if (under_way_.size() < limits::upload_streams_max) {
                break;
            }
        }
        co_await changed_.wait(ticket);
    }
    const IoExecutor executor = co_await this_executor();
    std::list<NewStream>::iterator place;
    {
        const std::lock_guard lock(mutex_);
        if (stopped_) {
            stream.stop();
        }
        place = under_way_.insert(under_way_.end(), std::move(stream));
    }
    // Slots of the transfer count from below.
    const engine::Slot slot = std::numeric_limits<engine::Slot>::max() - begun_++;
    auto ended = [this, place] {
        std::list<NewStream> over;  // goes after the lock: what it holds is the program's
        {
            const std::lock_guard lock(mutex_);
            over.splice(over.end(), under_way_, place);
        }
        changed_.wake_all();
    };
    spawn(executor, send(slot, *place), std::move(ended));
}

Async<void> StreamUploads::send(engine::Slot slot, const NewStream& stream) {
    engine::StreamTarget target;
    target.bucket = options_.bucket;
    target.key = stream.key;
    target.attributes = stream.attributes;
    target.conditions = options_.conditions;
    target.checksum = options_.checksum;
    target.pacer = options_.pacer;
    target.spread = options_.spread;
    target.memory_bytes = stream.memory_bytes;
    target.cancelled = options_.cancelled;
    target.stored = [this, slot](std::uint64_t bytes) {
        book_.moved(slot, static_cast<std::int64_t>(bytes));
    };
    engine::FileReport file;
    file.slot = slot;
    file.key = stream.key;
    book_.found(0);
    options_.begun(slot, file);
    auto info = co_await engine::upload_stream(store_, *stream.reader, target);
    if (info) {
        file.size = info->size;
        file.info = *std::move(info);
        book_.resized(static_cast<std::int64_t>(file.size));
    } else {
        engine::say_failed(file, std::move(info).error());
    }
    options_.ended(std::move(file));
}

Async<void> StreamUploads::finish() {
    while (true) {
        const auto ticket = changed_.ticket();
        {
            const std::lock_guard lock(mutex_);
            if (under_way_.empty()) {
                co_return;
            }
        }
        co_await changed_.wait(ticket);
    }
}

void StreamUploads::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (const NewStream& stream : under_way_) {
        stream.stop();
    }
}

}  // namespace slipway::api
