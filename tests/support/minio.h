// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/temporary_directory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace slipway::test {

/// A MinIO server on loopback for as long as this lives.
class MinioProcess {
  public:
    static constexpr const char* access_key = "minio-access-key";
    static constexpr const char* secret_key = "minio-secret-key";

    /// nullptr where there is no MinIO: in PATH, or where the benchmarks put theirs.
    static std::unique_ptr<MinioProcess> start() {
        const std::string program = find_program();
        if (program.empty()) {
            return nullptr;
        }
        std::unique_ptr<MinioProcess> made(new MinioProcess());
        return made->run(program) ? std::move(made) : nullptr;
    }

    ~MinioProcess() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
    }
    MinioProcess(const MinioProcess&) = delete;
    MinioProcess& operator=(const MinioProcess&) = delete;

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  private:
    MinioProcess() = default;

    static std::string variable(const char* name) {
        const char* value = std::getenv(name);
        return value != nullptr ? value : "";
    }

    static std::string find_program() {
        std::string places = variable("PATH") + ":";
        const std::string cache = variable("XDG_CACHE_HOME");
        places += (cache.empty() ? variable("HOME") + "/.cache" : cache) + "/slipway-bench/bin";
        for (std::size_t at = 0; at < places.size();) {
            const std::size_t end = std::min(places.find(':', at), places.size());
            const std::string path = places.substr(at, end - at) + "/minio";
            if (::access(path.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(path)) {
                return path;
            }
            at = end + 1;
        }
        return "";
    }

    static sockaddr_in address_of(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }

    static std::uint16_t free_port() {
        const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address = address_of(0);
        socklen_t size = sizeof address;
        ::bind(probe, reinterpret_cast<sockaddr*>(&address), size);
        ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
        ::close(probe);
        return ntohs(address.sin_port);
    }

    /// Whether it answers that it is ready.
    bool ready() const {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const sockaddr_in address = address_of(port_);
        std::string answer(12, '\0');
        const std::string ask =
            "GET /minio/health/cluster HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        const bool answered =
            ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
            ::send(fd, ask.data(), ask.size(), MSG_NOSIGNAL) > 0 &&
            ::recv(fd, answer.data(), answer.size(), MSG_WAITALL) == 12;
        ::close(fd);
        return answered && answer == "HTTP/1.1 200";
    }

    bool run(const std::string& program) {
        port_ = free_port();
        const std::string listen = "127.0.0.1:" + std::to_string(port_);
        const std::string data = directory_.path() + "/data";
        const std::string home = "HOME=" + directory_.path();
        const std::string user = std::string("MINIO_ROOT_USER=") + access_key;
        const std::string password = std::string("MINIO_ROOT_PASSWORD=") + secret_key;
        const char* arguments[] = {program.c_str(), "server",     "--quiet", "--address",
                                   listen.c_str(),  data.c_str(), nullptr};
        const char* environment[] = {home.c_str(),        user.c_str(),       password.c_str(),
                                     "MINIO_BROWSER=off", "MINIO_UPDATE=off", nullptr};
        posix_spawn_file_actions_t files;
        ::posix_spawn_file_actions_init(&files);
        ::posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
        ::posix_spawn_file_actions_adddup2(&files, 1, 2);
        const int failed =
            ::posix_spawn(&pid_, program.c_str(), &files, nullptr, const_cast<char**>(arguments),
                          const_cast<char**>(environment));
        ::posix_spawn_file_actions_destroy(&files);
        if (failed != 0) {
            pid_ = -1;
            return false;
        }
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!ready()) {
            if (std::chrono::steady_clock::now() > until) {
                ADD_FAILURE() << program << " does not become ready";
                return false;
            }
            ::poll(nullptr, 0, 20);
        }
        return true;
    }

    TemporaryDirectory directory_;
    std::uint16_t port_ = 0;
    pid_t pid_ = -1;
};

}  // namespace slipway::test
