// SPDX-License-Identifier: Apache-2.0
// Request heads, answer heads and chunked bodies as the network brings them.
#include "net/http_parser.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace slipway;

namespace {

void decode_in_pieces(std::string_view bytes, std::size_t piece) {
    net::ChunkedDecoder decoder;
    std::string input;
    std::string decoded;
    while (!bytes.empty() && !decoder.done()) {
        const auto size = std::min(piece, bytes.size());
        input.append(bytes.substr(0, size));
        bytes.remove_prefix(size);
        const auto used = decoder.decode(input, decoded);
        if (!used) {
            return;
        }
        if (*used > input.size()) {
            std::abort();
        }
        input.erase(0, *used);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::size_t end = net::find_head_end(bytes, 0);
    if (end > size) {
        std::abort();
    }
    const auto head = net::parse_request_head(bytes.substr(0, end));
    if (head && head->request.target.empty()) {
        std::abort();
    }
    (void)net::parse_response_head(bytes.substr(0, end), false);
    decode_in_pieces(bytes.substr(end), 1 + size % 17);
    return 0;
}
