// SPDX-License-Identifier: Apache-2.0
#include "engine/callback_source.h"

#include "objects/running_checksum.h"

#include <fmt/format.h>

#include <exception>

namespace slipway::engine {
namespace {

std::span<char> free_part(Chunk& chunk, std::size_t end) {
    return {reinterpret_cast<char*>(chunk.data()) + chunk.size(), end - chunk.size()};
}

/// What a function of the program's answers. It is the one place where others' exceptions come in.
template <class Call>
Result<std::size_t> ask(const std::string& name, std::span<char> into, const Call& call) {
    try {
        Result<std::size_t> count = call(into);
        if (count && *count > into.size()) {
            return fail(ErrorKind::internal,
                        fmt::format("the function that brings {} says it filled {} bytes of {}",
                                    name, *count, into.size()));
        }
        return count;
    } catch (const std::exception& exception) {
        return fail(ErrorKind::io,
                    fmt::format("the function that brings {} threw: {}", name, exception.what()));
    } catch (...) {
        return fail(ErrorKind::io, fmt::format("the function that brings {} threw", name));
    }
}

}  // namespace

/// The right to call the function, until it goes.
class CallbackSource::Turn {
  public:
    explicit Turn(CallbackSource& source) : source_(source) {}
    ~Turn() {
        source_.reading_ = false;
        source_.turns_.wake_all();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

  private:
    CallbackSource& source_;
};

Task<PartBytes> CallbackSource::read(const Part& part,
                                     objects::ChecksumAlgorithm algorithm,
                                     ChunkPool& pool) {
    PartBytes bytes;
    SLIPWAY_CO_TRY(chunks, co_await take_chunks(part.size, pool));
    bytes.chunks = std::move(chunks);
    co_await wait_for_turn();
    const Turn turn(*this);
    auto work = [this, &part, algorithm, &bytes] { return read_chunks(part, algorithm, bytes); };
    SLIPWAY_CO_CHECK(co_await threads_.run(std::move(work)));
    co_return bytes;
}

Async<void> CallbackSource::wait_for_turn() {
    while (true) {
        const auto ticket = turns_.ticket();
        if (!reading_.exchange(true)) {
            co_return;
        }
        co_await turns_.wait(ticket);
    }
}

Result<> CallbackSource::read_chunks(const Part& part,
                                     objects::ChecksumAlgorithm algorithm,
                                     PartBytes& bytes) {
    objects::RunningChecksum checksum(algorithm);
    std::uint64_t offset = part.offset;
    for (Chunk& chunk : bytes.chunks) {
        SLIPWAY_CHECK(fill(chunk, offset));
        checksum.update(chunk.bytes());
        offset += chunk.size();
    }
    bytes.checksum = checksum.finish();
    return check_same(part, bytes.checksum);
}

Result<> CallbackSource::fill(Chunk& chunk, std::uint64_t offset) const {
    const std::size_t size = chunk.size();
    chunk.resize(0);
    while (chunk.size() < size) {
        const auto call = [&](std::span<char> into) {
            return read_at_(offset + chunk.size(), into);
        };
        SLIPWAY_TRY(count, ask(name_, free_part(chunk, size), call));
        if (count == 0) {
            return fail(ErrorKind::corrupted,
                        fmt::format("the function that brings {} ends after {} bytes of {}", name_,
                                    offset + chunk.size(), size_),
                        "SourceChanged");
        }
        chunk.resize(chunk.size() + count);
    }
    return {};
}

Result<> CallbackSource::check_same(const Part& part, const objects::Checksum& checksum) {
    const auto [seen, is_new] = seen_.try_emplace(part.offset, SeenPiece{part.size, checksum});
    if (!is_new) {
        const bool comparable =
            seen->second.size == part.size && seen->second.checksum.algorithm == checksum.algorithm;
        if (comparable && seen->second.checksum != checksum) {
            return fail(ErrorKind::corrupted,
                        fmt::format("the function that brings {} has other bytes from {} on than "
                                    "the first time",
                                    name_, part.offset),
                        "SourceChanged");
        }
        seen->second = SeenPiece{part.size, checksum};
    } else if (seen_.size() > limits::engine_seen_pieces_max) {
        seen_.erase(seen_.begin());  // parts go from first to last: the one longest ago
    }
    return {};
}

Task<Chunk> CallbackReader::read() {
    Chunk chunk = co_await pool_.take();
    if (!ended_) {
        auto work = [this, &chunk] { return fill(chunk); };
        SLIPWAY_CO_CHECK(co_await threads_.run(std::move(work)));
    }
    if (chunk.empty()) {
        co_return Chunk();
    }
    co_return chunk;
}

Result<> CallbackReader::fill(Chunk& chunk) {
    while (chunk.size() < chunk.capacity()) {
        if (stopped_) {
            return fail(ErrorKind::cancelled, "cancelled");
        }
        SLIPWAY_TRY(count, ask(name_, free_part(chunk, chunk.capacity()), read_some_));
        if (count == 0) {
            ended_ = true;
            break;
        }
        chunk.resize(chunk.size() + count);
    }
    return {};
}

}  // namespace slipway::engine
