// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/object_store.h"
#include "s3/errors.h"
#include "support/sim/virtual_time.h"
#include "support/sim/weather.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace slipway::test {

/// What lies between a client and a simulated store, and how the store takes requests: as the
/// weather says.
class SimNetwork {
  public:
    SimNetwork(VirtualTime& time, Dice& dice, Weather weather)
        : time_(time), dice_(dice), weather_(std::move(weather)) {}

    const Weather& weather() const { return weather_; }

    std::map<std::string, unsigned> requests;  ///< by kind
    std::multiset<std::string> refuse_next;    ///< kinds: whatever the weather
    unsigned under_way = 0;
    unsigned under_way_most = 0;

  protected:
    /// Counts while it lives; a cancelled request ends by an exception.
    class UnderWay {
      public:
        explicit UnderWay(SimNetwork& network) : network_(network) {
            network_.under_way_most = std::max(network_.under_way_most, ++network_.under_way);
        }
        ~UnderWay() { --network_.under_way; }
        UnderWay(const UnderWay&) = delete;
        UnderWay& operator=(const UnderWay&) = delete;

      private:
        SimNetwork& network_;
    };

    Async<void> travel() {
        return time_.pause(dice_.between(weather_.latency_min, weather_.latency_max));
    }

    /// A request's head on its way; errors: it is refused.
    Task<> arrive(const char* kind) {
        co_await travel();
        if (auto refusal = refuse(kind)) {
            co_await travel();
            co_return fail(*std::move(refusal));
        }
        co_return Result<>();
    }

    /// What it takes the store to begin; errors: it is not heard of again.
    Task<> dawdle() {
        if (dice_.happens(weather_.hung)) {
            co_await time_.pause(std::chrono::seconds(60));
            co_return fail(ErrorKind::timeout, "no answer within 60 s");
        }
        if (dice_.happens(weather_.slow)) {
            co_await time_.pause(dice_.between(std::chrono::microseconds(0), weather_.slow_max));
        }
        co_return Result<>();
    }

    Task<> fail_to_act() {
        if (dice_.happens(weather_.broken)) {
            co_await travel();
            co_return fail(Error{ErrorKind::internal, "try again", "InternalError", 500});
        }
        if (dice_.happens(weather_.denied)) {
            co_await travel();
            co_return s3_answer("AccessDenied");
        }
        co_return Result<>();
    }

    static tl::unexpected<Error> s3_answer(std::string_view code) {
        Error error = s3::s3_fail(code).value();
        error.http_status = s3::find_error_code(code).status;
        return fail(std::move(error));
    }

    static bool take(std::multiset<std::string>& from, const char* kind) {
        const auto found = from.find(kind);
        if (found == from.end()) {
            return false;
        }
        from.erase(found);
        return true;
    }

    std::optional<Error> refuse(const char* kind) {
        if (take(refuse_next, kind)) {
            return slow_down(503);
        }
        const Instant now = time_.now();
        for (const Storm& storm : weather_.storms) {
            if (now < storm.begin || now >= storm.end || !dice_.happens(storm.share)) {
                continue;
            }
            if (storm.kind == Storm::Kind::unreachable) {
                return fail(ErrorKind::unavailable, "connection refused").value();
            }
            return slow_down(storm.kind == Storm::Kind::refused ? 503 : 429);
        }
        return dice_.happens(weather_.refused) ? std::optional(slow_down(503)) : std::nullopt;
    }

    Error slow_down(int status) const {
        Error error(ErrorKind::throttled, "slow down", "SlowDown", status);
        error.retry_after = weather_.retry_after;
        return error;
    }

    /// When so many bytes have gone through a connection and the link that all share.
    Instant transmit(std::uint64_t bytes, Instant& connection_free) {
        const auto takes = [bytes](double rate) {
            return std::chrono::nanoseconds(
                static_cast<std::int64_t>(static_cast<double>(bytes) / rate * 1e9));
        };
        link_free_ = std::max(time_.now(), link_free_) + takes(weather_.link_bytes_per_s);
        connection_free =
            std::max(time_.now(), connection_free) + takes(weather_.connection_bytes_per_s);
        return std::max(link_free_, connection_free);
    }

    VirtualTime& time_;
    Dice& dice_;
    const Weather weather_;

  private:
    Instant link_free_{};
};

}  // namespace slipway::test
