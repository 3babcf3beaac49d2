// SPDX-License-Identifier: Apache-2.0
// Percent-coding, base64 and hex: what decodes must encode and decode to the same again.
#include "codec/percent.h"

#include "codec/base64.h"
#include "codec/hex.h"

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
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    for (const bool keep_slash : {true, false}) {
        require(codec::percent_decode(codec::percent_encode(bytes, keep_slash)) == bytes);
    }
    require(codec::base64_decode(codec::base64_encode(bytes)) == bytes);
    if (const auto plain = codec::form_decode(bytes)) {
        require(plain->size() <= size);
        require(codec::form_decode(codec::percent_encode(*plain, false)) == *plain);
    }
    if (const auto plain = codec::base64_decode(bytes)) {
        require(codec::base64_encode(*plain) == bytes);
    }
    if (const auto plain = codec::hex_decode(bytes)) {
        require(codec::hex_decode(codec::hex_encode(*plain)) == *plain);
    }
    return 0;
}
