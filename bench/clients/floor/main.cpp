// SPDX-License-Identifier: Apache-2.0
//
// floor PORT CONNECTIONS LIST: what an upload cannot do without. Each connection has a thread that
// reads a file and sends it in a PUT, and then the next: no signature, no checksum, no retry, one
// buffer. LIST has a line for each file: its path, a tab, the request's target.
// Any answer but 200 ends the program with 1.

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

constexpr std::size_t buffer_bytes = 256U << 10U;

struct Upload {
    std::string file;
    std::string target;
};

[[noreturn]] void die(const std::string& what) {
    std::perror(what.c_str());
    std::exit(1);
}

std::vector<Upload> read_list(const char* path) {
    std::vector<Upload> uploads;
    std::ifstream list(path);
    for (std::string line; std::getline(list, line);) {
        const auto tab = line.find('\t');
        uploads.push_back({line.substr(0, tab), line.substr(tab + 1)});
    }
    if (uploads.empty())
        die(std::string("nothing to upload in ") + path);
    return uploads;
}

int connect_to(int port) {
    const int made = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        die("connect");
    const int on = 1;
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return made;
}

void send_all(int socket, const char* bytes, std::size_t size) {
    while (size > 0) {
        const ssize_t sent = send(socket, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0)
            die("send");
        bytes += sent;
        size -= static_cast<std::size_t>(sent);
    }
}

// The sink's answers to PUT have no body and come in one piece.
void expect_200(int socket) {
    std::array<char, 4096> answer{};
    const ssize_t got = recv(socket, answer.data(), answer.size(), 0);
    if (got < 12 || std::memcmp(answer.data(), "HTTP/1.1 200", 12) != 0) {
        std::fprintf(stderr, "answer: %.*s\n", static_cast<int>(std::max<ssize_t>(got, 0)),
                     answer.data());
        std::exit(1);
    }
}

void upload(int socket, const std::string& host, const Upload& one, std::vector<char>& buffer) {
    const int file = open(one.file.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (file < 0 || fstat(file, &status) != 0)
        die(one.file);
    auto left = static_cast<std::size_t>(status.st_size);
    const std::string head = "PUT " + one.target + " HTTP/1.1\r\nHost: " + host +
                             "\r\nContent-Length: " + std::to_string(left) + "\r\n\r\n";
    std::memcpy(buffer.data(), head.data(), head.size());
    std::size_t held = head.size();
    while (left > 0 || held > 0) {
        const std::size_t wanted = std::min(left, buffer.size() - held);
        const ssize_t got = wanted > 0 ? read(file, buffer.data() + held, wanted) : 0;
        if (got < 0 || (got == 0 && wanted > 0))
            die("read " + one.file);
        left -= static_cast<std::size_t>(got);
        send_all(socket, buffer.data(), held + static_cast<std::size_t>(got));
        held = 0;
    }
    close(file);
    expect_200(socket);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fputs("floor PORT CONNECTIONS LIST\n", stderr);
        return 2;
    }
    const int port = std::atoi(argv[1]);
    const std::string host = "127.0.0.1:" + std::to_string(port);
    const std::vector<Upload> uploads = read_list(argv[3]);
    const auto connections = std::min(std::strtoul(argv[2], nullptr, 10), uploads.size());
    std::atomic<std::size_t> next = 0;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < connections; ++i) {
        threads.emplace_back([&] {
            const int socket = connect_to(port);
            std::vector<char> buffer(buffer_bytes);
            for (std::size_t index = 0; (index = next++) < uploads.size();)
                upload(socket, host, uploads[index], buffer);
            close(socket);
        });
    }
    for (auto& thread : threads)
        thread.join();
    return 0;
}
