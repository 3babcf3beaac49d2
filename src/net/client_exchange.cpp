// SPDX-License-Identifier: Apache-2.0
#include "net/client_exchange.h"

#include "net/scratch.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <variant>

namespace slipway::net {
namespace {

/// Of a file, before the caller is told how far it is.
constexpr std::uint64_t sent_at_once_max = 512 * 1024;

constexpr std::string_view interim_start = "HTTP/1.1 1";

/// 100 Continue and its kin announce the answer; they are not it. True when some were dropped.
bool drop_interim_heads(std::string& input) {
    bool dropped = false;
    while (input.size() > interim_start.size() && input.starts_with("HTTP/1.") &&
           input[interim_start.size() - 1] == interim_start.back()) {
        const auto size = find_head_end(input, 0);
        if (size == 0) {
            break;
        }
        input.erase(0, size);
        dropped = true;
    }
    return dropped;
}

/// Ends the sending of a body when its answer is there already: a server that refuses a request
/// may stop reading, and would let us wait for ever.
class EarlyAnswer final : public Listener {
  public:
    EarlyAnswer(Stream& stream, std::string& input) : stream_(stream), input_(input) {
        stream_.listen(this);
    }
    ~EarlyAnswer() { stream_.listen(nullptr); }
    EarlyAnswer(const EarlyAnswer&) = delete;
    EarlyAnswer& operator=(const EarlyAnswer&) = delete;

    bool heard(std::string_view bytes) override {
        input_.append(bytes);
        drop_interim_heads(input_);
        const bool may_be_interim =
            interim_start.starts_with(std::string_view(input_).substr(0, interim_start.size()));
        return !may_be_interim || input_.size() > limits::http_header_bytes_max;
    }

  private:
    Stream& stream_;
    std::string& input_;
};

void append_number(std::string& text, std::uint64_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    text.append(digits.data(), end);
}

/// Writes the head into `text`, whose memory is used again for each request of a connection.
void write_head(std::string& text,
                const ClientRequest& request,
                const Proxy* proxy,
                std::uint64_t size) {
    text.clear();
    text.append(http::to_string(request.method)).append(" ");
    if (proxy != nullptr) {
        text.append(origin_url(request.origin));
    }
    text.append(request.target);
    text.append(" HTTP/1.1\r\nHost: ").append(host_header(request.origin)).append("\r\n");
    if (proxy != nullptr && !proxy->authorization.empty()) {
        text.append("Proxy-Authorization: ").append(proxy->authorization).append("\r\n");
    }
    for (const http::Header& header : request.headers) {
        text.append(header.name).append(": ").append(header.value).append("\r\n");
    }
    const bool may_have_body =
        request.method != http::Method::get && request.method != http::Method::head;
    if (size > 0 || may_have_body) {
        text.append("Content-Length: ");
        append_number(text, size);
        text.append("\r\n");
    }
    text.append("\r\n");
}

/// The head goes with the first chunk: a small request is one call and one packet.
Task<> send_reader(
    Stream& stream, std::string_view head, BodyReader& body, std::uint64_t size, BodyFate& fate) {
    std::uint64_t sent = 0;
    while (true) {
        fate.touched = true;
        const auto chunk = co_await body.read();
        if (!chunk) {
            fate.failed = true;
            co_return fail(chunk.error());
        }
        if (chunk->empty() && head.empty()) {
            break;
        }
        sent += chunk->size();
        const std::string_view first = std::exchange(head, std::string_view());
        const bool more = sent < size && body.at_hand();
        SLIPWAY_CO_CHECK(
            co_await stream.write_all(first, chunk->text(), more, limits::client_stall_time_max));
        if (chunk->empty()) {
            break;
        }
    }
    if (sent != size) {
        fate.failed = true;
        co_return fail(ErrorKind::invalid_argument,
                       "the body ended after " + std::to_string(sent) + " of " +
                           std::to_string(size) + " bytes",
                       "IncompleteBody");
    }
    co_return Result<>();
}

/// In pieces, to tell how far it is.
Task<> send_slice(Stream& stream, BodyReader& body, FileSlice slice, BodyFate& fate) {
    while (slice.size > 0) {
        FileSlice piece = slice;
        piece.size = std::min(slice.size, sent_at_once_max);
        const bool more = piece.size < slice.size;
        const auto sent = co_await stream.send_file(piece, more, limits::client_stall_time_max);
        if (!sent) {
            fate.failed = sent.error().kind == ErrorKind::io;
            co_return sent;
        }
        body.took(piece.size);
        slice.offset += piece.size;
        slice.size -= piece.size;
    }
    co_return Result<>();
}

Task<> send_request(Connection& connection,
                    ClientRequest& request,
                    const Proxy* proxy,
                    BodyFate& fate) {
    const auto stall = limits::client_stall_time_max;
    const std::uint64_t size = body_size(request.body).value_or(0);
    write_head(connection.head, request, proxy, size);
    Stream& stream = connection.stream;
    const EarlyAnswer early(stream, connection.input);
    if (const auto* text = std::get_if<std::string>(&request.body)) {
        co_return co_await stream.write_all(connection.head, *text, false, stall);
    }
    if (const auto* fixed = std::get_if<StaticBytes>(&request.body)) {
        co_return co_await stream.write_all(connection.head, fixed->bytes, false, stall);
    }
    if (const auto* slice = std::get_if<FileSlice>(&request.body)) {
        SLIPWAY_CO_CHECK(
            co_await stream.write_all(connection.head, std::string_view(), size > 0, stall));
        auto sent = co_await stream.send_file(*slice, false, stall);
        fate.failed = !sent && sent.error().kind == ErrorKind::io;
        co_return sent;
    }
    BodyReader& reader = *std::get<std::unique_ptr<BodyReader>>(request.body);
    if (const auto held = reader.held()) {
        SLIPWAY_CO_CHECK(co_await stream.write_chunks(connection.head, *held, stall));
        reader.took(size);
        // Given up once it was sent, and not to be had in another way: not to be sent again.
        fate.touched = !reader.held() && !reader.slice();
        co_return Result<>();
    }
    if (auto slice = reader.slice()) {
        SLIPWAY_CO_CHECK(
            co_await stream.write_all(connection.head, std::string_view(), size > 0, stall));
        co_return co_await send_slice(stream, reader, *std::move(slice), fate);
    }
    co_return co_await send_reader(stream, connection.head, reader, size, fate);
}

}  // namespace

Task<ResponseHead> read_answer_head(Connection& connection,
                                    bool head_request,
                                    std::chrono::milliseconds time_max) {
    const Instant deadline = std::chrono::steady_clock::now() + time_max;
    std::string& input = connection.input;
    std::size_t searched = 0;
    while (true) {
        if (drop_interim_heads(input)) {
            searched = 0;
        }
        if (const auto size = find_head_end(input, searched); size > 0) {
            auto head = parse_response_head(std::string_view(input).substr(0, size), head_request);
            input.erase(0, size);
            if (!head) {
                co_return fail(ErrorKind::corrupted, head.error().message);
            }
            co_return head;
        }
        if (input.size() > limits::http_header_bytes_max) {
            co_return fail(ErrorKind::corrupted, "the answer's headers do not end");
        }
        searched = input.size();
        const auto count = connection.stream.try_read(scratch());
        if (count > 0) {
            input.append(text_of(scratch(), static_cast<std::size_t>(count)));
            continue;
        }
        if (count != Stream::would_block) {
            co_return fail(input.empty() ? ErrorKind::cancelled : ErrorKind::unavailable,
                           "the connection was closed before the answer");
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) {
            co_return fail(ErrorKind::timeout, "no answer within the time for it");
        }
        SLIPWAY_CO_CHECK(co_await connection.stream.wait_readable(left));
    }
}

Task<ResponseHead> exchange(Connection& connection,
                            ClientRequest& request,
                            const Proxy* proxy,
                            BodyFate& fate) {
    const auto sent = co_await send_request(connection, request, proxy, fate);
    if (!sent && (fate.failed || sent.error().kind != ErrorKind::cancelled)) {
        co_return fail(sent.error());
    }
    // Also after a failed send: a server that refuses a body answers and then closes.
    auto head = co_await read_answer_head(connection, request.method == http::Method::head,
                                          request.answer_time_max);
    if (head && !sent) {
        head->keep_alive = false;
        connection.stream.drop_unsent();
    }
    co_return head;
}

}  // namespace slipway::net
