// SPDX-License-Identifier: Apache-2.0
#include "task/group_commit.h"

#include "support/run_task.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <future>
#include <thread>
#include <vector>

namespace slipway {
namespace {

struct Addition {
    int value = 0;
    Result<int> outcome = 0;
};

using Batch = GroupCommit<Addition>::Batch;

/// Commits only when the test lets it, and remembers the groups.
class Ledger {
  public:
    void commit(Batch& batch) {
        if (groups.empty()) {
            started.set_value();
            let_go.get_future().wait();
        }
        groups.push_back(batch.size());
        for (auto& each : batch) {
            sum += each->value;
            each->outcome = sum;
            if (each->value < 0) {
                each->outcome = fail(ErrorKind::invalid_argument, "negative");
            }
        }
    }

    std::promise<void> started;
    std::promise<void> let_go;
    std::vector<std::size_t> groups;
    int sum = 0;
};

Async<void> add(GroupCommit<Addition>& group, int value, std::vector<Result<int>>& outcomes) {
    auto addition = std::make_unique<Addition>();
    addition->value = value;
    const auto done = co_await group.submit(std::move(addition));
    EXPECT_EQ(done->value, value);
    outcomes.push_back(done->outcome);
}

Async<void> add_unsynced(GroupCommit<Addition>& group,
                         int value,
                         std::vector<Result<int>>& outcomes) {
    auto addition = std::make_unique<Addition>();
    addition->value = value;
    const auto done = co_await group.submit_unsynced(std::move(addition));
    EXPECT_EQ(done->value, value);
    outcomes.push_back(done->outcome);
}

class GroupCommitTest : public ::testing::Test {
  protected:
    void spawn(GroupCommit<Addition>& group, int value) {
        boost::asio::co_spawn(loop_, add(group, value, outcomes_), [](std::exception_ptr) {});
    }

    void spawn_unsynced(GroupCommit<Addition>& group, int value) {
        boost::asio::co_spawn(loop_, add_unsynced(group, value, outcomes_),
                              [](std::exception_ptr) {});
    }

    boost::asio::io_context loop_;
    std::vector<Result<int>> outcomes_;
    Ledger ledger_;
};

TEST_F(GroupCommitTest, WhatComesDuringACommitIsTheNextGroup) {
    GroupCommit<Addition> group({[this](Batch& batch) { ledger_.commit(batch); }, {}, {}});
    spawn(group, 1);
    loop_.poll();
    ledger_.started.get_future().wait();
    for (int value = 2; value <= 5; ++value) {
        spawn(group, value);
    }
    loop_.poll();
    EXPECT_TRUE(outcomes_.empty()) << "an answer means committed";
    ledger_.let_go.set_value();
    loop_.restart();
    loop_.run();
    EXPECT_EQ(ledger_.groups, (std::vector<std::size_t>{1, 4}));
    ASSERT_EQ(outcomes_.size(), 5U);
    EXPECT_EQ(outcomes_.back(), 15) << "in the order they were queued";
}

TEST_F(GroupCommitTest, EachHasItsOwnOutcome) {
    GroupCommit<Addition> group({[this](Batch& batch) { ledger_.commit(batch); }, {}, {}});
    ledger_.let_go.set_value();
    for (const int value : {5, -1, 7}) {
        spawn(group, value);
    }
    loop_.run();
    ASSERT_EQ(outcomes_.size(), 3U);
    EXPECT_EQ(outcomes_[0], 5);
    EXPECT_FALSE(outcomes_[1]);
    EXPECT_EQ(outcomes_[2], 11);
}

TEST_F(GroupCommitTest, AGroupHasALimit) {
    constexpr std::size_t count = limits::group_commit_max + 10;
    GroupCommit<Addition> group({[this](Batch& batch) { ledger_.commit(batch); }, {}, {}});
    spawn(group, 1);
    loop_.poll();
    ledger_.started.get_future().wait();
    for (std::size_t i = 0; i < count; ++i) {
        spawn(group, 1);
    }
    loop_.poll();
    ledger_.let_go.set_value();
    loop_.restart();
    loop_.run();
    EXPECT_EQ(ledger_.groups, (std::vector<std::size_t>{1, limits::group_commit_max, 10}));
    EXPECT_EQ(outcomes_.size(), count + 1);
    EXPECT_EQ(ledger_.sum, static_cast<int>(count + 1));
}

TEST_F(GroupCommitTest, TheDestructorCommitsTheQueue) {
    {
        GroupCommit<Addition> group({[this](Batch& batch) { ledger_.commit(batch); }, {}, {}});
        for (int value = 1; value <= 3; ++value) {
            spawn(group, value);
        }
        loop_.poll();
        ledger_.let_go.set_value();
    }
    EXPECT_EQ(ledger_.sum, 6);
    loop_.restart();
    loop_.run();
    EXPECT_EQ(outcomes_.size(), 3U);
}

TEST_F(GroupCommitTest, UnsyncedOnesOfARoundOfEventsAreAGroupOnTheirThread) {
    std::vector<std::thread::id> threads;
    ledger_.let_go.set_value();
    GroupCommit<Addition> group({[&](Batch& batch) {
                                     threads.push_back(std::this_thread::get_id());
                                     ledger_.commit(batch);
                                 },
                                 {},
                                 {}});
    for (int value = 1; value <= 5; ++value) {
        spawn_unsynced(group, value);
    }
    loop_.run();
    EXPECT_EQ(ledger_.groups, std::vector<std::size_t>{5});
    EXPECT_EQ(threads, std::vector{std::this_thread::get_id()});
    ASSERT_EQ(outcomes_.size(), 5U);
    EXPECT_EQ(outcomes_.back(), 15) << "in the order they were queued";
}

TEST_F(GroupCommitTest, UnsyncedGroupsHaveTheLimitToo) {
    ledger_.let_go.set_value();
    GroupCommit<Addition> group({[this](Batch& batch) { ledger_.commit(batch); }, {}, {}});
    for (std::size_t i = 0; i < limits::group_commit_max + 10; ++i) {
        spawn_unsynced(group, 1);
    }
    loop_.run();
    EXPECT_EQ(ledger_.groups, (std::vector<std::size_t>{limits::group_commit_max, 10}));
    EXPECT_EQ(outcomes_.size(), limits::group_commit_max + 10);
}

TEST_F(GroupCommitTest, UnsyncedOnesDoNotWaitOnTheirThreadForACommitThatWaitsForTheDisk) {
    GroupCommit<Addition> group({[this](Batch& batch) { ledger_.commit(batch); }, {}, {}});
    spawn(group, 1);
    loop_.poll();
    ledger_.started.get_future().wait();
    spawn_unsynced(group, 2);
    spawn_unsynced(group, 3);
    loop_.poll();  // would not come back if it waited
    EXPECT_TRUE(outcomes_.empty());
    ledger_.let_go.set_value();
    loop_.restart();
    loop_.run();
    EXPECT_EQ(ledger_.groups, (std::vector<std::size_t>{1, 2}));
    EXPECT_EQ(outcomes_.size(), 3U);
}

TEST_F(GroupCommitTest, WhatIsBehindIsCaughtUpWithOnTheThreadOfItsOwn) {
    std::atomic<bool> behind{false};
    std::vector<std::thread::id> caught_up;
    ledger_.let_go.set_value();
    GroupCommit<Addition> group({[&](Batch& batch) {
                                     ledger_.commit(batch);
                                     behind = ledger_.groups.size() == 1;
                                 },
                                 [&] { return behind.load(); },
                                 [&] {
                                     caught_up.push_back(std::this_thread::get_id());
                                     behind = false;
                                 }});
    for (int value = 1; value <= 3; ++value) {
        spawn_unsynced(group, value);
        loop_.restart();
        loop_.run();
    }
    EXPECT_EQ(outcomes_.size(), 3U);
    EXPECT_FALSE(behind);
    for (const auto& thread : caught_up) {
        EXPECT_NE(thread, std::this_thread::get_id());
    }
}

TEST(GroupCommit, ManyThreadsSubmit) {
    int sum = 0;
    GroupCommit<Addition>::Work work;
    work.commit = [&sum](Batch& batch) {
        for (auto& each : batch) {
            sum += each->value;
            each->outcome = sum;
        }
    };
    std::array<boost::asio::io_context, 4> loops;  // outlive whoever wakes them
    GroupCommit<Addition> group(work);
    std::array<std::vector<Result<int>>, loops.size()> outcomes;
    {
        std::vector<std::jthread> threads;
        for (std::size_t thread = 0; thread < loops.size(); ++thread) {
            threads.emplace_back([&group, &loop = loops[thread], &each = outcomes[thread]] {
                auto add_all = [&]() -> Async<void> {
                    for (int i = 0; i < 50; ++i) {
                        co_await add(group, 1, each);
                        co_await add_unsynced(group, 1, each);
                    }
                };
                boost::asio::co_spawn(loop, add_all, [](std::exception_ptr) {});
                loop.run();
            });
        }
    }
    EXPECT_EQ(sum, 400);
    for (const auto& each : outcomes) {
        ASSERT_EQ(each.size(), 100U);
        for (std::size_t i = 1; i < each.size(); ++i) {
            EXPECT_GT(*each[i], *each[i - 1]);
        }
    }
}

}  // namespace
}  // namespace slipway
