// SPDX-License-Identifier: Apache-2.0
#include "net/http_session.h"

#include "base/log.h"
#include "base/random.h"
#include "net/scratch.h"
#include "net/session_body.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <exception>
#include <utility>

namespace slipway::net {
namespace {

/// What a TLS client's first message begins with (RFC 8446, section 5.1), and no HTTP request does.
constexpr char tls_handshake = 0x16;

/// The Date header's text, made anew once a second.
std::string_view date_text() {
    thread_local std::time_t second = 0;
    thread_local std::string text;
    const std::time_t now = std::time(nullptr);
    if (now != second) {
        second = now;
        text = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(now));
    }
    return text;
}

void append_content_length(std::string& head, std::uint64_t size) {
    head.append("Content-Length: ").append(fmt::format_int(size).c_str()).append("\r\n");
}

int status_of(const Error& error) {
    switch (error.kind) {
        case ErrorKind::timeout:
            return 408;
        case ErrorKind::too_large:
            return 431;
        case ErrorKind::unsupported:
            return error.message.starts_with("this server") ? 505 : 501;
        default:
            return 400;
    }
}

}  // namespace

HttpSession::HttpSession(Socket socket, Watchdog& watchdog, Context context, std::string peer)
    : stream_(std::move(socket), watchdog), context_(std::move(context)), peer_(std::move(peer)) {
}

void HttpSession::close_if_idle() {
    if (idle_) {
        stream_.close_now();
    }
}

Async<void> HttpSession::run() {
    bool keep_alive = true;
    while (keep_alive && !context_.draining()) {
        idle_ = input_.empty();
        auto head = co_await read_head();
        idle_ = false;
        if (!head) {
            co_await refuse(head.error());
            co_return;
        }
        keep_alive = co_await answer(*std::move(head));
    }
}

Task<RequestHead> HttpSession::read_head() {
    const auto& limits = context_.limits;
    std::size_t searched = 0;
    Instant deadline = Instant::max();
    while (true) {
        if (const auto size = find_head_end(input_, searched); size > 0) {
            co_return take_head(size);
        }
        if (input_.size() > limits.header_bytes_max) {
            co_return fail(ErrorKind::too_large,
                           fmt::format("the request's headers are longer than {} bytes",
                                       limits.header_bytes_max));
        }
        searched = input_.size();
        const auto count = stream_.try_read(scratch());
        if (count > 0) {
            input_.append(text_of(scratch(), static_cast<std::size_t>(count)));
            if (input_.front() == tls_handshake) {
                co_return fail(ErrorKind::invalid_argument,
                               "this port speaks plain HTTP, not TLS: use http://");
            }
            continue;
        }
        if (count != Stream::would_block) {
            co_return fail(ErrorKind::cancelled, "closed by the client");
        }
        auto time_max = limits.idle_time_max;
        if (!input_.empty()) {
            // From the first byte on the whole head has one deadline: drops do not renew it.
            const auto now = std::chrono::steady_clock::now();
            deadline = std::min(deadline, now + limits.header_time_max);
            time_max = std::chrono::ceil<std::chrono::milliseconds>(deadline - now);
        }
        const auto ready = co_await stream_.wait_readable(time_max);
        if (!ready) {
            if (input_.empty()) {
                co_return fail(ErrorKind::cancelled, "idle");
            }
            co_return fail(ErrorKind::timeout, "the request's headers took too long to arrive");
        }
        idle_ = false;
    }
}

Result<RequestHead> HttpSession::take_head(std::size_t size) {
    if (size > context_.limits.header_bytes_max) {
        return fail(ErrorKind::too_large,
                    fmt::format("the request's headers are longer than {} bytes",
                                context_.limits.header_bytes_max));
    }
    auto head = parse_request_head(std::string_view(input_).substr(0, size));
    if (size == input_.size()) {
        input_.clear();
        if (input_.capacity() > 4096) {
            input_.shrink_to_fit();
        }
    } else {
        input_.erase(0, size);
    }
    if (head) {
        head->request.peer = peer_;
        head->request.id = next_request_id();
    }
    return head;
}

Async<bool> HttpSession::answer(RequestHead head) {
    SessionBody body(stream_, context_.pool, context_.limits, input_, head);
    http::Response response;
    try {
        response = co_await context_.handler.handle(head.request, body);
    } catch (const std::exception& error) {
        // A library threw where we did not expect it: this request fails, the server goes on.
        log::error("{} {}: {}", http::to_string(head.request.method), head.request.path(),
                   error.what());
        response = http::Response();
        response.status = 500;
    }
    const bool keep_alive = head.keep_alive && !context_.draining() && body.can_drain();
    const auto sent = co_await send(head, std::move(response), keep_alive);
    if (!sent) {
        log::debug("{} {}: answer not sent: {}", peer_, head.request.path(), sent.error().message);
        co_return false;
    }
    if (!keep_alive) {
        if (!body.at_end()) {
            co_await linger();
        }
        co_return false;
    }
    co_return co_await body.drain();
}

std::string HttpSession::head_text(const http::Response& response,
                                   std::string_view request_id,
                                   bool keep_alive) const {
    std::string text;
    text.reserve(512);
    text.append("HTTP/1.1 ").append(fmt::format_int(response.status).c_str()).append(" ");
    text.append(http::reason_phrase(response.status)).append("\r\nDate: ").append(date_text());
    text.append("\r\nServer: ").append(context_.server_name).append("\r\n");
    if (!response.headers.has("x-amz-request-id")) {
        text.append("X-Request-Id: ").append(request_id).append("\r\n");
    }
    for (const http::Header& header : response.headers) {
        text.append(header.name).append(": ").append(header.value).append("\r\n");
    }
    if (!keep_alive) {
        text.append("Connection: close\r\n");
    }
    return text;
}

Task<> HttpSession::send(const RequestHead& head, http::Response response, bool keep_alive) {
    const auto stall = context_.limits.write_stall_time_max;
    const auto size = body_size(response.body);
    const bool bodiless = response.status < 200 || response.status == 204 || response.status == 304;
    const bool to_head = head.request.method == http::Method::head;
    // HTTP/1.0 knows no chunks: there the end of the connection is the end of the body.
    const bool chunked = !size && !head.http_1_0;
    if (!size && head.http_1_0) {
        keep_alive = false;
    }
    std::string text = head_text(response, head.request.id, keep_alive);
    if (head.http_1_0 && keep_alive) {
        text.append("Connection: keep-alive\r\n");
    }
    if (to_head && response.head_content_length) {
        append_content_length(text, *response.head_content_length);
    } else if (!bodiless && size) {
        append_content_length(text, *size);
    } else if (!bodiless && chunked) {
        text.append("Transfer-Encoding: chunked\r\n");
    }
    text.append("\r\n");
    if (bodiless || to_head) {
        co_return co_await stream_.write_all(text, std::string_view(), false, stall);
    }
    if (const auto* memory = std::get_if<std::string>(&response.body)) {
        co_return co_await stream_.write_all(text, *memory, false, stall);
    }
    if (const auto* fixed = std::get_if<StaticBytes>(&response.body)) {
        co_return co_await stream_.write_all(text, fixed->bytes, false, stall);
    }
    SLIPWAY_CO_CHECK(co_await stream_.write_all(text, std::string_view(), true, stall));
    if (const auto* slice = std::get_if<FileSlice>(&response.body)) {
        co_return co_await stream_.send_file(*slice, false, stall);
    }
    auto& reader = std::get<std::unique_ptr<BodyReader>>(response.body);
    SLIPWAY_CO_CHECK(co_await send_reader(*reader, chunked));
    if (!keep_alive && !size) {
        stream_.shutdown_write();
    }
    co_return Result<>();
}

Task<> HttpSession::send_reader(BodyReader& body, bool chunked) {
    const auto stall = context_.limits.write_stall_time_max;
    while (true) {
        if (!chunked) {
            SLIPWAY_CO_TRY(slice, body.next_slice());
            if (slice) {
                SLIPWAY_CO_CHECK(co_await stream_.send_file(*slice, false, stall));
                continue;
            }
        }
        SLIPWAY_CO_TRY(chunk, co_await body.read());
        if (chunk.empty()) {
            break;
        }
        if (chunked) {
            const std::string size = fmt::format("{:x}\r\n", chunk.size());
            SLIPWAY_CO_CHECK(co_await stream_.write_all(size, chunk.text(), true, stall));
            SLIPWAY_CO_CHECK(co_await stream_.write_all("\r\n", std::string_view(), false, stall));
        } else {
            SLIPWAY_CO_CHECK(
                co_await stream_.write_all(chunk.text(), std::string_view(), false, stall));
        }
    }
    if (chunked) {
        SLIPWAY_CO_CHECK(co_await stream_.write_all("0\r\n\r\n", std::string_view(), false, stall));
    }
    co_return Result<>();
}

Async<void> HttpSession::refuse(const Error& error) {
    if (error.kind == ErrorKind::cancelled) {
        co_return;
    }
    RequestHead head;
    head.request.id = next_request_id();
    http::Response response;
    response.status = status_of(error);
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    response.body = error.message + "\n";
    log::debug("{}: {} {}", peer_, response.status, error.message);
    if (co_await send(head, std::move(response), false)) {
        co_await linger();
    }
}

/// Closing with unread bytes resets the connection, and the reset may overtake the answer: so say
/// that we are done, and let the other side finish for a moment.
Async<void> HttpSession::linger() {
    stream_.shutdown_write();
    const auto end = std::chrono::steady_clock::now() + limits::http_linger_time_max;
    while (true) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (left.count() <= 0 || !co_await stream_.wait_readable(left)) {
            co_return;
        }
        const auto count = stream_.try_read(scratch());
        if (count == 0 || count == Stream::broken) {
            co_return;
        }
    }
}

}  // namespace slipway::net
