// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread.h"
#include "net/http_client.h"
#include "support/run_on.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace slipway::test {

/// The server's side of one connection, blocking, plain or TLS.
class TestConnection {
  public:
    TestConnection(int fd, SSL_CTX* tls) : fd_(fd) {
        timeval limit{20, 0};  // so that a test that went wrong fails instead of hanging
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        if (tls != nullptr) {
            start_tls(tls);
        }
    }
    ~TestConnection() { SSL_free(ssl_); }
    TestConnection(const TestConnection&) = delete;
    TestConnection& operator=(const TestConnection&) = delete;

    bool start_tls(SSL_CTX* tls) {
        ssl_ = SSL_new(tls);
        SSL_set_fd(ssl_, fd_);
        accepted_ = SSL_accept(ssl_) == 1;
        return accepted_;
    }
    SSL* ssl() { return ssl_; }
    int fd() const { return fd_; }
    bool usable() const { return ssl_ == nullptr || accepted_; }

    /// A request's head, or an empty text when the client is gone.
    std::string read_head() {
        while (input_.find("\r\n\r\n") == std::string::npos) {
            if (!receive()) {
                return "";
            }
        }
        return take(input_.find("\r\n\r\n") + 4);
    }

    std::string read_exactly(std::size_t size) {
        while (input_.size() < size && receive()) {
        }
        return take(std::min(size, input_.size()));
    }

    /// A whole request with a Content-Length or none; empty when the client is gone.
    std::string read_request() {
        std::string head = read_head();
        const auto at = head.find("Content-Length: ");
        return at == std::string::npos ? head
                                       : head + read_exactly(std::stoul(head.substr(at + 16)));
    }

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ssl_ != nullptr
                                  ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                                  : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    void answer(int status, std::string_view body, std::string_view headers = "") {
        send("HTTP/1.1 " + std::to_string(status) +
             " Words\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
             std::string(headers) + "\r\n" + std::string(body));
    }

    /// Answers every request with `text` until the client goes.
    void answer_all(std::string_view text) {
        while (!read_request().empty()) {
            answer(200, text);
        }
    }

    /// Waits until the client closes.
    void wait_for_end() {
        while (receive()) {
        }
    }

  private:
    bool receive() {
        char buffer[65536];
        const auto count = ssl_ != nullptr ? SSL_read(ssl_, buffer, sizeof buffer)
                                           : ::recv(fd_, buffer, sizeof buffer, 0);
        if (count <= 0) {
            return false;
        }
        input_.append(buffer, static_cast<std::size_t>(count));
        return true;
    }
    std::string take(std::size_t size) {
        std::string text = input_.substr(0, size);
        input_.erase(0, size);
        return text;
    }

    int fd_;
    SSL* ssl_ = nullptr;
    bool accepted_ = false;
    std::string input_;
};

/// Does with each connection what the test says, on a thread of its own.
class TestServer {
  public:
    using Script = std::function<void(TestConnection& connection, int number)>;

    explicit TestServer(Script script, SSL_CTX* tls = nullptr)
        : script_(std::move(script)), tls_(tls), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::listen(listener_, 64), 0);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        acceptor_ = start_thread([this] { accept(); });
    }
    ~TestServer() {
        ::shutdown(listener_, SHUT_RDWR);
        acceptor_.join();
        ::close(listener_);
        {
            const std::lock_guard lock(mutex_);
            for (const int fd : fds_) {
                ::shutdown(fd, SHUT_RDWR);
            }
        }
        for (std::jthread& each : threads_) {
            each.join();
        }
    }
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    std::uint16_t port() const { return port_; }
    net::Origin origin(bool tls = false) const { return net::Origin{tls, "127.0.0.1", port_}; }
    int connections() const { return connections_; }
    /// Returns when this many connections have been served and closed.
    void wait_for_closed(int count) const {
        for (int closed = closed_; closed < count; closed = closed_) {
            closed_.wait(closed);
        }
    }

  private:
    void accept() {
        while (true) {
            const int fd = ::accept(listener_, nullptr, nullptr);
            if (fd < 0) {
                return;
            }
            const std::lock_guard lock(mutex_);
            fds_.push_back(fd);
            threads_.push_back(
                start_thread([this, fd, number = connections_++] { serve(fd, number); }));
        }
    }
    void serve(int fd, int number) {
        {
            TestConnection connection(fd, tls_);
            if (connection.usable()) {
                script_(connection, number);
            }
        }
        const std::lock_guard lock(mutex_);
        std::erase(fds_, fd);
        ::close(fd);
        ++closed_;
        closed_.notify_all();
    }

    Script script_;
    SSL_CTX* tls_;
    int listener_;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_{0};
    std::atomic<int> closed_{0};
    std::mutex mutex_;
    std::vector<int> fds_;
    std::list<std::jthread> threads_;
    std::jthread acceptor_;
};

/// An HttpClient on one I/O thread, called from the test's.
class TestClient {
  public:
    explicit TestClient(net::HttpClient::Options options = {})
        : http_(threads_, std::move(options)) {
        threads_.start();
    }
    ~TestClient() { threads_.stop(); }

    struct Answer {
        int status = 0;
        http::Headers headers;
        std::string body;
    };

    Result<Answer> send(net::ClientRequest request) {
        return run_on(threads_.loop(0), exchange(http_, std::move(request)));
    }
    Result<Answer> get(const net::Origin& origin, std::string target = "/") {
        net::ClientRequest request;
        request.origin = origin;
        request.target = std::move(target);
        return send(std::move(request));
    }
    Result<Answer> put(const net::Origin& origin, Body body) {
        net::ClientRequest request;
        request.origin = origin;
        request.method = http::Method::put;
        request.target = "/";
        request.body = std::move(body);
        return send(std::move(request));
    }

    net::IoThreads& threads() { return threads_; }
    net::HttpClient& http() { return http_; }

  private:
    static Task<Answer> exchange(net::HttpClient& http, net::ClientRequest request) {
        SLIPWAY_CO_TRY(response, co_await http.send(std::move(request)));
        SLIPWAY_CO_TRY(text, co_await read_all(*response.body, 64 << 20));
        Answer answer;
        answer.status = response.status;
        answer.headers = std::move(response.headers);
        answer.body = std::move(text);
        co_return answer;
    }

    net::IoThreads threads_{1};
    net::HttpClient http_;
};

}  // namespace slipway::test
