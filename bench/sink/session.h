// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "arrivals.h"
#include "options.h"
#include "request.h"
#include "transport.h"

#include <string>
#include <string_view>

namespace slipway::sink {

// The requests of one connection, one after the other, until it ends.
class Session {
  public:
    Session(const Options& options, Arrivals& arrivals, Counts& counts, Transport& transport)
        : options_(options), arrivals_(arrivals), counts_(counts), transport_(transport) {}

    void run();

  private:
    enum class Fault { none, slow_down, reset };

    struct Body {
        bool whole = false;
        std::uint64_t size = 0;
        std::string checksums;  // header lines: those of the head and one that came as a trailer
    };

    bool read_head();
    bool fill();
    Fault next_fault();
    Body read_body(const Request& request);
    bool discard(std::uint64_t count);
    bool read_chunks(std::uint64_t& size, std::string& tail);
    bool read_line(std::string& line);

    bool serve(const Request& request);
    bool take_data(const Request& request);
    bool post(const Request& request, const Body& body);
    bool look_up(const Request& request);
    bool answer(std::string_view status,
                std::string_view headers,
                std::string_view body = {},
                std::int64_t length = -1);
    bool fail(std::string_view status, std::string_view code);

    const Options& options_;
    Arrivals& arrivals_;
    Counts& counts_;
    Transport& transport_;
    std::string buffer_;  // what was read and not used yet
    std::string head_;
    bool is_head_ = false;  // the request's method: its answer has no body
};

}  // namespace slipway::sink
