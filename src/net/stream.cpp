// SPDX-License-Identifier: Apache-2.0
#include "net/stream.h"

#include "net/scratch.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/tcp.h>
#include <string>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace slipway::net {
namespace {

/// One sendfile call moves at most this much, so that a fast receiver of a large file leaves the
/// loop's other connections their turn.
constexpr std::size_t sendfile_bytes_max = 1024 * 1024;

/// Pieces of one sendmsg call: 2 MiB of chunks are more than a socket takes at once.
constexpr std::size_t pieces_max = 17;

/// What one TLS record carries.
constexpr std::size_t tls_record_bytes_max = 16 * 1024;

/// So much of what was encrypted goes in one system call: each wakes the other side.
constexpr long tls_write_bytes = 64 * 1024;

/// A memory of `tls_write_bytes` before the socket. A macro of OpenSSL without its C cast.
BIO* gathered(BIO* socket) {
    BIO* const memory = BIO_new(BIO_f_buffer());
    BIO_int_ctrl(memory, BIO_C_SET_BUFF_SIZE, tls_write_bytes, 1);
    return BIO_push(memory, socket);
}

/// sendmsg's interface is not const-correct; it does not write to the bytes.
iovec piece_of(std::string_view bytes) {
    return {const_cast<char*>(bytes.data()), bytes.size()};
}

}  // namespace

void FreeSsl::operator()(SSL* ssl) const {
    // OpenSSL forgets the session of a connection that ends without a word of farewell, and the
    // next connection could not resume it. HTTP's own framing says whether a body was whole.
    SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(ssl);
}

Stream::Stream(Socket socket, Watchdog& watchdog) : socket_(std::move(socket)) {
    boost::system::error_code ignored;
    socket_.native_non_blocking(true, ignored);
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    watchdog.add(*this);
}

Stream::~Stream() {
    if (hearing_) {
        hearing_->blocked = nullptr;
    }
}

void Stream::overdue() {
    overdue_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

Task<> Stream::wait(Direction direction, std::chrono::milliseconds time_max) {
    if (!overdue_) {
        set_deadline(std::chrono::steady_clock::now() + time_max);
        const auto kind = direction == Direction::read ? Socket::wait_read : Socket::wait_write;
        co_await socket_.async_wait(kind, as_tuple);
        clear_deadline();
    }
    if (overdue_) {
        co_return fail(ErrorKind::timeout, "the other side was silent for too long");
    }
    co_return Result<>();
}

void Stream::start_hearing() {
    if (!hearing_) {
        hearing_ = std::make_shared<Hearing>();
    }
    if (hearing_->waiting) {
        return;
    }
    hearing_->waiting = true;
    socket_.async_wait(Socket::wait_read,
                       [hearing = hearing_](const boost::system::error_code& error) {
                           hearing->waiting = false;
                           hearing->heard = hearing->heard || !error;
                           if (!error && hearing->blocked != nullptr) {
                               boost::system::error_code ignored;
                               hearing->blocked->cancel(ignored);
                           }
                       });
}

Result<> Stream::hear() {
    hearing_->heard = false;
    const auto count = try_read(scratch());
    if (count == would_block) {
        return {};
    }
    if (count <= 0) {
        return fail(ErrorKind::cancelled, "the connection was lost");
    }
    if (listener_->heard(text_of(scratch(), static_cast<std::size_t>(count)))) {
        return fail(ErrorKind::cancelled, "the other side spoke before it had everything");
    }
    return {};
}

Task<> Stream::wait_to_write(std::chrono::milliseconds time_max) {
    const auto direction = ssl_ ? tls_wants_ : Direction::write;
    if (listener_ == nullptr) {
        co_return co_await wait(direction, time_max);
    }
    start_hearing();
    if (!hearing_->heard) {
        hearing_->blocked = &socket_;
        const auto waited = co_await wait(direction, time_max);
        hearing_->blocked = nullptr;
        SLIPWAY_CO_CHECK(waited);
    }
    co_return hearing_->heard ? hear() : Result<>();
}

Task<> Stream::wait_readable(std::chrono::milliseconds time_max) {
    const auto direction = ssl_ ? tls_wants_ : Direction::read;
    co_return co_await wait(direction, time_max);
}

std::ptrdiff_t Stream::tls_result(int result) {
    if (result > 0) {
        return result;
    }
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            tls_wants_ = Direction::read;
            return would_block;
        case SSL_ERROR_WANT_WRITE:
            tls_wants_ = Direction::write;
            return would_block;
        case SSL_ERROR_ZERO_RETURN:
            return 0;
        default:
            return broken;
    }
}

std::ptrdiff_t Stream::try_read(std::span<std::byte> into) {
    if (ssl_) {
        ERR_clear_error();
        const auto size = static_cast<int>(std::min<std::size_t>(into.size(), 1U << 30U));
        return tls_result(SSL_read(ssl_.get(), into.data(), size));
    }
    while (true) {
        const auto count = ::recv(socket_.native_handle(), into.data(), into.size(), 0);
        if (count >= 0) {
            return count;
        }
        if (errno != EINTR) {
            return errno == EAGAIN || errno == EWOULDBLOCK ? would_block : broken;
        }
    }
}

Task<std::size_t> Stream::read_some(std::span<std::byte> into, std::chrono::milliseconds time_max) {
    while (true) {
        const auto count = try_read(into);
        if (count >= 0) {
            co_return static_cast<std::size_t>(count);
        }
        if (count == broken) {
            co_return fail(ErrorKind::cancelled, "the connection was lost");
        }
        SLIPWAY_CO_CHECK(co_await wait_readable(time_max));
    }
}

std::ptrdiff_t Stream::try_write_tls(std::span<const iovec> pieces) {
    // One record and one system call for small pieces together. A write that would block is tried
    // again with the same bytes, as OpenSSL wants, because the pieces stay as they are.
    const auto memory = scratch().first(tls_record_bytes_max);
    std::size_t size = 0;
    for (const iovec& piece : pieces) {
        if (size == 0 && piece.iov_len >= memory.size()) {
            ERR_clear_error();
            const auto most = static_cast<int>(std::min<std::size_t>(piece.iov_len, 1U << 30U));
            return tls_result(SSL_write(ssl_.get(), piece.iov_base, most));
        }
        const auto part = std::min(piece.iov_len, memory.size() - size);
        std::memcpy(memory.data() + size, piece.iov_base, part);
        size += part;
        if (size == memory.size()) {
            break;
        }
    }
    ERR_clear_error();
    return tls_result(SSL_write(ssl_.get(), memory.data(), static_cast<int>(size)));
}

std::ptrdiff_t Stream::try_write(std::span<iovec> pieces, bool more) {
    if (ssl_) {
        return try_write_tls(pieces);
    }
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    while (true) {
        const auto count =
            ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
        if (count >= 0) {
            return count;
        }
        if (errno != EINTR) {
            return errno == EAGAIN || errno == EWOULDBLOCK ? would_block : broken;
        }
    }
}

Task<> Stream::write_pieces(std::span<iovec> pieces,
                            bool more,
                            std::chrono::milliseconds stall_time_max) {
    while (true) {
        while (!pieces.empty() && pieces.front().iov_len == 0) {
            pieces = pieces.subspan(1);
        }
        if (pieces.empty()) {
            if (ssl_ && !more) {
                SLIPWAY_CO_CHECK(co_await flush_tls(stall_time_max));
            }
            co_return Result<>();
        }
        const auto count = try_write(pieces, more);
        if (count == would_block) {
            SLIPWAY_CO_CHECK(co_await wait_to_write(stall_time_max));
            continue;
        }
        if (count < 0) {
            co_return fail(ErrorKind::cancelled, "the connection was lost");
        }
        auto written = static_cast<std::size_t>(count);
        for (iovec& piece : pieces) {
            const auto of_piece = std::min(written, piece.iov_len);
            piece.iov_base = static_cast<char*>(piece.iov_base) + of_piece;
            piece.iov_len -= of_piece;
            written -= of_piece;
        }
    }
}

Task<> Stream::write_all(std::string_view first,
                         std::string_view second,
                         bool more,
                         std::chrono::milliseconds stall_time_max) {
    std::array<iovec, 2> pieces = {piece_of(first), piece_of(second)};
    co_return co_await write_pieces(pieces, more, stall_time_max);
}

Task<> Stream::write_chunks(std::string_view head,
                            std::span<const Chunk> chunks,
                            std::chrono::milliseconds stall_time_max) {
    std::array<iovec, pieces_max> pieces{};
    // A call of its own, held back until the body follows: for a mebibyte, Linux takes less of the
    // sender's processor than for both in one call (docs/performance.md).
    if (!ssl_ && chunks.size() > 1) {
        pieces.front() = piece_of(std::exchange(head, std::string_view()));
        const auto first = std::span(pieces).first(1);
        SLIPWAY_CO_CHECK(co_await write_pieces(first, true, stall_time_max));
    }
    while (!head.empty() || !chunks.empty()) {
        std::size_t count = 0;
        pieces[count++] = piece_of(std::exchange(head, std::string_view()));
        while (!chunks.empty() && count < pieces.size()) {
            pieces[count++] = piece_of(chunks.front().text());
            chunks = chunks.subspan(1);
        }
        const auto now = std::span(pieces).first(count);
        SLIPWAY_CO_CHECK(co_await write_pieces(now, !chunks.empty(), stall_time_max));
    }
    co_return Result<>();
}

Task<> Stream::flush_tls(std::chrono::milliseconds stall_time_max) {
    BIO* const out = SSL_get_wbio(ssl_.get());
    while (BIO_ctrl(out, BIO_CTRL_FLUSH, 0, nullptr) <= 0) {
        if (!BIO_test_flags(out, BIO_FLAGS_SHOULD_RETRY)) {
            co_return fail(ErrorKind::cancelled, "the connection was lost");
        }
        tls_wants_ = Direction::write;
        SLIPWAY_CO_CHECK(co_await wait_to_write(stall_time_max));
    }
    co_return Result<>();
}

/// Each piece is read into memory that is still in the processor's cache from the one before. What
/// the socket does not take is read again: no connection holds memory while it waits.
Task<> Stream::send_file_tls(const FileSlice& slice,
                             bool more,
                             std::chrono::milliseconds stall_time_max) {
    std::uint64_t done = 0;
    while (done < slice.size) {
        const auto size = std::min<std::uint64_t>(scratch().size(), slice.size - done);
        const auto count = ::pread(slice.file->fd(), scratch().data(), size,
                                   static_cast<off_t>(slice.offset + done));
        if (count <= 0) {
            co_return fail(ErrorKind::io, "the file ended early or could not be read");
        }
        auto piece = scratch().first(static_cast<std::size_t>(count));
        std::ptrdiff_t written = 0;
        while (!piece.empty()) {
            ERR_clear_error();
            written =
                tls_result(SSL_write(ssl_.get(), piece.data(), static_cast<int>(piece.size())));
            if (written < 0) {
                break;
            }
            piece = piece.subspan(static_cast<std::size_t>(written));
            done += static_cast<std::uint64_t>(written);
        }
        if (written == would_block) {
            SLIPWAY_CO_CHECK(co_await wait_to_write(stall_time_max));
        } else if (written < 0) {
            co_return fail(ErrorKind::cancelled, "the connection was lost");
        }
    }
    if (more) {
        co_return Result<>();
    }
    co_return co_await flush_tls(stall_time_max);
}

Task<> Stream::send_file(const FileSlice& slice,
                         bool more,
                         std::chrono::milliseconds stall_time_max) {
    if (ssl_) {
        co_return co_await send_file_tls(slice, more, stall_time_max);
    }
    auto offset = static_cast<off_t>(slice.offset);
    std::uint64_t left = slice.size;
    while (left > 0) {
        const auto size = std::min<std::uint64_t>(left, sendfile_bytes_max);
        const auto count = ::sendfile(socket_.native_handle(), slice.file->fd(), &offset, size);
        if (count > 0) {
            left -= static_cast<std::uint64_t>(count);
        } else if (count == 0) {
            co_return fail(ErrorKind::io, "the file is shorter than it was");
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            SLIPWAY_CO_CHECK(co_await wait_to_write(stall_time_max));
        } else if (errno != EINTR) {
            co_return fail(ErrorKind::cancelled, "the connection was lost");
        }
    }
    co_return Result<>();
}

void Stream::drop_unsent() {
    boost::system::error_code ignored;
    socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
}

void Stream::shutdown_write() {
    if (ssl_) {
        SSL_shutdown(ssl_.get());
    }
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
}

bool Stream::stale() {
    char byte = 0;
    const auto count = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count < 0) {
        return errno != EAGAIN && errno != EWOULDBLOCK;
    }
    if (count == 0 || !ssl_) {
        return true;
    }
    // On TLS it may be housekeeping, such as tickets for further connections.
    ERR_clear_error();
    return tls_result(SSL_peek(ssl_.get(), &byte, 1)) != would_block;
}

Task<> Stream::start_tls(SslPtr ssl, Instant deadline) {
    ssl_ = std::move(ssl);
    const int socket = socket_.native_handle();
    SSL_set_bio(ssl_.get(), BIO_new_socket(socket, BIO_NOCLOSE),
                gathered(BIO_new_socket(socket, BIO_NOCLOSE)));
    while (true) {
        ERR_clear_error();
        errno = 0;
        const auto result = tls_result(SSL_connect(ssl_.get()));
        if (result > 0) {
            co_return Result<>();
        }
        if (result != would_block) {
            co_return fail(ErrorKind::cancelled, "the TLS handshake failed");
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) {
            co_return fail(ErrorKind::timeout, "the TLS handshake took too long");
        }
        SLIPWAY_CO_CHECK(co_await wait(tls_wants_, left));
    }
}

}  // namespace slipway::net
