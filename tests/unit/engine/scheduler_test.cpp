// SPDX-License-Identifier: Apache-2.0
#include "engine/scheduler.h"

#include "unit/engine/simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace slipway::engine {
namespace {

using namespace std::chrono_literals;
using test::Reply;
using test::Simulation;
using ::testing::ElementsAre;
using Sizes = std::vector<std::uint64_t>;

constexpr std::uint64_t mebibyte = 1ULL << 20;

/// Each step's bytes leave at once, and it is answered after `time`.
Simulation::Store answers_after(std::chrono::microseconds time) {
    return [time](const Step&, Instant) {
        Reply reply;
        reply.answer = time;
        return reply;
    };
}

/// A link that all bytes share, one after the other.
class Link {
  public:
    explicit Link(double bytes_per_second) : bytes_per_second_(bytes_per_second) {}
    Reply take(const Step& step, Instant now, std::chrono::microseconds answer) {
        free_at_ =
            std::max(free_at_, now) +
            std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(
                static_cast<double>(step.part.size) / bytes_per_second_));
        Reply reply;
        reply.sending = std::chrono::ceil<std::chrono::microseconds>(free_at_ - now);
        reply.answer = answer;
        return reply;
    }

  private:
    double bytes_per_second_;
    Instant free_at_{};
};

// The table of the user's document: 2 s a file, 4 workers.
TEST(Scheduler, FourAtATimeTakeWhatFourWorkersTake) {
    SchedulerOptions options;
    options.requests_max = 4;
    for (const auto& [files, time] :
         {std::pair{2U, 2s}, std::pair{4U, 2s}, std::pair{8U, 4s}, std::pair{16U, 8s}}) {
        Simulation simulation(options, answers_after(2s));
        EXPECT_EQ(simulation.run(Sizes(files, 100'000)), time) << files << " files";
        EXPECT_LE(simulation.under_way_most, 4U);
        EXPECT_EQ(simulation.ends[FileEnd::stored], files);
    }
}

TEST(Scheduler, WithoutACountTheyAllGoAtOnce) {
    for (const unsigned files : {2U, 4U, 8U, 16U, 64U}) {
        Simulation simulation({}, answers_after(2s));
        EXPECT_LE(simulation.run(Sizes(files, 100'000)), 2100ms) << files << " files";
    }
}

TEST(Scheduler, AStoreThatAnswersLateGetsManyRequestsSoon) {
    Simulation simulation({}, answers_after(300ms));
    EXPECT_LE(simulation.run(Sizes(200, mebibyte)), 400ms);
    EXPECT_EQ(simulation.under_way_most, 200U);
}

TEST(Scheduler, AQuickStoreOnABusyLinkGetsFewRequests) {
    Link link(100e6);
    Simulation simulation(
        {}, [&link](const Step& step, Instant now) { return link.take(step, now, 1ms); });
    const auto time = simulation.run(Sizes(2000, mebibyte));
    EXPECT_LE(time, 22s) << "the link is kept busy: 2,000 MiB at 100 MB/s take 20.97 s";
    EXPECT_LE(simulation.under_way_most, 64U) << "more of them would not be quicker";
}

TEST(Scheduler, ALargeFileGoesInPartsAtTheSameTime) {
    Simulation simulation({}, answers_after(100ms));
    EXPECT_LE(simulation.run({2048 * mebibyte}), 3s) << "256 parts one by one would take 26 s";
    EXPECT_EQ(simulation.steps[Step::Kind::create], 1U);
    EXPECT_EQ(simulation.steps[Step::Kind::part], 256U);
    EXPECT_EQ(simulation.steps[Step::Kind::complete], 1U);
    EXPECT_EQ(simulation.steps[Step::Kind::abort], 0U);
    EXPECT_EQ(simulation.ends[FileEnd::stored], 1U);
}

TEST(Scheduler, SmallFilesDoNotWaitBehindALargeOneAndItDoesNotEndAlone) {
    Link link(100e6);
    Simulation simulation(
        {}, [&link](const Step& step, Instant now) { return link.take(step, now, 5ms); });
    Sizes sizes(600, mebibyte);
    sizes.insert(sizes.begin(), 600 * mebibyte);
    simulation.run(sizes);
    const auto large = std::ranges::find(simulation.ended_sizes, 600 * mebibyte);
    const auto before = large - simulation.ended_sizes.begin();
    EXPECT_GT(before, 400) << "they share the link by bytes";
    EXPECT_EQ(simulation.ends[FileEnd::stored], 601U);
}

TEST(Scheduler, MemoryHoldsNoMoreThanItsLimit) {
    SchedulerOptions options;
    options.memory_bytes = 20 * mebibyte;
    Link link(10e6);
    Simulation simulation(
        options, [&link](const Step& step, Instant now) { return link.take(step, now, 10ms); });
    simulation.run({100 * mebibyte, 3 * mebibyte, 15 * mebibyte, 64 * mebibyte});
    EXPECT_EQ(simulation.ends[FileEnd::stored], 4U);
}

TEST(Scheduler, PartsThatAreLargerThanMemoryGoInPieces) {
    SchedulerOptions options;
    options.memory_bytes = mebibyte;
    Simulation simulation(options, answers_after(1ms));
    simulation.run({17 * mebibyte, 10, 10});
    EXPECT_EQ(simulation.ends[FileEnd::stored], 3U);
}

/// Fails a share of the steps, as the seed says.
class Flaky {
  public:
    Flaky(double share, std::uint64_t seed) : share_(share), random_(seed) {}
    Reply operator()(const Step&, Instant) {
        Reply reply;
        reply.answer = 5ms;
        if (std::uniform_real_distribution<double>(0, 1)(random_) < share_) {
            reply.kind = StepResult::Kind::again;
            reply.pushed_back = true;
        }
        return reply;
    }

  private:
    double share_;
    std::mt19937_64 random_;
};

TEST(Scheduler, AllArriveThoughEveryTenthOrSecondRequestFails) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Simulation tenth({}, Flaky(0.1, seed), seed);
        EXPECT_LE(tenth.run(Sizes(200, mebibyte)), 1800ms) << "seed " << seed;
        EXPECT_EQ(tenth.ends[FileEnd::stored], 200U);
        EXPECT_LE(tenth.steps[Step::Kind::put], 270U) << "no more than the failures cost";
        Simulation second({}, Flaky(0.5, seed), seed);
        second.run(Sizes(200, mebibyte));
        EXPECT_EQ(second.ends[FileEnd::stored], 200U) << "seed " << seed;
    }
}

TEST(Scheduler, AStoreThatNeverTakesAnythingIsGivenUpAfterItsTime) {
    Simulation simulation({}, Flaky(1.0, 1));
    const auto time = simulation.run(Sizes(5000, 1000));
    EXPECT_GE(time, 30s);
    EXPECT_LE(time, 36s) << "one rest more at most";
    EXPECT_EQ(simulation.ends[FileEnd::gave_up], 5000U);
}

TEST(Scheduler, OneFailureAfterAnHourOfSendingIsNotTheEnd) {
    bool failed = false;
    Simulation simulation({}, [&failed](const Step&, Instant) {
        Reply reply;
        reply.sending = std::chrono::hours(1);
        reply.kind = std::exchange(failed, true) ? StepResult::Kind::ok : StepResult::Kind::again;
        return reply;
    });
    simulation.run({mebibyte});
    EXPECT_EQ(simulation.ends[FileEnd::stored], 1U);
}

TEST(Scheduler, WhatFailsForGoodFailsAloneAndLeavesNoUpload) {
    Simulation simulation({}, [](const Step& step, Instant) {
        Reply reply;
        reply.answer = 1ms;
        if (step.part.number == 5) {
            reply.kind = StepResult::Kind::failed;
        }
        return reply;
    });
    simulation.run({100 * mebibyte, 10, 20, 24 * mebibyte});
    EXPECT_EQ(simulation.ends[FileEnd::failed], 1U);
    EXPECT_EQ(simulation.ends[FileEnd::stored], 3U);
    EXPECT_EQ(simulation.steps[Step::Kind::abort], 1U);
    EXPECT_EQ(simulation.uploads_left, 0U);
}

TEST(Scheduler, ACompletionThatFailsIsAborted) {
    Simulation simulation({}, [](const Step& step, Instant) {
        Reply reply;
        reply.kind =
            step.kind == Step::Kind::complete ? StepResult::Kind::failed : StepResult::Kind::ok;
        return reply;
    });
    simulation.run({20 * mebibyte});
    EXPECT_EQ(simulation.ends[FileEnd::failed], 1U);
    EXPECT_EQ(simulation.uploads_left, 0U);
}

TEST(Scheduler, AsksForFilesWhenItHasNone) {
    Scheduler scheduler({});
    const Instant now = Instant(1h);
    EXPECT_EQ(scheduler.next(now).kind, Decision::Kind::feed);
    ASSERT_TRUE(scheduler.add(10));
    EXPECT_EQ(scheduler.next(now).kind, Decision::Kind::step);
    EXPECT_EQ(scheduler.next(now).kind, Decision::Kind::feed) << "one is under way, more may go";
    scheduler.no_more_files();
    EXPECT_FALSE(scheduler.wants_files());
    EXPECT_EQ(scheduler.next(now).kind, Decision::Kind::wait);
}

TEST(Scheduler, SleepsWhileTheUsersLimitIsUsedUp) {
    SchedulerOptions options;
    options.requests_max = 1;
    Scheduler scheduler(options);
    const Instant now = Instant(1h);
    ASSERT_TRUE(scheduler.add(10));
    ASSERT_TRUE(scheduler.add(10));
    const Decision first = scheduler.next(now);
    ASSERT_EQ(first.kind, Decision::Kind::step);
    scheduler.sent(first.step);
    const Decision wait = scheduler.next(now);
    EXPECT_EQ(wait.kind, Decision::Kind::wait);
    EXPECT_EQ(wait.until, Instant::max()) << "time alone changes nothing";
}

TEST(Scheduler, RetryAfterIsHonoured) {
    Scheduler scheduler({});
    const Instant now = Instant(1h);
    ASSERT_TRUE(scheduler.add(10));
    scheduler.no_more_files();
    const Decision first = scheduler.next(now);
    ASSERT_EQ(first.kind, Decision::Kind::step);
    scheduler.sent(first.step);
    StepResult later;
    later.kind = StepResult::Kind::again;
    later.retry_after = 7s;
    scheduler.finished(first.step, later, now, 0.5);
    const Decision wait = scheduler.next(now);
    ASSERT_EQ(wait.kind, Decision::Kind::wait);
    EXPECT_EQ(wait.until, now + 7s);
    const Decision again = scheduler.next(wait.until);
    ASSERT_EQ(again.kind, Decision::Kind::step);
    EXPECT_EQ(again.step.attempt, 2U);
}

/// When a file is tried that is refused each time with this Retry-After, until it is given up.
std::vector<std::chrono::seconds> tries_when_refused(std::chrono::milliseconds retry_after) {
    Scheduler scheduler({});
    const Instant begin = Instant(1h);
    Instant now = begin;
    EXPECT_TRUE(scheduler.add(10));
    scheduler.no_more_files();
    StepResult later;
    later.kind = StepResult::Kind::again;
    later.retry_after = retry_after;
    std::vector<std::chrono::seconds> tries;
    while (true) {
        const Decision decision = scheduler.next(now);
        if (decision.kind == Decision::Kind::ended) {
            EXPECT_EQ(decision.end, FileEnd::gave_up);
            return tries;
        }
        if (decision.kind == Decision::Kind::step) {
            tries.push_back(std::chrono::duration_cast<std::chrono::seconds>(now - begin));
            scheduler.sent(decision.step);
            scheduler.finished(decision.step, later, now, 0.5);
        } else {
            now = decision.until;
        }
    }
}

TEST(Scheduler, AStoreThatSaysWhenIsAskedThenBeforeItIsGivenUp) {
    EXPECT_THAT(tries_when_refused(60s), ElementsAre(0s, 60s, 120s, 180s, 240s, 300s));
    EXPECT_THAT(tries_when_refused(20s), ElementsAre(0s, 20s, 40s, 60s, 80s, 100s, 120s));
}

TEST(Scheduler, ARestLongerThanAllPatienceIsCutToIt) {
    EXPECT_THAT(tries_when_refused(1h), ElementsAre(0s, 300s, 330s));
}

TEST(Scheduler, AnAbortIsTriedForAsLongAsTheRunsPatience) {
    Instant aborted{};
    Simulation simulation({}, [&aborted](const Step& step, Instant now) {
        Reply reply;
        reply.answer = 1ms;
        const bool away = now < Instant(1h) + 20s;
        if (step.part.number == 2) {
            reply.kind = StepResult::Kind::failed;
        } else if (step.kind == Step::Kind::abort) {
            reply.kind = away ? StepResult::Kind::again : StepResult::Kind::ok;
            aborted = now;
        }
        return reply;
    });
    simulation.run({20 * mebibyte});
    EXPECT_EQ(simulation.ends[FileEnd::failed], 1U);
    EXPECT_GE(aborted, Instant(1h) + 20s);
    EXPECT_EQ(simulation.uploads_left, 0U);
}

TEST(Scheduler, CancelEndsAllAndLeavesNoUpload) {
    for (const auto after : {0ms, 3ms, 10ms, 30ms}) {
        Simulation simulation({}, answers_after(20ms));
        simulation.cancel_after(after);
        Sizes sizes(300, mebibyte);
        sizes.push_back(400 * mebibyte);
        simulation.run(sizes);
        EXPECT_EQ(simulation.ends[FileEnd::stored] + simulation.ends[FileEnd::cancelled], 301U);
        EXPECT_GT(simulation.ends[FileEnd::cancelled], 0U);
        EXPECT_EQ(simulation.uploads_left, 0U);
    }
}

TEST(Scheduler, AFileThatCannotGoInPartsEndsOnceWhenTheRunStops) {
    SchedulerOptions options;
    options.requests_max = 1;
    Simulation simulation(options, [](const Step& step, Instant) {
        Reply reply;
        reply.answer = 20ms;
        if (step.kind == Step::Kind::create) {
            reply.kind = StepResult::Kind::no_parts;
        }
        return reply;
    });
    simulation.cancel_after(50ms);  // between its creates and its PUT
    simulation.run({20 * mebibyte, 20 * mebibyte, 20 * mebibyte, 20 * mebibyte});
    EXPECT_EQ(simulation.ends[FileEnd::stored] + simulation.ends[FileEnd::cancelled], 4U);
}

TEST(Scheduler, ManyFilesAreNotHeld) {
    Slot highest = 0;
    Simulation simulation({}, [&highest](const Step& step, Instant) {
        highest = std::max(highest, step.slot);
        Reply reply;
        reply.answer = 1ms;
        return reply;
    });
    simulation.run(Sizes(100'000, 100));
    EXPECT_LE(highest, limits::engine_queue_max + limits::engine_requests_max);
    EXPECT_EQ(simulation.ends[FileEnd::stored], 100'000U);
    EXPECT_LE(highest, limits::engine_queue_max + limits::engine_requests_max);
}

TEST(Scheduler, NoFilesIsDoneAtOnce) {
    Simulation simulation({}, answers_after(1ms));
    EXPECT_EQ(simulation.run({}), 0s);
}

TEST(Scheduler, AFileThatS3CannotHoldIsRefused) {
    Scheduler scheduler({});
    EXPECT_FALSE(scheduler.add(~0ULL));
    EXPECT_TRUE(scheduler.add(1));
}

/// Everything at once, as the seed says: sizes, failures of all kinds, slow answers, a cancel.
TEST(Scheduler, WhateverHappensEveryFileEndsAndNothingIsLeft) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        std::mt19937_64 random(seed);
        const auto below = [&random](std::uint64_t end) { return random() % end; };
        const std::uint64_t again_percent = below(60);
        const std::uint64_t fatal_permille = below(20);
        auto store = [&](const Step& step, Instant) {
            Reply reply;
            reply.sending = std::chrono::microseconds(below(20'000));
            reply.answer = std::chrono::microseconds(below(200'000));
            if (below(100) < again_percent) {
                reply.kind = StepResult::Kind::again;
                reply.pushed_back = below(2) == 0;
            } else if (below(1000) < fatal_permille && step.kind != Step::Kind::abort) {
                reply.kind = StepResult::Kind::failed;
            }
            return reply;
        };
        SchedulerOptions options;
        options.requests_max = static_cast<unsigned>(1 + below(64));
        options.memory_bytes = (8 + below(64)) * mebibyte;
        Simulation simulation(options, store, seed);
        if (below(3) == 0) {
            simulation.cancel_after(std::chrono::microseconds(below(3'000'000)));
        }
        Sizes sizes(below(200));
        for (std::uint64_t& size : sizes) {
            size = below(10) == 0 ? below(200 * mebibyte) : below(100'000);
        }
        simulation.run(sizes);
        const std::size_t ended =
            std::accumulate(simulation.ends.begin(), simulation.ends.end(), std::size_t{0},
                            [](std::size_t sum, const auto& each) { return sum + each.second; });
        EXPECT_EQ(ended, sizes.size());
        ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed;
    }
}

}  // namespace
}  // namespace slipway::engine
