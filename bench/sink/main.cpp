// SPDX-License-Identifier: Apache-2.0
//
// sink: the cheapest store that S3 clients can upload to. It reads bodies and throws them away,
// remembers sizes, counts what clients do, and on request is slow, busy (503) or resets
// connections. It trusts everybody: no signature, no checksum is verified.
//
// One run of one client is one sink: a line of JSON with its ports when it is ready, another with
// its counts when standard input ends. bench/harness/sink.py runs it.

#include "session.h"

#include <arpa/inet.h>
#include <csignal>
#include <iostream>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace slipway::sink {

namespace {

constexpr int waiting_max = 4096;

// A socket that listens on a free loopback port.
int listen_here(std::uint16_t& port) {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    if (bind(listener, any, size) != 0 || listen(listener, waiting_max) != 0 ||
        getsockname(listener, any, &size) != 0)
        die("cannot listen on 127.0.0.1");
    port = ntohs(address.sin_port);
    return listener;
}

void accept_all(
    int listener, ssl_ctx_st* tls, const Options& options, Arrivals& arrivals, Counts& counts) {
    while (true) {
        const int socket = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0)
            continue;
        ++counts.connections;
        std::thread([=, &options, &arrivals, &counts] {
            Transport transport(socket, tls);
            Session(options, arrivals, counts, transport).run();
        }).detach();
    }
}

void print_report(Arrivals& arrivals, const Counts& counts) {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto cpu_us = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000 +
                        usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
    std::cout.precision(15);
    std::cout << "{\"connections\":" << counts.connections << ",\"requests\":" << counts.requests
              << ",\"data_requests\":" << counts.data_requests << ",\"bytes\":" << counts.bytes
              << ",\"checksums\":" << counts.checksums << ",\"slow_downs\":" << counts.slow_downs
              << ",\"resets\":" << counts.resets << ",\"continues\":" << counts.continues
              << ",\"in_flight_max\":" << counts.in_flight.most()
              << ",\"objects\":" << arrivals.objects()
              << ",\"open_uploads\":" << arrivals.open_uploads() << ",\"cpu_us\":" << cpu_us
              << ",\"each_thousandth_s\":[";
    const char* separator = "";
    for (const double at : arrivals.each_thousandth()) {
        std::cout << separator << at;
        separator = ",";
    }
    std::cout << "]}" << std::endl;
}

}  // namespace
}  // namespace slipway::sink

using namespace slipway::sink;

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to whoever has left
    const Options options = parse_options(argc, argv);
    Arrivals arrivals;
    Counts counts;
    std::uint16_t port = 0;
    std::uint16_t tls_port = 0;
    const int plain = listen_here(port);
    std::thread([&] { accept_all(plain, nullptr, options, arrivals, counts); }).detach();
    if (!options.certificate.empty()) {
        ssl_ctx_st* tls = make_tls_context(options.certificate.c_str(), options.key.c_str());
        const int listener = listen_here(tls_port);
        std::thread([&, listener, tls] {
            accept_all(listener, tls, options, arrivals, counts);
        }).detach();
    }
    std::cout << "{\"port\":" << port << ",\"tls_port\":" << tls_port << "}" << std::endl;

    for (char byte = 0; read(STDIN_FILENO, &byte, 1) > 0;) {
    }
    print_report(arrivals, counts);
    if (!options.objects.empty())
        arrivals.write_list(options.objects);
    _exit(0);  // sessions may still be waiting for their clients
}
