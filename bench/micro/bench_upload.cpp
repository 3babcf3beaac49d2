// SPDX-License-Identifier: Apache-2.0
// What a ticket costs without the sockets: POST /api/files/upload/ from the parsed request to the
// answer, with the catalog on disk. CPU of all threads, and apart that of the thread that signs;
// the rest is the catalog's committing thread.
#include "catalog/sqlite_catalog.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "server/upload_service.h"
#include "support/memory_store.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>

namespace {

using namespace slipway;

constexpr unsigned requesters = 32;

double cpu_seconds(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Load {
    http::Handler& service;
    unsigned files;  ///< a request
    unsigned requests_left;
    unsigned next_file = 0;
    unsigned failed = 0;
};

std::string body_of(Load& load) {
    const bool batch = load.files > 1;
    std::string body = batch ? R"({"files":[)" : "";
    for (unsigned i = 0; i < load.files; ++i) {
        body +=
            fmt::format(R"({}{{"file_name":"holiday/2026/IMG_{}.jpg","content_type":"image/jpeg",)"
                        R"("file_size":1024000,"tier":"standard"}})",
                        i > 0 ? "," : "", load.next_file++);
    }
    return batch ? body + "]}" : body;
}

Async<void> ask(Load& load) {
    while (load.requests_left > 0) {
        --load.requests_left;
        http::Request request;
        request.method = http::Method::post;
        request.target = "/api/files/upload/";
        request.headers.add("Host", "127.0.0.1:8080");
        request.headers.add("Authorization", "Bearer token-1");
        MemoryBodyReader body(body_of(load));
        const http::Response response = co_await load.service.handle(request, body);
        load.failed += response.status == 200 ? 0 : 1;
    }
}

void measure(http::Handler& service, const char* name, unsigned files, unsigned requests) {
    static unsigned first_file = 0;
    Load load{service, files, requests, first_file};
    first_file += files * requests;
    boost::asio::io_context loop;
    const double wall = cpu_seconds(CLOCK_MONOTONIC);
    const double all = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
    const double own = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
    for (unsigned i = 0; i < requesters; ++i) {
        boost::asio::co_spawn(loop, ask(load), boost::asio::detached);
    }
    loop.run();
    const double tickets = static_cast<double>(files) * requests;
    const double own_spent = cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - own;
    const double spent = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - all;
    fmt::print(
        "{:<24} {:>9.0f} tickets/s  {:>6.2f} us CPU a ticket: {:>5.2f} serving, {:>5.2f} "
        "committing; {} failed\n",
        name, tickets / (cpu_seconds(CLOCK_MONOTONIC) - wall), spent / tickets * 1e6,
        own_spent / tickets * 1e6, (spent - own_spent) / tickets * 1e6, load.failed);
}

}  // namespace

int main() {
    const SystemClock clock;
    std::string directory = (std::filesystem::temp_directory_path() / "slipway-XXXXXX").string();
    if (mkdtemp(directory.data()) == nullptr) {
        return 1;
    }
    test::MemoryStore store(clock);
    auto catalog = catalog::SqliteCatalog::open(directory + "/catalog.db").value();
    s3::Credentials credentials;
    credentials.access_key_id = "AKIAIOSFODNN7EXAMPLE";
    credentials.secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    const server::Presigner presigner(
        std::make_shared<s3::Signer>(std::move(credentials), "us-east-1"), "http://127.0.0.1:9000",
        "/slipway");
    server::Settings settings;
    settings.users = {{"username", codec::hex_encode(codec::sha256("token-1"))}};
    settings.session_key = Secret("0123456789abcdef0123456789abcdef");
    ForwardMemory memory;
    server::UploadService service(store, *catalog, presigner, settings, clock, memory);
    for (int run = 0; run < 3; ++run) {
        measure(service, "one file a request", 1, 60'000);
        measure(service, "100 files a request", 100, 2'000);
    }
    std::filesystem::remove_all(directory);
}
