// SPDX-License-Identifier: Apache-2.0
// Downloads on virtual time from a simulated store into real files, as many seeds decide.
//   SLIPWAY_SIM_SEED=7   only that one
//   SLIPWAY_LONG=1       10,000 of them
#include "support/sim/campaign.h"
#include "support/sim/sim_download.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

namespace slipway::test {
namespace {

TEST(DownloadCampaign, WhateverTheWeatherEachFileIsWholeOrNotThereAndTheReasonIsTold) {
    const Seeds seeds(500, 10'000);
    std::map<engine::FileEnd, std::uint64_t> ends;
    std::map<std::string, std::uint64_t> codes;
    std::map<std::string, std::uint64_t> requests;
    std::uint64_t left = 0;
    unsigned failed = 0;
    for (std::uint64_t seed = seeds.first; seed <= seeds.last && failed < 5; ++seed) {
        const auto run = std::make_unique<DownloadRun>(seed);
        failed += passes(*run, seed, "DownloadCampaign") ? 0U : 1U;
        for (const auto& [key, report] : run->reports()) {
            ++ends[report.end];
            ++codes[report.error ? report.error->code : ""];
        }
        for (const auto& [kind, count] : run->requests()) {
            requests[kind] += count;
        }
        left += run->left_as_they_were();
    }
    if (seeds.is_replay()) {
        return;
    }
    // A campaign in which something never happens proves nothing of it.
    for (const auto end : {engine::FileEnd::stored, engine::FileEnd::failed,
                           engine::FileEnd::gave_up, engine::FileEnd::cancelled}) {
        EXPECT_GT(ends[end], 10U);
    }
    for (const char* code : {"SourceChanged", "NoSuchKey", "AccessDenied"}) {
        EXPECT_GT(codes[code], 1U) << code;
    }
    for (const char* kind : {"get", "head", "list"}) {
        EXPECT_GT(requests[kind], 100U) << kind;
    }
    EXPECT_GT(left, 100U);
}

}  // namespace
}  // namespace slipway::test
