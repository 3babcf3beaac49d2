// SPDX-License-Identifier: Apache-2.0
// Bodies in aws-chunked coding, in pieces as the network brings them. The first byte chooses the
// kind and the size of the pieces.
#include "s3/aws_chunked.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <utility>

using namespace slipway;

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

struct Outcome {
    bool done = false;
    bool failed = false;
    std::string bytes;
};

s3::AwsChunkedDecoder make_decoder(const s3::SigningKey* key, std::uint64_t decoded_bytes) {
    if (key == nullptr) {
        return {s3::PayloadKind::streaming_unsigned_trailer, decoded_bytes, std::nullopt};
    }
    return {s3::PayloadKind::streaming_signed_trailer, decoded_bytes,
            s3::ChunkSigner(*key, Time{}, std::string(64, '0'))};
}

Outcome decode(s3::AwsChunkedDecoder decoder, std::string body, std::size_t piece) {
    Outcome outcome;
    for (std::size_t at = 0; at < body.size(); at += piece) {
        const auto bytes =
            std::as_writable_bytes(std::span(body)).subspan(at, std::min(piece, body.size() - at));
        const auto count = decoder.decode(bytes);
        if (!count) {
            outcome.failed = true;
            return outcome;
        }
        require(*count <= bytes.size());
        outcome.bytes.append(body, at, *count);
    }
    outcome.done = decoder.done();
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) {
        return 0;
    }
    static const s3::SigningKey key(Secret("secret"), s3::Scope{"20261121", "us-east-1", "s3"});
    const bool is_signed = (data[0] & 1U) != 0;
    const std::size_t piece = 1 + data[0] / 2U;
    const std::uint64_t decoded_bytes = data[1];
    const std::string body(reinterpret_cast<const char*>(data + 2), size - 2);
    const s3::SigningKey* signing = is_signed ? &key : nullptr;

    const Outcome whole = decode(make_decoder(signing, decoded_bytes), body, size);
    const Outcome in_pieces = decode(make_decoder(signing, decoded_bytes), body, piece);
    require(whole.done == in_pieces.done && whole.failed == in_pieces.failed);
    require(whole.failed || whole.bytes == in_pieces.bytes);
    require(!whole.done || whole.bytes.size() == decoded_bytes);
    // Nobody finds a true signature.
    require(!is_signed || !whole.done);
    return 0;
}
