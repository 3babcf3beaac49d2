// SPDX-License-Identifier: Apache-2.0
#include "engine/outcome.h"

#include <gtest/gtest.h>

namespace slipway::engine {
namespace {

constexpr std::chrono::milliseconds no_patience(0);

TEST(Outcome, WhatFailedAFileStaysWhateverFailsBesideIt) {
    FileReport report;
    note_error(report, Error(ErrorKind::unavailable, "slow down"), StepResult::Kind::again);
    note_error(report, Error(ErrorKind::corrupted, "replaced"), StepResult::Kind::failed);
    note_error(report, Error(ErrorKind::unavailable, "lost"), StepResult::Kind::again);
    note_error(report, Error(ErrorKind::io, "aborting"), StepResult::Kind::failed);
    say_end(report, FileEnd::failed, no_patience);
    EXPECT_EQ(report.error->message, "replaced");
}

TEST(Outcome, OfFailuresThatPassTheLastIsTold) {
    FileReport report;
    note_error(report, Error(ErrorKind::unavailable, "slow down"), StepResult::Kind::again);
    note_error(report, Error(ErrorKind::unavailable, "lost"), StepResult::Kind::again);
    EXPECT_EQ(report.error->message, "lost");
    say_end(report, FileEnd::cancelled, no_patience);
    EXPECT_EQ(report.error->kind, ErrorKind::cancelled);
}

}  // namespace
}  // namespace slipway::engine
