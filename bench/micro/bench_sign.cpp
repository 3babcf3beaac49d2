// SPDX-License-Identifier: Apache-2.0
// Presigned URLs per CPU second in one thread, and beside it OpenSSL hashing as many blocks: what
// signing would cost if it were nothing but its hashes. Also what the CRCs do.
#include "codec/crc.h"
#include "codec/digest.h"
#include "codec/time.h"
#include "s3/sigv4.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

namespace {

using namespace slipway;

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The median of five: how often a CPU second `step` fits into.
template <class Step>
double rate(unsigned rounds, Step step) {
    std::vector<double> rates;
    for (int run = 0; run < 5; ++run) {
        const double start = cpu_seconds();
        for (unsigned i = 0; i < rounds; ++i) {
            step(i);
        }
        rates.push_back(rounds / (cpu_seconds() - start));
    }
    std::ranges::sort(rates);
    return rates[rates.size() / 2];
}

template <class Check>
double gigabytes_per_second(std::span<const std::byte> bytes) {
    Check check;
    const double per_second = rate(2000, [&](unsigned) { check.update(bytes); });
    return per_second * static_cast<double>(bytes.size()) * 1e-9 + (check.value() == 0 ? 1e-12 : 0);
}

}  // namespace

int main() {
    s3::Credentials credentials;
    credentials.access_key_id = "AKIAIOSFODNN7EXAMPLE";
    credentials.secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    const s3::Signer signer(std::move(credentials), "us-east-1");
    const Time start = codec::parse_amz_date("20261121T050000Z").value();
    const std::array headers = {s3::NameValue{"content-length", "1048576"},
                                s3::NameValue{"content-type", "image/jpeg"}};
    std::string key = "uploads/2026/11/000000000000-holiday.jpg";
    std::size_t url_bytes = 0;

    constexpr unsigned urls = 200'000;
    const double urls_per_second = rate(urls, [&](unsigned i) {
        fmt::format_to_n(key.data() + 16, 12, "{:012}", i);
        s3::PresignRequest request;
        request.scheme_and_host = "http://127.0.0.1:9000";
        request.path_prefix = "/slipway";
        request.key = key;
        request.headers = headers;
        url_bytes += signer.presign(request, start + std::chrono::seconds(i % 60))->size();
    });

    // The same hashing without the texts: one canonical request, and one HMAC of a text to sign.
    const std::string canonical(477, 'c');
    const std::string to_sign(139, 's');
    const codec::HmacSha256Key day_key("0123456789abcdef0123456789abcdef");
    unsigned sink = 0;
    const double hashes_per_second = rate(urls, [&](unsigned) {
        sink += std::to_integer<unsigned>(codec::sha256(canonical)[0]);
        sink += std::to_integer<unsigned>(day_key.sign(to_sign)[0]);
    });

    const std::vector<std::byte> chunk(128 * 1024, std::byte{static_cast<unsigned char>(sink)});
    fmt::print("CRC32 {:.1f}, CRC32C {:.1f}, CRC64NVME {:.1f} GB per CPU second\n",
               gigabytes_per_second<codec::Crc32>(chunk),
               gigabytes_per_second<codec::Crc32c>(chunk),
               gigabytes_per_second<codec::Crc64Nvme>(chunk));
    fmt::print("hashes of a URL alone, per CPU second: {:.0f} (URLs are {:.0f} % of it)\n",
               hashes_per_second, 100 * urls_per_second / hashes_per_second);
    // Last, with the number at the end: bench/presign/signing.py reads it.
    fmt::print("presigned PUT URLs of {} bytes, per CPU second: {:.0f}\n",
               url_bytes / (5ULL * urls), urls_per_second);
    return 0;
}
