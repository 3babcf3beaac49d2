// SPDX-License-Identifier: Apache-2.0
// MD5 of several streams: one after the other by OpenSSL, and together in the lanes of SIMD
// registers. MiB per CPU second in one thread, all streams together.
#include "codec/md5_kernels.h"
#include "codec/md5_lanes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <span>
#include <vector>

namespace {

using namespace slipway;

constexpr std::size_t chunk_bytes = 128 * 1024;

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The median of five.
double mebibytes_per_second(std::size_t streams,
                            std::span<const codec::md5_kernels::Kernel> kernels) {
    const std::vector<std::byte> bytes(streams * chunk_bytes, std::byte{0x5a});
    std::vector<codec::Md5> hashes(streams);
    std::vector<codec::Md5Piece> pieces;
    for (std::size_t i = 0; i < streams; ++i) {
        pieces.push_back({&hashes[i], std::span(bytes).subspan(i * chunk_bytes, chunk_bytes)});
    }
    constexpr std::size_t rounds = 300;
    std::vector<double> rates;
    for (int run = 0; run < 5; ++run) {
        const double start = cpu_seconds();
        for (std::size_t i = 0; i < rounds; ++i) {
            codec::md5_update_together(pieces, kernels);
        }
        const double all = static_cast<double>(rounds * streams * chunk_bytes) / (1024 * 1024);
        rates.push_back(all / (cpu_seconds() - start));
    }
    std::ranges::sort(rates);
    return rates[rates.size() / 2];
}

}  // namespace

int main() {
    fmt::print("{:>8} {:>10}", "streams", "alone");
    auto kernels = codec::md5_kernels::usable();
    for (auto& kernel : kernels) {
        kernel.worth_from = 2;
        fmt::print(" {:>10}", kernel.name);
    }
    fmt::print("   MiB/s\n");
    for (const std::size_t streams : {1U, 2U, 3U, 4U, 8U, 16U, 32U}) {
        fmt::print("{:>8} {:>10.0f}", streams, mebibytes_per_second(streams, {}));
        for (const auto& kernel : kernels) {
            fmt::print(" {:>10.0f}", mebibytes_per_second(streams, std::span(&kernel, 1)));
        }
        fmt::print("\n");
    }
    return 0;
}
