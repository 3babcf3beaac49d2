// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace slipway::test {

/// The seeds of a campaign: 1 to `few`, with SLIPWAY_LONG=1 to `many`, or SLIPWAY_SIM_SEED's only.
struct Seeds {
    Seeds(std::uint64_t few, std::uint64_t many)
        : last(std::getenv("SLIPWAY_LONG") != nullptr ? many : few) {
        if (const char* seed = std::getenv("SLIPWAY_SIM_SEED")) {
            first = last = std::strtoull(seed, nullptr, 10);
        }
    }
    bool is_replay() const { return first == last; }

    std::uint64_t first = 1;
    std::uint64_t last;
};

/// What a failure says, so that it can be seen again.
inline std::string replay(std::uint64_t seed,
                          const char* suite,
                          const char* program = "unit_engine") {
    return fmt::format("replay: SLIPWAY_SIM_SEED={} build/release/tests/{} --gtest_filter='{}.*'",
                       seed, program, suite);
}

/// Whether a run kept its promises; else it is said which it did not. A Run has run(), which
/// answers what was broken, describe(), and stuck(): it did not end.
template <class Run>
bool passes(Run& run, std::uint64_t seed, const char* suite, const char* program = "unit_engine") {
    const std::vector<std::string>& problems = run.run();
    if (problems.empty()) {
        return true;
    }
    std::string words = run.describe();
    for (const std::string& problem : problems) {
        words += "\n  " + problem;
    }
    words += "\n" + replay(seed, suite, program);
    if (run.stuck()) {
        std::cerr << words << std::endl;
        std::abort();  // its coroutines cannot be destroyed: the process has to end here
    }
    ADD_FAILURE() << words;
    return false;
}

}  // namespace slipway::test
