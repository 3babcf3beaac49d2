// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/connection_pool.h"
#include "net/http_parser.h"
#include "task/body.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace slipway::net {

/// The body of an answer; gives its connection back at the end.
class ResponseBody final : public BodyReader {
  public:
    /// `pool` is shared with the client: it keeps alive what the connection needs of the
    /// client, which may be gone when the answer is read.
    ResponseBody(ConnectionPtr connection,
                 const ResponseHead& head,
                 std::shared_ptr<ConnectionPool> pool,
                 std::size_t loop);

    std::optional<std::uint64_t> size() const override { return size_; }

    /// Errors: unavailable (connection lost), timeout, corrupted (malformed chunks).
    Task<Chunk> read() override;

  private:
    /// Waits for bytes; 0 is the end of the connection. They are in the thread's scratch.
    Task<std::size_t> receive();
    Chunk take_counted(std::string_view bytes);
    Result<Chunk> take_coded();
    void finish_if_done();

    std::shared_ptr<ConnectionPool> pool_;  // before the connection, which may need what it keeps
    ConnectionPtr connection_;
    std::size_t loop_;
    std::optional<std::uint64_t> size_;
    std::uint64_t left_;
    std::optional<ChunkedDecoder> decoder_;
    bool keep_alive_;
    bool until_close_;
};

}  // namespace slipway::net
