// SPDX-License-Identifier: Apache-2.0
#include "task/signal.h"

#include "support/run_task.h"
#include "task/spawn.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace slipway {
namespace {

using namespace std::chrono_literals;

Async<void> wait_for_word(Signal& signal, std::string& word, std::string& heard) {
    while (word.empty()) {
        co_await signal.wait();
    }
    heard = word;
}

Async<std::string> tell(std::string word) {
    const IoExecutor executor = co_await this_executor();
    Signal told(executor);
    Signal over(executor);
    std::string said;
    std::string heard;
    bool finished = false;
    std::function<void()> at_end = [&] {
        finished = true;
        over.raise();
    };
    spawn(executor, wait_for_word(told, said, heard), at_end);
    told.raise();  // nobody waits yet, and nothing is said
    said = std::move(word);
    told.raise();
    while (!finished) {
        co_await over.wait();
    }
    co_return heard;
}

TEST(Signal, WakesWhoWaits) {
    EXPECT_EQ(test::run(tell("hello")), "hello");
}

Async<bool> sleep_a_little() {
    Signal signal(co_await this_executor());
    const Instant until = std::chrono::steady_clock::now() + 5ms;
    co_await signal.wait_until(until);
    co_return std::chrono::steady_clock::now() >= until;
}

TEST(Signal, WakesAtItsTime) {
    EXPECT_TRUE(test::run(sleep_a_little()));
}

Async<void> fall_over() {
    throw std::runtime_error("fell over");
    co_return;
}

Async<bool> outlive_a_fault() {
    const IoExecutor executor = co_await this_executor();
    Signal over(executor);
    bool finished = false;
    std::function<void()> at_end = [&] {
        finished = true;
        over.raise();
    };
    spawn(executor, fall_over(), at_end);
    while (!finished) {
        co_await over.wait();
    }
    co_return finished;
}

TEST(Spawn, TellsTheEndAfterAFaultToo) {
    EXPECT_TRUE(test::run(outlive_a_fault()));
}

}  // namespace
}  // namespace slipway
