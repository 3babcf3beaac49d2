// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/clock.h"
#include "net/http_server.h"
#include "net/io_threads.h"
#include "task/chunk_pool.h"
#include "task/disk_threads.h"
#include "task/forward_memory.h"
#include "task/task.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace slipway::api {

struct RuntimeOptions {
    unsigned io_threads = 0;  ///< 0: one a processor
    unsigned disk_threads = 8;
    std::size_t memory = 0;
};

/// What everything else runs on. Outlives all that uses it; its order of destruction matters: disk
/// threads finish before the loops go whose coroutines wait for them.
struct Runtime {
    explicit Runtime(const RuntimeOptions& options);

    /// Runs a coroutine on an I/O thread and waits for it. Not to be called on an I/O thread.
    template <class T>
    T wait_for(Async<T> work) {
        return boost::asio::co_spawn(io.loop(0), std::move(work), boost::asio::use_future).get();
    }

    SystemClock clock;
    ChunkPool pool;
    ForwardMemory forward_memory;
    net::IoThreads io;
    DiskThreads disk;
};

/// Starts to listen; an error says which option the address is from, and what to do.
Result<std::uint16_t> listen(net::HttpServer& server,
                             std::string_view option,
                             const std::string& address);

/// "http://127.0.0.1:8080" for the port in use on a listen address. Where it listens on all
/// addresses, the loopback one stands for them.
std::string local_url(std::string_view listen, std::uint16_t port);

/// Whether only this machine can reach a listen address.
bool is_loopback(std::string_view listen);

}  // namespace slipway::api
