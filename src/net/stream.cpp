// SPDX-License-Identifier: Apache-2.0
#include "net/stream.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/tcp.h>
#include <string>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace slipway::net {
namespace {

/// One sendfile call moves at most this much, so that a fast receiver of a large file leaves the
/// loop's other connections their turn.
constexpr std::size_t sendfile_bytes_max = 1024 * 1024;

std::string openssl_reason() {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    return text.data();
}

}  // namespace

Stream::Stream(Socket socket, Watchdog& watchdog) : socket_(std::move(socket)) {
    boost::system::error_code ignored;
    socket_.native_non_blocking(true, ignored);
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    watchdog.add(*this);
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

Task<> Stream::wait_readable(std::chrono::milliseconds time_max) {
    if (ssl_ && SSL_pending(ssl_.get()) > 0) {
        co_return Result<>();
    }
    co_return co_await wait(ssl_ ? tls_wants_ : Direction::read, time_max);
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

std::ptrdiff_t Stream::try_write(std::string_view first, std::string_view second, bool more) {
    if (ssl_) {
        ERR_clear_error();
        const std::string_view piece = first.empty() ? second : first;
        const auto size = static_cast<int>(std::min<std::size_t>(piece.size(), 1U << 30U));
        return tls_result(SSL_write(ssl_.get(), piece.data(), size));
    }
    // writev's interface is not const-correct; it does not write to the buffers.
    std::array<iovec, 2> pieces{{{const_cast<char*>(first.data()), first.size()},
                                 {const_cast<char*>(second.data()), second.size()}}};
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

Task<> Stream::write_all(std::string_view first,
                         std::string_view second,
                         bool more,
                         std::chrono::milliseconds stall_time_max) {
    while (!first.empty() || !second.empty()) {
        const auto count = try_write(first, second, more);
        if (count == would_block) {
            SLIPWAY_CO_CHECK(co_await wait(ssl_ ? tls_wants_ : Direction::write, stall_time_max));
            continue;
        }
        if (count < 0) {
            co_return fail(ErrorKind::cancelled, "the connection was lost");
        }
        const auto written = static_cast<std::size_t>(count);
        const auto of_first = std::min(written, first.size());
        first.remove_prefix(of_first);
        second.remove_prefix(written - of_first);
    }
    co_return Result<>();
}

Task<> Stream::write_chunks(std::string_view head,
                            std::span<const Chunk> chunks,
                            std::chrono::milliseconds stall_time_max) {
    while (!head.empty() || !chunks.empty()) {
        const auto next = chunks.empty() ? std::string_view() : chunks.front().text();
        chunks = chunks.subspan(chunks.empty() ? 0 : 1);
        SLIPWAY_CO_CHECK(co_await write_all(head, next, !chunks.empty(), stall_time_max));
        head = chunks.empty() ? std::string_view() : chunks.front().text();
        chunks = chunks.subspan(chunks.empty() ? 0 : 1);
    }
    co_return Result<>();
}

Task<> Stream::send_file(const FileSlice& slice, std::chrono::milliseconds stall_time_max) {
    auto offset = static_cast<off_t>(slice.offset);
    std::uint64_t left = slice.size;
    std::string buffer(ssl_ ? 16 * 1024 : 0, '\0');  // one TLS record
    while (left > 0) {
        if (ssl_) {
            const auto size = std::min<std::uint64_t>(left, buffer.size());
            const auto count = ::pread(slice.file->fd(), buffer.data(), size, offset);
            if (count <= 0) {
                co_return fail(ErrorKind::io, "the file ended early or could not be read");
            }
            const auto piece = std::string_view(buffer).substr(0, static_cast<std::size_t>(count));
            SLIPWAY_CO_CHECK(co_await write_all(piece, std::string_view(), false, stall_time_max));
            offset += count;
            left -= static_cast<std::uint64_t>(count);
            continue;
        }
        const auto size = std::min<std::uint64_t>(left, sendfile_bytes_max);
        const auto count = ::sendfile(socket_.native_handle(), slice.file->fd(), &offset, size);
        if (count > 0) {
            left -= static_cast<std::uint64_t>(count);
        } else if (count == 0) {
            co_return fail(ErrorKind::io, "the file is shorter than it was");
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            SLIPWAY_CO_CHECK(co_await wait(Direction::write, stall_time_max));
        } else if (errno != EINTR) {
            co_return fail(ErrorKind::cancelled, "the connection was lost");
        }
    }
    co_return Result<>();
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
    return !(count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
}

Task<> Stream::start_tls(SSL_CTX* context, std::string host, std::chrono::milliseconds time_max) {
    ssl_.reset(SSL_new(context));
    SSL_set_fd(ssl_.get(), socket_.native_handle());
    SSL_set_verify(ssl_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_set_hostflags(ssl_.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    boost::system::error_code not_an_address;
    boost::asio::ip::make_address(host, not_an_address);
    if (not_an_address) {
        // The macro SSL_set_tlsext_host_name without its C cast; OpenSSL copies the name.
        SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data());
        SSL_set1_host(ssl_.get(), host.c_str());
    } else {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host.c_str());
    }
    while (true) {
        ERR_clear_error();
        const auto result = tls_result(SSL_connect(ssl_.get()));
        if (result > 0) {
            co_return Result<>();
        }
        if (result != would_block) {
            co_return fail(ErrorKind::unavailable,
                           "TLS handshake with " + host + " failed: " + openssl_reason());
        }
        SLIPWAY_CO_CHECK(co_await wait(tls_wants_, time_max));
    }
}

}  // namespace slipway::net
