// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec/md5_lanes.h"
#include "task/chunk_pool.h"
#include "task/disk_threads.h"
#include "task/task.h"

#include <cstddef>
#include <functional>
#include <memory>

namespace slipway::store {

/// The MD5 of all bodies that arrive at the same time: what several uploads have ready is hashed
/// together, in the lanes of one thread's registers (codec/md5_lanes.h).
///
/// A disk thread does the work as long as there is some, so a lone upload is hashed beside the
/// writing of the same bytes. Nobody waits for company: who comes while others are hashed joins
/// them a moment later. There is one thread for as many streams as a register has lanes, and
/// another one for more than that.
///
/// Any thread. May go before its work is done, as the disk threads own that.
class HashLanes {
  public:
    explicit HashLanes(DiskThreads& disk, std::size_t lanes = codec::md5_lanes());

    /// Takes the bytes into `hash`, which nobody touches until then. Both are given up before it
    /// answers.
    Task<> update(std::shared_ptr<codec::Md5> hash, std::shared_ptr<const Chunk> bytes);

  private:
    struct Piece {
        std::shared_ptr<codec::Md5> hash;
        std::shared_ptr<const Chunk> bytes;
        std::function<void()> answer;
        std::size_t done = 0;
    };
    class Work;

    void add(Piece piece);

    DiskThreads& disk_;
    std::shared_ptr<Work> work_;
};

}  // namespace slipway::store
