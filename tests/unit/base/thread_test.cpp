// SPDX-License-Identifier: Apache-2.0
#include "base/thread.h"

#include <gtest/gtest.h>

#include <csignal>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

namespace slipway {
namespace {

sigset_t mask_of_this_thread() {
    sigset_t mask;
    ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
    return mask;
}

TEST(Thread, TakesNoSignalsOfTheProgram) {
    sigset_t mask{};
    start_thread([&mask] { mask = mask_of_this_thread(); }).join();
    EXPECT_EQ(::sigismember(&mask, SIGINT), 1);
    EXPECT_EQ(::sigismember(&mask, SIGTERM), 1);
    EXPECT_EQ(::sigismember(&mask, SIGCHLD), 1);
    EXPECT_EQ(::sigismember(&mask, SIGSEGV), 0);
    EXPECT_EQ(::sigismember(&mask, SIGPROF), 0);
}

TEST(Thread, LeavesItsStarterAsItWas) {
    const sigset_t before = mask_of_this_thread();
    start_thread([] {}).join();
    const sigset_t after = mask_of_this_thread();
    EXPECT_EQ(::sigismember(&before, SIGINT), ::sigismember(&after, SIGINT));
    EXPECT_EQ(::sigismember(&after, SIGINT), 0);
}

TEST(Thread, OutlivesASocketThatWasClosed) {
    int sockets[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    ::close(sockets[1]);
    ssize_t written = 0;
    start_thread([&] { written = ::write(sockets[0], "x", 1); }).join();
    EXPECT_EQ(written, -1);
    ::close(sockets[0]);
}

}  // namespace
}  // namespace slipway
