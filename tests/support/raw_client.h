// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace slipway::test {

/// A blocking TCP client that sends and receives exactly what a test says.
class RawClient {
  public:
    explicit RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        timeval limit{10, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    ~RawClient() { close(); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// Sends as much as the socket takes without waiting; answers how much that was.
    std::size_t send_without_waiting(std::string_view bytes) {
        const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        return sent > 0 ? static_cast<std::size_t>(sent) : 0;
    }

    /// Reads until `text` has come (it is included), or the end.
    std::string read_until(std::string_view text) {
        while (received_.find(text) == std::string::npos && receive()) {
        }
        const auto end = received_.find(text);
        return take(end == std::string::npos ? received_.size() : end + text.size());
    }

    std::string read_exactly(std::size_t size) {
        while (received_.size() < size && receive()) {
        }
        return take(std::min(size, received_.size()));
    }

    std::string read_to_end() {
        while (receive()) {
        }
        return take(received_.size());
    }

    /// One answer with a Content-Length: its head and its body.
    struct Answer {
        std::string head;
        std::string body;
        int status() const { return head.size() > 12 ? std::stoi(head.substr(9, 3)) : 0; }
    };
    Answer read_answer() {
        Answer answer;
        answer.head = read_until("\r\n\r\n");
        const auto at = answer.head.find("Content-Length: ");
        if (at != std::string::npos) {
            answer.body = read_exactly(std::stoul(answer.head.substr(at + 16)));
        }
        return answer;
    }

    void close() {
        if (fd_ >= 0) {
            ::close(fd_);
            fd_ = -1;
        }
    }

  private:
    bool receive() {
        char buffer[65536];
        const auto count = ::recv(fd_, buffer, sizeof buffer, 0);
        if (count <= 0) {
            return false;
        }
        received_.append(buffer, static_cast<std::size_t>(count));
        return true;
    }

    std::string take(std::size_t size) {
        std::string text = received_.substr(0, size);
        received_.erase(0, size);
        return text;
    }

    int fd_;
    std::string received_;
};

}  // namespace slipway::test
