// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec/base64.h"
#include "codec/crc.h"
#include "objects/checksum.h"
#include "task/chunk_pool.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <unordered_map>
#include <vector>

/// Bytes of a simulated file: its number in the first eight, a hole after it. Nobody writes the
/// hole: each chunk says in its first bytes whose it is, and checksums of holes are computed.
namespace slipway::test {

inline constexpr std::uint64_t stamp_bytes = 8;

struct Stamp {
    std::uint32_t content = 0;
    std::uint32_t chunk = 0;  ///< its place in the file
};

/// Marks the chunks of a part that begins at `offset`. One too small for a stamp has the start of
/// it.
inline void stamp(std::vector<Chunk>& chunks, std::uint32_t content, std::uint64_t offset) {
    Stamp mark{content, static_cast<std::uint32_t>(offset / limits::chunk_bytes)};
    for (Chunk& chunk : chunks) {
        std::memcpy(chunk.data(), &mark, std::min(chunk.size(), sizeof(mark)));
        ++mark.chunk;
    }
}

/// What came in a body, told from its stamps.
struct SimBytes {
    std::uint64_t size = 0;
    std::uint32_t content = 0;
    std::uint32_t first_chunk = 0;
    bool mixed = false;  ///< chunks of several files, or not one after the other

    void add(const Chunk& chunk) {
        Stamp mark;
        if (chunk.size() >= sizeof(mark)) {
            std::memcpy(&mark, chunk.data(), sizeof(mark));
        } else if (size > 0) {
            mark = {content, first_chunk + static_cast<std::uint32_t>(size / limits::chunk_bytes)};
        } else {
            std::memcpy(&mark, chunk.data(), std::min(chunk.size(), sizeof(mark.content)));
        }
        if (size == 0) {
            content = mark.content;
            first_chunk = mark.chunk;
        }
        mixed = mixed || mark.content != content || size % limits::chunk_bytes != 0 ||
                mark.chunk != first_chunk + size / limits::chunk_bytes;
        size += chunk.size();
    }
    std::uint64_t offset() const { return first_chunk * std::uint64_t{limits::chunk_bytes}; }
};

template <class Crc>
typename Crc::Value crc_of_zeros(std::uint64_t size) {
    static std::unordered_map<std::uint64_t, typename Crc::Value> known;
    const auto found = known.find(size);
    if (found != known.end()) {
        return found->second;
    }
    typename Crc::Value value = 0;
    if (size <= 64) {
        Crc crc;
        crc.update(
            std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                             "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                             size));
        value = crc.value();
    } else {
        const auto half = crc_of_zeros<Crc>(size / 2);
        value = Crc::combine(half, crc_of_zeros<Crc>(size - size / 2), size - size / 2);
    }
    known.emplace(size, value);
    return value;
}

template <class Crc>
std::string crc_of_content(std::uint32_t content, std::uint64_t offset, std::uint64_t size) {
    Crc head;
    std::uint64_t stamped = 0;
    if (offset == 0) {
        const std::array<std::uint32_t, 2> bytes = {content, ~content};
        stamped = std::min(size, stamp_bytes);
        head.update(std::as_bytes(std::span(bytes)).first(static_cast<std::size_t>(stamped)));
    }
    auto whole = Crc::combine(head.value(), crc_of_zeros<Crc>(size - stamped), size - stamped);
    std::array<std::byte, sizeof(whole)> bytes;
    for (std::size_t i = bytes.size(); i > 0; --i, whole >>= 8U) {
        bytes[i - 1] = static_cast<std::byte>(whole & 0xffU);
    }
    return codec::base64_encode(bytes);
}

/// The checksum of [offset, offset + size) of that content.
inline objects::Checksum checksum_of_content(objects::ChecksumAlgorithm algorithm,
                                             std::uint32_t content,
                                             std::uint64_t offset,
                                             std::uint64_t size) {
    return {algorithm, algorithm == objects::ChecksumAlgorithm::crc32c
                           ? crc_of_content<codec::Crc32c>(content, offset, size)
                           : crc_of_content<codec::Crc64Nvme>(content, offset, size)};
}

}  // namespace slipway::test
