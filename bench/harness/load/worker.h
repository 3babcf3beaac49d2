// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "answer.h"
#include "supply.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::load {

struct Tally {
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;
    std::uint64_t tickets = 0;
    std::uint64_t bytes = 0;  // of bodies, both ways
    std::map<std::string, std::uint64_t> causes;
    std::vector<std::uint32_t> latencies_us;
    Clock::time_point last_answer;
};

class Worker;

class Connection {
  public:
    Connection(Worker& worker, std::size_t index) : worker_(worker), index_(index) {}
    ~Connection() { disconnect(); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void start(Clock::time_point due);  // sends the next request, or finishes
    void on_ready(std::uint32_t events);
    [[nodiscard]] std::size_t index() const { return index_; }

  private:
    void connect();
    void disconnect();
    void send_more();
    void receive(bool last_bytes);
    bool accept_bytes(std::string_view bytes);
    void take_body(std::string_view bytes);
    void complete();
    void fail(const std::string& cause);
    [[nodiscard]] std::string verdict() const;

    Worker& worker_;
    std::size_t index_;
    int socket_ = -1;
    bool busy_ = false;
    std::string out_;
    std::size_t sent_ = 0;
    Answer answer_;
    Clock::time_point began_;
};

// One thread: an epoll set, its share of the connections, its own tally.
class Worker {
  public:
    Worker(const Options& options, Supply& supply, std::size_t connections);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void run();
    void next(Connection& connection);  // starts its next request, at once or when it is due
    void finished() { --active_; }

    [[nodiscard]] int poll() const { return poll_; }
    [[nodiscard]] const Options& options() const { return options_; }
    [[nodiscard]] Supply& supply() { return supply_; }
    [[nodiscard]] Tally& tally() { return tally_; }
    [[nodiscard]] std::vector<char>& buffer() { return buffer_; }

  private:
    [[nodiscard]] Clock::duration interval() const;
    void start_due();

    struct Slot {
        std::unique_ptr<Connection> connection;
        Clock::time_point due;  // open loop only
        bool waiting = false;
    };

    const Options& options_;
    Supply& supply_;
    Tally tally_;
    std::vector<char> buffer_;
    int poll_ = -1;
    std::size_t active_ = 0;
    std::vector<Slot> slots_;
};

}  // namespace slipway::load
