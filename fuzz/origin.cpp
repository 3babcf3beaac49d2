// SPDX-License-Identifier: Apache-2.0
// Endpoint and proxy URLs and no_proxy lists, as users and other programs write them.
#include "net/origin.h"

#include "net/proxy.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace slipway;

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::string_view rest = text.substr(std::min(line.size() + 1, size));
    const auto origin = net::parse_origin(line);
    if (origin) {
        // It goes into a request line: what was read is what is written.
        const std::string url = net::origin_url(*origin);
        require(url.find_first_of(" \r\n") == std::string::npos);
        require(net::parse_origin(url) == *origin);
        (void)net::NoProxy(rest).matches(*origin);
        require(net::NoProxy("*").matches(*origin));
    }
    if (const auto proxy = net::parse_proxy(rest)) {
        require(!proxy->origin.tls && !proxy->origin.host.empty());
        require(proxy->authorization.find_first_of("\r\n") == std::string::npos);
    }
    return 0;
}
