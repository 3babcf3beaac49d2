// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace slipway::test {

/// All chance of a simulation, from one seed. Without the distributions of the standard library,
/// which are not the same everywhere.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : random_(seed) {}

    /// In [0, 1).
    double real() { return static_cast<double>(random_() >> 11U) * 0x1p-53; }
    bool happens(double share) { return share > 0 && real() < share; }
    /// In [0, end); 0 for 0.
    std::uint64_t below(std::uint64_t end) { return end == 0 ? 0 : random_() % end; }
    std::uint64_t between(std::uint64_t from, std::uint64_t to) {
        return from + below(to - from + 1);
    }
    std::chrono::microseconds between(std::chrono::microseconds from,
                                      std::chrono::microseconds to) {
        const auto least = static_cast<std::uint64_t>(from.count());
        return std::chrono::microseconds(between(least, static_cast<std::uint64_t>(to.count())));
    }

  private:
    std::mt19937_64 random_;
};

}  // namespace slipway::test
