// SPDX-License-Identifier: Apache-2.0
#include "task/program.h"

#include "task/pause.h"
#include "task/within.h"

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <tuple>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace slipway {
namespace {

using PipeEnd = boost::asio::posix::basic_stream_descriptor<IoExecutor>;

/// A program that runs; one that still does when this goes is killed.
class Child {
  public:
    Child() = default;
    ~Child() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// Answers the end its standard output comes from.
    Result<int> start(const std::vector<std::string>& words) {
        int pipe[2];
        if (::pipe2(pipe, O_CLOEXEC) != 0) {
            return fail(ErrorKind::io, std::string("cannot make a pipe: ") + std::strerror(errno));
        }
        std::vector<char*> arguments;
        for (const std::string& word : words) {
            arguments.push_back(const_cast<char*>(word.c_str()));
        }
        arguments.push_back(nullptr);
        const int failed = spawn(arguments.data(), pipe[1]);
        ::close(pipe[1]);
        if (failed != 0) {
            pid_ = -1;
            ::close(pipe[0]);
            return fail(ErrorKind::invalid_argument,
                        "cannot run " + words[0] + ": " + std::strerror(failed));
        }
        return pipe[0];
    }

    /// Its exit status once it has ended: as waitpid says.
    Async<int> wait() {
        int status = 0;
        while (::waitpid(pid_, &status, WNOHANG) == 0) {
            // It has closed its output, so it is about to end.
            co_await pause_for(std::chrono::milliseconds(5));
        }
        pid_ = -1;
        co_return status;
    }

  private:
    /// With the signals as a shell would hand them on, whatever we ignore or block.
    int spawn(char* const* arguments, int output) {
        posix_spawn_file_actions_t files;
        ::posix_spawn_file_actions_init(&files);
        ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
        posix_spawnattr_t attributes;
        ::posix_spawnattr_init(&attributes);
        sigset_t signals;
        sigemptyset(&signals);
        ::posix_spawnattr_setsigmask(&attributes, &signals);
        sigaddset(&signals, SIGPIPE);
        ::posix_spawnattr_setsigdefault(&attributes, &signals);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        const int failed =
            ::posix_spawnp(&pid_, arguments[0], &files, &attributes, arguments, environ);
        ::posix_spawnattr_destroy(&attributes);
        ::posix_spawn_file_actions_destroy(&files);
        return failed;
    }

    pid_t pid_ = -1;
};

Task<std::string> read_output(PipeEnd& output, std::size_t bytes_max) {
    std::string text;
    char buffer[4096];
    while (true) {
        const auto read =
            co_await output.async_read_some(boost::asio::buffer(buffer, sizeof buffer), as_tuple);
        if (std::get<0>(read)) {
            co_return text;
        }
        text.append(buffer, std::get<1>(read));
        if (text.size() > bytes_max) {
            co_return fail(ErrorKind::too_large, "it prints more than it may");
        }
    }
}

Task<ProgramOutput> run(const std::vector<std::string>& words, std::size_t output_bytes_max) {
    Child child;
    SLIPWAY_CO_TRY(descriptor, child.start(words));
    PipeEnd output(co_await this_executor(), descriptor);
    SLIPWAY_CO_TRY(text, co_await read_output(output, output_bytes_max));
    const int status = co_await child.wait();
    ProgramOutput ended;
    ended.text = std::move(text);
    ended.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    ended.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    co_return ended;
}

}  // namespace

Task<ProgramOutput> run_program(std::vector<std::string> words,
                                std::chrono::milliseconds time_max,
                                std::size_t output_bytes_max) {
    auto running = run(words, output_bytes_max);
    co_return co_await within(time_max, std::move(running));
}

}  // namespace slipway
