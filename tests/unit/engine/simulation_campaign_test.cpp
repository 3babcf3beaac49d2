// SPDX-License-Identifier: Apache-2.0
// The transfer engine on virtual time against a simulated network and store, as many seeds decide.
//   SLIPWAY_SIM_SEED=7   only that one
//   SLIPWAY_LONG=1       50,000 of them
#include "support/sim/sim_run.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <string>

namespace slipway::test {
namespace {

/// What happened in all runs: a campaign in which something never happens proves nothing of it.
struct Tally {
    std::map<engine::FileEnd, std::uint64_t> ends;
    std::map<std::string, std::uint64_t> requests;
    std::uint64_t uploads_left = 0;

    void add(const SimRun& run) {
        for (const auto& [key, report] : run.reports()) {
            ++ends[report.end];
            uploads_left += report.upload_left ? 1 : 0;
        }
        for (const auto& [kind, count] : run.requests()) {
            requests[kind] += count;
        }
    }
};

/// Whether all held; else it is said what did not, and how to see it again.
bool passes(std::uint64_t seed, Tally& tally) {
    auto run = std::make_unique<SimRun>(seed);
    const auto problems = run->run();
    tally.add(*run);
    if (problems.empty()) {
        return true;
    }
    std::string words = run->describe();
    for (const std::string& problem : problems) {
        words += "\n  " + problem;
    }
    words += fmt::format(
        "\nreplay: SLIPWAY_SIM_SEED={} build/release/tests/unit_engine "
        "--gtest_filter='SimulationCampaign.*'",
        seed);
    if (run->stuck()) {
        std::cerr << words << std::endl;
        std::abort();  // its coroutines cannot be destroyed: the process has to end here
    }
    ADD_FAILURE() << words;
    return false;
}

TEST(SimulationCampaign, WhateverTheWeatherEveryFileIsStoredWholeOrReported) {
    Tally tally;
    if (const char* seed = std::getenv("SLIPWAY_SIM_SEED")) {
        EXPECT_TRUE(passes(std::strtoull(seed, nullptr, 10), tally));
        return;
    }
    const std::uint64_t seeds = std::getenv("SLIPWAY_LONG") != nullptr ? 50'000 : 2'000;
    unsigned failed = 0;
    for (std::uint64_t seed = 1; seed <= seeds && failed < 5; ++seed) {
        failed += passes(seed, tally) ? 0U : 1U;
    }
    for (const auto end : {engine::FileEnd::stored, engine::FileEnd::failed,
                           engine::FileEnd::gave_up, engine::FileEnd::cancelled}) {
        EXPECT_GT(tally.ends[end], 100U);
    }
    for (const char* kind : {"put", "head", "create", "part", "complete", "abort", "list"}) {
        EXPECT_GT(tally.requests[kind], 100U) << kind;
        RecordProperty(kind, std::to_string(tally.requests[kind]));
    }
    EXPECT_GT(tally.uploads_left, 0U);
}

}  // namespace
}  // namespace slipway::test
