// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "net/http_parser.h"
#include "net/http_server.h"
#include "net/stream.h"
#include "task/body.h"
#include "task/chunk_pool.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace slipway::net {

/// The body of the request a session is answering.
///
/// Takes a chunk from the pool only when bytes are there, so a slow sender holds no buffer. After a
/// failure every further read fails the same way.
class SessionBody final : public BodyReader {
  public:
    /// `input` holds what came with the head; what follows the body stays in it.
    SessionBody(Stream& stream,
                ChunkPool& pool,
                const HttpServerLimits& limits,
                std::string& input,
                const RequestHead& head);

    Task<Chunk> read() override;
    Task<bool> wait_for_bytes() override;
    Result<std::optional<std::size_t>> read_now(std::span<std::byte> room) override;
    std::optional<std::uint64_t> size() const override { return declared_; }

    bool at_end() const { return done_; }
    /// Whether the connection can go on to the next request after dropping at most
    /// limits::http_drain_bytes_max bytes.
    bool can_drain() const;
    /// Reads and drops the rest. False: the connection is of no further use.
    Async<bool> drain();

  private:
    Task<Chunk> read_sized();
    Task<Chunk> read_chunked();
    Task<Chunk> receive(std::size_t size_max);
    Task<> send_continue();
    Result<> check_rate() const;
    std::size_t take_input(std::span<std::byte> room);
    tl::unexpected<Error> cut_off() const;

    Stream& stream_;
    ChunkPool& pool_;
    const HttpServerLimits& limits_;
    std::string& input_;
    std::optional<std::uint64_t> declared_;
    std::uint64_t left_ = 0;      // of a sized body
    std::uint64_t received_ = 0;  // over the wire
    std::optional<ChunkedDecoder> decoder_;
    std::optional<Error> failure_;
    Instant::duration
        waited_{};  // for the sender; the time its bytes waited for us is not its fault
    bool continue_wanted_;
    bool done_ = false;
};

}  // namespace slipway::net
