// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "support/sim/dice.h"

#include <chrono>
#include <ostream>
#include <vector>

namespace slipway::test {

/// A time in which most requests fail.
struct Storm {
    enum class Kind { refused, too_many, unreachable };
    Kind kind = Kind::refused;
    Instant begin;
    Instant end;
    double share = 1;
};

/// How a simulated network and store behave. Shares are of requests.
struct Weather {
    std::chrono::microseconds latency_min{100};
    std::chrono::microseconds latency_max{1000};
    double link_bytes_per_s = 1e9;        ///< all connections share it
    double connection_bytes_per_s = 1e9;  ///< each has no more
    double reset = 0;                     ///< the connection is lost at some byte
    double refused = 0;                   ///< 503 before anything is done
    double broken = 0;                    ///< 500 instead of doing it
    double lost_answer = 0;               ///< it is done, and the connection lost
    double slow = 0;                      ///< the answer takes up to slow_max
    double hung = 0;                      ///< no answer until the client's patience ends
    double garbled = 0;  ///< the answer has the checksum of something else, or no ETag
    double denied = 0;   ///< 403
    std::chrono::microseconds slow_max = std::chrono::seconds(5);
    std::chrono::seconds retry_after{0};  ///< of refusals; 0: not said
    bool aborts_denied = false;
    bool lists_denied = false;
    bool no_parts = false;       ///< the store does not know uploads in parts
    bool no_bucket = false;      ///< there is none of that name
    bool gone_is_error = false;  ///< an abort of what is gone is answered 404, as by some stores
    std::vector<Storm> storms;

    double faults() const {
        return reset + refused + broken + lost_answer + slow + hung + garbled + denied;
    }
    /// Faults of the everyday kind only, and few.
    bool mild() const {
        return storms.empty() && faults() <= 0.1 && hung == 0 && denied == 0 && !aborts_denied &&
               !lists_denied && !no_bucket;
    }
};

inline std::ostream& operator<<(std::ostream& out, const Weather& weather) {
    return out << "latency " << weather.latency_min.count() << ".." << weather.latency_max.count()
               << " us, link " << weather.link_bytes_per_s << " B/s, reset " << weather.reset
               << ", refused " << weather.refused << ", broken " << weather.broken << ", lost "
               << weather.lost_answer << ", slow " << weather.slow << ", hung " << weather.hung
               << ", garbled " << weather.garbled << ", denied " << weather.denied << ", "
               << weather.storms.size() << " storms, retry after " << weather.retry_after.count()
               << " s" << (weather.aborts_denied ? ", aborts denied" : "")
               << (weather.lists_denied ? ", lists denied" : "")
               << (weather.no_parts ? ", no parts" : "") << (weather.no_bucket ? ", no bucket" : "")
               << (weather.gone_is_error ? ", gone is an error" : "");
}

/// Any weather, from fair to foul.
inline Weather draw_weather(Dice& dice, Instant now) {
    using std::chrono::microseconds;
    Weather weather;
    weather.latency_min = microseconds(dice.between(50, 20'000));
    weather.latency_max = weather.latency_min * static_cast<int>(dice.between(1, 20));
    weather.link_bytes_per_s = 1e6 * static_cast<double>(1ULL << dice.between(3, 12));
    weather.connection_bytes_per_s =
        weather.link_bytes_per_s / static_cast<double>(dice.between(1, 8));
    const double foulness = dice.happens(0.4) ? 0.02 : dice.happens(0.7) ? 0.1 : 0.4;
    for (double* share : {&weather.reset, &weather.refused, &weather.broken, &weather.lost_answer,
                          &weather.slow, &weather.garbled}) {
        *share = dice.happens(0.5) ? foulness * dice.real() * 0.5 : 0;
    }
    weather.hung = dice.happens(0.1) ? 0.02 * dice.real() : 0;
    weather.denied = dice.happens(0.1) ? 0.05 * dice.real() : 0;
    weather.slow_max = microseconds(dice.between(1'000, 20'000'000));
    weather.retry_after = std::chrono::seconds(dice.happens(0.3) ? dice.between(1, 60) : 0);
    weather.aborts_denied = dice.happens(0.03);
    weather.lists_denied = dice.happens(0.05);
    for (std::uint64_t storms = dice.happens(0.25) ? dice.between(1, 3) : 0; storms > 0; --storms) {
        Storm storm;
        storm.kind = static_cast<Storm::Kind>(dice.below(3));
        storm.begin = now + microseconds(dice.below(30'000'000));
        storm.end = storm.begin + microseconds(dice.below(60'000'000));
        storm.share = dice.happens(0.5) ? 1 : dice.real();
        weather.storms.push_back(storm);
    }
    weather.no_parts = dice.happens(0.03);
    weather.no_bucket = dice.happens(0.01);
    weather.gone_is_error = dice.happens(0.5);
    return weather;
}

}  // namespace slipway::test
