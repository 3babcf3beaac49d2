// SPDX-License-Identifier: Apache-2.0
//
// load: keeps N connections busy with HTTP/1.1 requests and checks every answer.
//
// A closed loop (each connection sends its next request when the last is answered), or with
// --rate an open one, whose latencies count from the moment a request was due, so that a stalled
// server cannot hide its stall. What wrk does not do is why this exists: presigned paths that are
// used once, bodies compared byte for byte, batches whose tickets are counted.
// One JSON object on standard output; harness/load.py runs it and knows its fields.

#include "worker.h"

#include <algorithm>
#include <iostream>
#include <sys/resource.h>
#include <thread>

namespace slipway::load {

namespace {

std::string json_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else {
            out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return out + '"';
}

void print_report(Tally& all, double elapsed_s, bool exhausted) {
    std::sort(all.latencies_us.begin(), all.latencies_us.end());
    const auto at = [&](double share) -> std::uint32_t {
        if (all.latencies_us.empty())
            return 0;
        const auto last = static_cast<double>(all.latencies_us.size() - 1);
        return all.latencies_us[static_cast<std::size_t>(last * share)];
    };
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto cpu_us = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000 +
                        usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
    std::cout << "{\"requests\":" << all.requests << ",\"errors\":" << all.errors
              << ",\"tickets\":" << all.tickets << ",\"bytes\":" << all.bytes
              << ",\"seconds\":" << elapsed_s << ",\"cpu_us\":" << cpu_us
              << ",\"exhausted\":" << (exhausted ? "true" : "false") << ",\"p50_us\":" << at(0.5)
              << ",\"p99_us\":" << at(0.99) << ",\"max_us\":" << at(1.0) << ",\"causes\":{";
    bool first = true;
    for (const auto& [cause, count] : all.causes) {
        std::cout << (first ? "" : ",") << json_text(cause) << ':' << count;
        first = false;
    }
    std::cout << "}}\n";
}

}  // namespace
}  // namespace slipway::load

using namespace slipway::load;

int main(int argc, char** argv) {
    const Options options = parse_options(argc, argv);
    const auto began = Clock::now();
    Supply supply(options, began + std::chrono::duration_cast<Clock::duration>(
                                       std::chrono::duration<double>(options.seconds)));
    std::vector<std::unique_ptr<Worker>> workers;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < options.threads; ++i) {
        const std::size_t share = (options.connections + i) / options.threads;
        workers.push_back(std::make_unique<Worker>(options, supply, share));
    }
    for (auto& worker : workers)
        threads.emplace_back([&worker] { worker->run(); });
    for (auto& thread : threads)
        thread.join();

    Tally all;
    all.last_answer = began;
    for (auto& worker : workers) {
        const Tally& one = worker->tally();
        all.requests += one.requests;
        all.errors += one.errors;
        all.tickets += one.tickets;
        all.bytes += one.bytes;
        all.last_answer = std::max(all.last_answer, one.last_answer);
        for (const auto& [cause, count] : one.causes)
            all.causes[cause] += count;
        all.latencies_us.insert(all.latencies_us.end(), one.latencies_us.begin(),
                                one.latencies_us.end());
    }
    print_report(all, std::chrono::duration<double>(all.last_answer - began).count(),
                 supply.exhausted());
    return 0;
}
