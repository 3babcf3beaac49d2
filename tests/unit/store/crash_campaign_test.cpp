// SPDX-License-Identifier: Apache-2.0
// A store on a disk that loses what was not synced, as many seeds decide (tests/support/crash).
//   SLIPWAY_SIM_SEED=7   only that one
//   SLIPWAY_LONG=1       1,000 of them
#include "base/log.h"
#include "support/crash/crash_run.h"
#include "support/sim/campaign.h"

#include <gtest/gtest.h>

namespace slipway::test {
namespace {

/// Where a disk fails in every run, complaints about it say nothing.
class CrashCampaign : public ::testing::Test {
  protected:
    void SetUp() override { spdlog::set_level(spdlog::level::off); }
    void TearDown() override { spdlog::set_level(spdlog::level::info); }
};

TEST_F(CrashCampaign, what_was_acknowledged_is_there_and_whole) {
    const Seeds seeds(200, 1'000);
    unsigned failed = 0;
    unsigned crashes = 0;
    std::size_t acknowledged = 0;
    std::uint64_t leftovers = 0;
    for (std::uint64_t seed = seeds.first; seed <= seeds.last && failed < 5; ++seed) {
        CrashRun run(seed);
        failed += passes(run, seed, "CrashCampaign", "unit_store") ? 0U : 1U;
        crashes += run.crashes();
        acknowledged += run.acknowledged();
        leftovers += run.leftovers();
    }
    RecordProperty("crashes", std::to_string(crashes));
    RecordProperty("acknowledged", std::to_string(acknowledged));
    RecordProperty("leftovers", std::to_string(leftovers));
    if (!seeds.is_replay() && failed == 0) {
        EXPECT_GT(crashes, seeds.last / 2);
        EXPECT_GT(acknowledged, seeds.last * 10);
        EXPECT_GT(leftovers, 0U);
    }
}

/// How many seeds it takes until a store that forgets one kind of sync is found out.
std::uint64_t seeds_until_found(CrashRun::Forgets forgets) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        if (CrashRun run(seed, forgets); !run.run().empty()) {
            return seed;
        }
    }
    return 0;
}

TEST_F(CrashCampaign, finds_out_a_store_that_does_not_sync) {
    for (const auto forgets : {CrashRun::Forgets::data_sync, CrashRun::Forgets::directory_sync,
                               CrashRun::Forgets::database_sync}) {
        EXPECT_GT(seeds_until_found(forgets), 0U) << static_cast<int>(forgets);
    }
}

}  // namespace
}  // namespace slipway::test
