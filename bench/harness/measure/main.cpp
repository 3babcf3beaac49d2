// SPDX-License-Identifier: Apache-2.0
//
// measure OUT LIMIT_S COMMAND...: runs the command and writes to OUT, as JSON, what it took: user
// and system time and the highest RSS of it and all children it waited for (wait4(2)), wall time,
// the exit code (128 + number for a signal). After LIMIT_S its process group is killed.
//
// A program of its own because the kernel carries the highest RSS over from the process that starts
// another (exec(2) keeps it in the accounts): started from the bench, every client would seem to
// need as much memory as Python.

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

volatile std::sig_atomic_t timed_out = 0;
volatile pid_t child = 0;

extern "C" void kill_child(int number) {
    timed_out = number == SIGALRM ? 1 : 0;
    if (child > 0)
        kill(-child, SIGKILL);
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fputs("measure OUT LIMIT_S COMMAND...\n", stderr);
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // should the bench die without a word
    struct sigaction action {};
    action.sa_handler = kill_child;
    sigaction(SIGALRM, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);

    const auto began = std::chrono::steady_clock::now();
    child = fork();
    if (child == 0) {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execvp(argv[3], argv + 3);
        std::perror(argv[3]);
        _exit(127);
    }
    setpgid(child, child);
    alarm(static_cast<unsigned>(std::atoi(argv[2])));
    int status = 0;
    rusage usage{};
    while (wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began;
    kill(-child, SIGKILL);  // what it left behind

    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    std::FILE* out = std::fopen(argv[1], "w");
    if (!out) {
        std::perror(argv[1]);
        return 2;
    }
    std::fprintf(out,
                 "{\"cpu_s\":%.6f,\"user_s\":%.6f,\"wall_s\":%.6f,\"peak_kib\":%ld,"
                 "\"exit_code\":%d,\"timed_out\":%s}\n",
                 seconds(usage.ru_utime) + seconds(usage.ru_stime), seconds(usage.ru_utime),
                 wall.count(), usage.ru_maxrss, code, timed_out ? "true" : "false");
    return std::fclose(out) == 0 ? 0 : 2;
}
