// SPDX-License-Identifier: Apache-2.0
#include "task/run_on.h"

#include "support/loop_thread.h"
#include "support/run_on.h"
#include "task/pause.h"
#include "task/within.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

namespace slipway {
namespace {

using namespace std::chrono_literals;

class RunOnTest : public ::testing::Test {
  protected:
    test::LoopThread here;
    test::LoopThread there;
};

Task<std::thread::id> which_thread() {
    co_return std::this_thread::get_id();
}

TEST_F(RunOnTest, WorksThereAndAnswersHere) {
    struct Threads {
        std::thread::id work;
        std::thread::id caller;
    };
    auto caller = [](IoExecutor other) -> Task<Threads> {
        SLIPWAY_CO_TRY(work, co_await run_on(other, which_thread()));
        co_return Threads{work, std::this_thread::get_id()};
    };
    const auto threads = test::run_on(here.context, caller(there.context.get_executor()));
    ASSERT_TRUE(threads);
    EXPECT_EQ(threads->work, there.id());
    EXPECT_EQ(threads->caller, here.id());
}

TEST_F(RunOnTest, AnswersTheErrorOfTheWork) {
    auto failing = []() -> Task<> { co_return fail(ErrorKind::not_found, "gone"); };
    const auto answer = test::run_on(here.context, run_on(there.context.get_executor(), failing()));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::not_found);
}

/// Tells when it has gone, however it ended.
struct Gone {
    explicit Gone(std::shared_ptr<bool> told) : told_(std::move(told)) {}
    ~Gone() { *told_ = true; }
    Gone(const Gone&) = delete;
    Gone& operator=(const Gone&) = delete;

  private:
    std::shared_ptr<bool> told_;
};

Task<std::string> slow_work(std::shared_ptr<bool> gone) {
    const Gone at_end(std::move(gone));
    co_await pause_for(60s);
    co_await pause_for(0ms);
    co_return "done";
}

TEST_F(RunOnTest, ACallerThatIsCancelledCancelsTheWorkAndWaitsForItsEnd) {
    auto gone = std::make_shared<bool>(false);
    auto work = run_on(there.context.get_executor(), slow_work(gone));
    const auto late = test::run_on(here.context, within(5ms, std::move(work)));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, ErrorKind::timeout);
    EXPECT_TRUE(*gone);
}

}  // namespace
}  // namespace slipway
