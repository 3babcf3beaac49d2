// SPDX-License-Identifier: Apache-2.0
#include "task/turns.h"

#include "support/loop_thread.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

namespace slipway {
namespace {

using ::testing::ElementsAre;

class TurnsTest : public ::testing::Test {
  protected:
    /// Something long, in which something comes.
    Async<void> work(std::string name) {
        co_await turns_->wait();
        happened_.push_back(name + " begins");
        boost::asio::post(loop_.context,
                          [this, name] { happened_.push_back("what came in " + name); });
    }

    /// All of them, begun by one of the thread's own.
    void run(const std::vector<std::string>& names) {
        std::vector<std::future<void>> ends;
        std::promise<void> begun;
        boost::asio::post(loop_.context, [&] {
            for (const std::string& name : names) {
                ends.push_back(
                    boost::asio::co_spawn(loop_.context, work(name), boost::asio::use_future));
            }
            happened_.push_back("all were begun");
            begun.set_value();
        });
        begun.get_future().wait();
        for (auto& end : ends) {
            end.get();
        }
        std::promise<void> looked;
        // Behind what the handler before this one has posted, which may not have ended yet.
        boost::asio::post(loop_.context,
                          [&] { boost::asio::post(loop_.context, [&] { looked.set_value(); }); });
        looked.get_future().wait();
    }

    test::LoopThread loop_;
    const std::shared_ptr<Turns> turns_ = std::make_shared<Turns>();
    std::vector<std::string> happened_;
};

TEST_F(TurnsTest, BetweenTwoTheThreadLooksAtWhatCame) {
    run({"a", "b", "c"});
    EXPECT_THAT(happened_, ElementsAre("all were begun", "a begins", "what came in a", "b begins",
                                       "what came in b", "c begins", "what came in c"));
}

TEST_F(TurnsTest, GoesOnAfterItHadNothingToDo) {
    run({"a"});
    run({"b"});
    EXPECT_THAT(happened_, ElementsAre("all were begun", "a begins", "what came in a",
                                       "all were begun", "b begins", "what came in b"));
}

}  // namespace
}  // namespace slipway
