// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/watchdog.h"
#include "task/body.h"
#include "task/task.h"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace slipway::net {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, IoExecutor>;

/// A connected socket, plain or TLS, whose every wait has a limit.
///
/// Calls on the socket itself never block; when it would, the coroutine waits until it is ready. So
/// no buffer is held by a connection that only waits: it is taken once there is something to read.
/// Errors of all waits: timeout (the limit passed, or close_now()), cancelled (the other side went
/// away).
class Stream final : public Watched {
  public:
    Stream(Socket socket, Watchdog& watchdog);

    /// Becomes TLS, as the client of `host`: handshake, name and chain verified.
    /// Errors: unavailable with OpenSSL's reason.
    Task<> start_tls(SSL_CTX* context, std::string host, std::chrono::milliseconds time_max);

    /// What try_read and try_write answer besides a count.
    static constexpr std::ptrdiff_t would_block = -1;
    static constexpr std::ptrdiff_t broken = -2;

    /// Bytes read now, 0 at the end, would_block or broken.
    std::ptrdiff_t try_read(std::span<std::byte> into);

    /// Waits until try_read has something to say.
    Task<> wait_readable(std::chrono::milliseconds time_max);

    /// Waits for bytes and reads them: 0 only at the end.
    Task<std::size_t> read_some(std::span<std::byte> into, std::chrono::milliseconds time_max);

    /// Writes all of `first`, then of `second`, in one system call where possible. `more` promises
    /// that further bytes follow at once.
    Task<> write_all(std::string_view first,
                     std::string_view second,
                     bool more,
                     std::chrono::milliseconds stall_time_max);

    /// Writes `head`, then all chunks, two pieces in a system call.
    Task<> write_chunks(std::string_view head,
                        std::span<const Chunk> chunks,
                        std::chrono::milliseconds stall_time_max);

    /// Sends a piece of a file; without a copy on plain sockets.
    /// Errors besides those of waits: io (the file is shorter than the slice).
    Task<> send_file(const FileSlice& slice, std::chrono::milliseconds stall_time_max);

    /// Says that nothing more will be written.
    void shutdown_write();

    /// Ends every wait from now on, with `timeout`. The socket closes with the stream.
    void close_now() { overdue(); }

    /// Whether the other side has closed or sent something while nobody asked: such a connection is
    /// not fit for a further request.
    bool stale();

  private:
    enum class Direction { read, write };

    void overdue() override;
    Task<> wait(Direction direction, std::chrono::milliseconds time_max);
    std::ptrdiff_t try_write(std::string_view first, std::string_view second, bool more);
    std::ptrdiff_t tls_result(int result);

    struct FreeSsl {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };

    Socket socket_;
    std::unique_ptr<SSL, FreeSsl> ssl_;
    Direction tls_wants_ = Direction::read;
    bool overdue_ = false;
};

}  // namespace slipway::net
