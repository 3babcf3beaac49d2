// SPDX-License-Identifier: Apache-2.0
// The transfer engine on virtual time against a simulated network and store, as many seeds decide.
//   SLIPWAY_SIM_SEED=7   only that one
//   SLIPWAY_LONG=1       50,000 of them
#include "support/sim/campaign.h"
#include "support/sim/sim_run.h"

#include <gtest/gtest.h>

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

TEST(SimulationCampaign, WhateverTheWeatherEveryFileIsStoredWholeOrReported) {
    const Seeds seeds(2'000, 50'000);
    Tally tally;
    unsigned failed = 0;
    for (std::uint64_t seed = seeds.first; seed <= seeds.last && failed < 5; ++seed) {
        const auto run = std::make_unique<SimRun>(seed);
        failed += passes(*run, seed, "SimulationCampaign") ? 0U : 1U;
        tally.add(*run);
    }
    if (seeds.is_replay()) {
        return;
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
