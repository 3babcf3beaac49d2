// SPDX-License-Identifier: Apache-2.0
// The local store without a network: many coroutines put and get objects through two event loops.
//
//   bench_store DIRECTORY [put|overwrite|get|head|list] [SIZE] [COROUTINES] [SECONDS]
//
// prints operations and CPU time of the whole process for each.
#include "base/random.h"
#include "store/local_store.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <vector>

namespace slipway {
namespace {

using namespace std::chrono_literals;

struct Plan {
    std::string operation = "put";
    std::size_t size = 4096;
    unsigned coroutines = 16;
    double seconds = 3;
};

struct Run {
    objects::ObjectStore& store;
    const Plan& plan;
    ChunkPool& pool;
    std::atomic<std::uint64_t> next = 0;
    std::atomic<std::uint64_t> done = 0;
    std::atomic<std::uint64_t> failed = 0;
    std::atomic<bool> stop = false;
};

constexpr std::uint64_t prepared_objects = 1000;

/// A body in pooled chunks, as the network brings it.
class PooledBody final : public BodyReader {
  public:
    PooledBody(ChunkPool& pool, std::size_t size) : pool_(pool), left_(size), size_(size) {}
    Task<Chunk> read() override {
        if (left_ == 0) {
            co_return Chunk();
        }
        Chunk chunk = co_await pool_.take();
        chunk.resize(std::min(left_, chunk.capacity()));
        left_ -= chunk.size();
        co_return chunk;
    }
    std::optional<std::uint64_t> size() const override { return size_; }

  private:
    ChunkPool& pool_;
    std::size_t left_;
    std::size_t size_;
};

Task<> put(Run& run, std::string key) {
    objects::PutRequest request;
    request.bucket = "bench";
    request.key = std::move(key);
    request.attributes.content_type = "application/octet-stream";
    PooledBody body(run.pool, run.plan.size);
    const auto stored = co_await run.store.put(request, body);
    co_return stored ? Result<>() : fail(stored.error());
}

Task<> get(Run& run, std::string key, bool with_body) {
    objects::GetRequest request;
    request.bucket = "bench";
    request.key = std::move(key);
    if (with_body) {
        const auto got = co_await run.store.get(request);
        co_return got ? Result<>() : fail(got.error());
    }
    const auto info = co_await run.store.head(request);
    co_return info ? Result<>() : fail(info.error());
}

Task<> list(Run& run) {
    objects::ListRequest request;
    request.bucket = "bench";
    const auto page = co_await run.store.list(request);
    co_return page ? Result<>() : fail(page.error());
}

Async<void> work(Run& run) {
    const std::string& operation = run.plan.operation;
    while (!run.stop) {
        const std::uint64_t number = run.next++;
        std::string key = fmt::format("photos/2026/{:010}.jpg", number);
        std::string known = fmt::format("photos/known/{:010}.jpg", number % prepared_objects);
        Result<> outcome;
        if (operation == "put") {
            outcome = co_await put(run, std::move(key));
        } else if (operation == "random") {
            outcome = co_await put(run, random_hex(16));
        } else if (operation == "overwrite") {
            outcome = co_await put(run, std::move(known));
        } else if (operation == "list") {
            outcome = co_await list(run);
        } else {
            outcome = co_await get(run, std::move(known), operation == "get");
        }
        if (!outcome && run.failed++ == 0) {
            fmt::print(stderr, "{}\n", outcome.error().message);
        }
        ++run.done;
    }
}

Async<void> prepare(Run& run) {
    static_cast<void>(co_await run.store.create_bucket("bench"));
    for (std::uint64_t i = 0; i < prepared_objects; ++i) {
        static_cast<void>(co_await put(run, fmt::format("photos/known/{:010}.jpg", i)));
    }
}

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void measure(Run& run) {
    boost::asio::io_context first(1);
    boost::asio::co_spawn(first, prepare(run), boost::asio::detached);
    first.run();

    std::vector<std::unique_ptr<boost::asio::io_context>> loops;
    for (int i = 0; i < 2; ++i) {
        loops.push_back(std::make_unique<boost::asio::io_context>(1));
    }
    for (unsigned i = 0; i < run.plan.coroutines; ++i) {
        boost::asio::co_spawn(*loops[i % 2], work(run), boost::asio::detached);
    }
    const double cpu_before = cpu_seconds();
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::jthread> threads;
    for (auto& loop : loops) {
        threads.emplace_back([raw = loop.get()] { raw->run(); });
    }
    std::this_thread::sleep_for(std::chrono::duration<double>(run.plan.seconds));
    run.stop = true;
    threads.clear();
    const double elapsed =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double cpu = cpu_seconds() - cpu_before;
    const auto done = static_cast<double>(run.done.load());
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    fmt::print("{} {} B x{}: {:.0f}/s, {:.0f} MB/s, {:.1f} us CPU each, peak {} MiB, {} failed\n",
               run.plan.operation, run.plan.size, run.plan.coroutines, done / elapsed,
               done * static_cast<double>(run.plan.size) / elapsed / 1e6, cpu / done * 1e6,
               usage.ru_maxrss / 1024, run.failed.load());
}

int bench(int count, char** arguments) {
    if (count < 2) {
        fmt::print(stderr,
                   "usage: bench_store DIRECTORY [put|random|overwrite|get|head|list] "
                   "[SIZE] [COROUTINES] [SECONDS]\n");
        return 2;
    }
    Plan plan;
    plan.operation = count > 2 ? arguments[2] : plan.operation;
    plan.size = count > 3 ? std::strtoul(arguments[3], nullptr, 10) : plan.size;
    plan.coroutines = count > 4 ? static_cast<unsigned>(std::strtoul(arguments[4], nullptr, 10))
                                : plan.coroutines;
    plan.seconds = count > 5 ? std::strtod(arguments[5], nullptr) : plan.seconds;
    const SystemClock clock;
    ChunkPool pool;
    DiskThreads disk(limits::disk_threads_default);
    store::LocalStoreOptions options;
    options.directory = arguments[1];
    auto store = store::LocalStore::open(options, disk, clock);
    if (!store) {
        fmt::print(stderr, "{}\n", store.error().message);
        return 1;
    }
    Run run{**store, plan, pool};
    measure(run);
    return run.failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace slipway

int main(int count, char** arguments) {
    return slipway::bench(count, arguments);
}
