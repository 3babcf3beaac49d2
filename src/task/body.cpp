// SPDX-License-Identifier: Apache-2.0
#include "task/body.h"

#include <algorithm>
#include <unistd.h>

namespace slipway {

OpenFile::~OpenFile() {
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

std::optional<std::uint64_t> body_size(const Body& body) {
    if (const auto* text = std::get_if<std::string>(&body)) {
        return text->size();
    }
    if (const auto* slice = std::get_if<FileSlice>(&body)) {
        return slice->size;
    }
    if (const auto* fixed = std::get_if<StaticBytes>(&body)) {
        return fixed->bytes.size();
    }
    return std::get<std::unique_ptr<BodyReader>>(body)->size();
}

Task<std::string> read_all(BodyReader& body, std::size_t size_max) {
    const auto too_large = [size_max] {
        return fail(ErrorKind::too_large,
                    "the body is larger than " + std::to_string(size_max) + " bytes");
    };
    if (body.size().value_or(0) > size_max) {
        co_return too_large();
    }
    std::string text;
    // A declared size is a promise of a stranger: memory follows the bytes, not the promise.
    text.reserve(std::min<std::size_t>(static_cast<std::size_t>(body.size().value_or(0)), 65536));
    while (true) {
        SLIPWAY_CO_TRY(chunk, co_await body.read());
        if (chunk.empty()) {
            co_return text;
        }
        if (chunk.size() > size_max - text.size()) {
            co_return too_large();
        }
        text.append(chunk.text());
    }
}

Task<Chunk> MemoryBodyReader::read() {
    const std::size_t take = std::min(piece_bytes_, bytes_.size() - position_);
    Chunk chunk = Chunk::copy_of(std::string_view(bytes_).substr(position_, take));
    position_ += take;
    co_return chunk;
}

Task<Chunk> HeldBodyReader::read() {
    if (next_ == chunks_.size()) {
        co_return Chunk();
    }
    co_return Chunk::copy_of(chunks_[next_++].text());
}

std::optional<std::uint64_t> HeldBodyReader::size() const {
    std::uint64_t sum = 0;
    for (const Chunk& chunk : chunks_) {
        sum += chunk.size();
    }
    return sum;
}

}  // namespace slipway
