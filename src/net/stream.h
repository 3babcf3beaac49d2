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
#include <sys/uio.h>

namespace slipway::net {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, IoExecutor>;

/// One side of a TLS connection; see net/tls_client.h for who makes them.
struct FreeSsl {
    void operator()(SSL* ssl) const;
};
using SslPtr = std::unique_ptr<SSL, FreeSsl>;

/// Hears what arrives while something is being written.
class Listener {
  public:
    /// Whether writing shall end because of these bytes.
    virtual bool heard(std::string_view bytes) = 0;

  protected:
    ~Listener() = default;
};

/// A connected socket, plain or TLS, whose every wait has a limit.
///
/// Calls on the socket itself never block; when it would, the coroutine waits until it is ready. So
/// no buffer is held by a connection that only waits: it is taken once there is something to read.
/// Errors of all waits: timeout (the limit passed, or close_now()), cancelled (the other side went
/// away).
class Stream final : public Watched {
  public:
    Stream(Socket socket, Watchdog& watchdog);
    ~Stream() override;

    /// Becomes TLS: the handshake with `ssl` as the client, until `deadline`. What it verifies is
    /// set in `ssl`, and why it failed can be asked of tls().
    /// Errors besides those of waits: cancelled (OpenSSL's queue of errors says more).
    Task<> start_tls(SslPtr ssl, Instant deadline);
    SSL* tls() { return ssl_.get(); }

    /// From now on a write that has to wait hears what arrives meanwhile, and ends with `cancelled`
    /// when the listener wants it or the other side closes; nullptr ends it. The listener sees the
    /// bytes in place of try_read.
    void listen(Listener* listener) { listener_ = listener; }

    /// What try_read and try_write answer besides a count.
    static constexpr std::ptrdiff_t would_block = -1;
    static constexpr std::ptrdiff_t broken = -2;

    /// Bytes read now, 0 at the end, would_block or broken.
    std::ptrdiff_t try_read(std::span<std::byte> into);

    /// Waits until try_read has something to say. On TLS to be used after it said would_block.
    Task<> wait_readable(std::chrono::milliseconds time_max);

    /// Waits for bytes and reads them: 0 only at the end.
    Task<std::size_t> read_some(std::span<std::byte> into, std::chrono::milliseconds time_max);

    /// Writes all of `first`, then of `second`, in one system call where possible. `more` promises
    /// that further bytes follow at once.
    Task<> write_all(std::string_view first,
                     std::string_view second,
                     bool more,
                     std::chrono::milliseconds stall_time_max);

    /// Writes `head`, then all chunks, many of them in a system call.
    Task<> write_chunks(std::string_view head,
                        std::span<const Chunk> chunks,
                        std::chrono::milliseconds stall_time_max);

    /// Sends a piece of a file; without a copy on plain sockets. `more` as in write_all().
    /// Errors besides those of waits: io (the file is shorter than the slice).
    Task<> send_file(const FileSlice& slice, bool more, std::chrono::milliseconds stall_time_max);

    /// When the stream goes, what was not sent yet goes with it: the other side does not want it.
    void drop_unsent();

    /// Says that nothing more will be written.
    void shutdown_write();

    /// Ends every wait from now on, with `timeout`. The socket closes with the stream.
    void close_now() { overdue(); }

    /// Whether the other side has closed or sent something while nobody asked: such a connection is
    /// not fit for a further request.
    bool stale();

  private:
    enum class Direction { read, write };

    /// A wait for bytes that goes on beside a wait to write. It outlives the stream by the moment
    /// its loop needs to notice, so both share this.
    struct Hearing {
        bool waiting = false;
        bool heard = false;
        Socket* blocked = nullptr;  ///< whose wait to write ends when bytes arrive
    };

    void overdue() override;
    Task<> wait(Direction direction, std::chrono::milliseconds time_max);
    Task<> wait_to_write(std::chrono::milliseconds time_max);
    void start_hearing();
    Result<> hear();
    std::ptrdiff_t try_write(std::span<iovec> pieces, bool more);
    std::ptrdiff_t try_write_tls(std::span<const iovec> pieces);
    Task<> write_pieces(std::span<iovec> pieces,
                        bool more,
                        std::chrono::milliseconds stall_time_max);
    /// Sends what encrypted records were gathered.
    Task<> flush_tls(std::chrono::milliseconds stall_time_max);
    Task<> send_file_tls(const FileSlice& slice,
                         bool more,
                         std::chrono::milliseconds stall_time_max);
    std::ptrdiff_t tls_result(int result);

    Socket socket_;
    SslPtr ssl_;
    Listener* listener_ = nullptr;
    std::shared_ptr<Hearing> hearing_;
    Direction tls_wants_ = Direction::read;
    bool overdue_ = false;
};

}  // namespace slipway::net
