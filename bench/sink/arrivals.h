// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace slipway::sink {

// What has arrived: sizes of objects and parts, not their bytes. Any thread may call it.
class Arrivals {
  public:
    void put(const std::string& path, std::uint64_t size);
    std::string start_upload();
    // Whether there is such an upload.
    bool put_part(std::string_view upload, unsigned number, std::uint64_t size);
    // The parts become an object. Whether there was such an upload.
    bool complete(std::string_view upload, const std::string& path);
    void abort(std::string_view upload);
    void remove(const std::string& path);
    // Nothing there: -1.
    std::int64_t size_of(const std::string& path);

    std::size_t objects();
    std::size_t open_uploads();
    // When each thousandth object came, in seconds of the monotonic clock.
    std::vector<double> each_thousandth();
    void write_list(const std::string& file);

  private:
    void store(const std::string& path, std::uint64_t size);

    std::mutex mutex_;
    std::unordered_map<std::string, std::uint64_t> sizes_;
    std::map<std::string, std::unordered_map<unsigned, std::uint64_t>, std::less<>> uploads_;
    std::vector<double> each_thousandth_;
    std::uint64_t stored_ = 0;
    std::uint64_t started_ = 0;
};

// A number and the highest it ever was.
class Level {
  public:
    void enter() {
        const auto now = now_.fetch_add(1) + 1;
        auto most = most_.load();
        while (most < now && !most_.compare_exchange_weak(most, now)) {
        }
    }
    void leave() { now_.fetch_sub(1); }
    std::int64_t most() const { return most_.load(); }

  private:
    std::atomic<std::int64_t> now_ = 0;
    std::atomic<std::int64_t> most_ = 0;
};

struct Counts {
    std::atomic<std::uint64_t> connections = 0;
    std::atomic<std::uint64_t> requests = 0;
    std::atomic<std::uint64_t> data_requests = 0;  // PUTs of objects and parts
    std::atomic<std::uint64_t> bytes = 0;          // of their bodies, as they came
    std::atomic<std::uint64_t> checksums = 0;      // those that carried one
    std::atomic<std::uint64_t> slow_downs = 0;     // answered 503 on purpose
    std::atomic<std::uint64_t> resets = 0;         // reset on purpose
    std::atomic<std::uint64_t> continues = 0;      // clients that waited for 100-continue
    Level in_flight;                               // data requests
};

}  // namespace slipway::sink
