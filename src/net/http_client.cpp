// SPDX-License-Identifier: Apache-2.0
#include "net/http_client.h"

#include "net/http_parser.h"
#include "net/stream.h"

#include <boost/asio/ip/basic_resolver.hpp>
#include <openssl/err.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <functional>
#include <mutex>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace slipway::net {
namespace {

using boost::asio::ip::tcp;
using Resolver = boost::asio::ip::basic_resolver<tcp, IoExecutor>;

struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeContext>;

/// A connection with what it received beyond what was asked for.
struct Connection {
    Connection(Socket socket, Watchdog& watchdog) : stream(std::move(socket), watchdog) {}

    Stream stream;
    std::string input;
    Instant idle_since{};
};
using ConnectionPtr = std::unique_ptr<Connection>;

/// Ends a connection attempt that takes too long.
class ConnectLimit final : public Watched {
  public:
    ConnectLimit(Socket& socket, Watchdog& watchdog) : socket_(socket) {
        watchdog.add(*this);
        set_deadline(std::chrono::steady_clock::now() + limits::client_connect_time_max);
    }

  private:
    void overdue() override {
        boost::system::error_code ignored;
        socket_.cancel(ignored);
    }
    Socket& socket_;
};

std::string where(const Origin& origin) {
    return (origin.tls ? "https://" : "http://") + host_header(origin);
}

}  // namespace

Result<Origin> parse_origin(std::string_view url) {
    const auto wrong = [url](std::string_view what) {
        return fail(ErrorKind::invalid_argument, "not an endpoint URL: '" + std::string(url) +
                                                     "': " + std::string(what) +
                                                     "; give e.g. http://127.0.0.1:9000");
    };
    Origin origin;
    if (url.starts_with("https://")) {
        origin.tls = true;
        origin.port = 443;
        url.remove_prefix(8);
    } else if (url.starts_with("http://")) {
        url.remove_prefix(7);
    } else {
        return wrong("it starts with neither http:// nor https://");
    }
    if (url.ends_with('/')) {
        url.remove_suffix(1);
    }
    if (url.find_first_of("/?#@") != std::string_view::npos) {
        return wrong("only scheme, host and port belong into it");
    }
    const auto bracket = url.rfind(']');
    const auto colon = url.rfind(':');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        const auto digits = url.substr(colon + 1);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), origin.port);
        if (error != std::errc() || end != digits.data() + digits.size() || origin.port == 0) {
            return wrong("the port is not a number from 1 to 65535");
        }
        url = url.substr(0, colon);
    }
    if (url.starts_with('[') && url.ends_with(']')) {
        url = url.substr(1, url.size() - 2);
    }
    if (url.empty()) {
        return wrong("the host is missing");
    }
    origin.host = std::string(url);
    return origin;
}

std::string host_header(const Origin& origin) {
    const bool v6 = origin.host.find(':') != std::string::npos;
    const std::string host = v6 ? "[" + origin.host + "]" : origin.host;
    const bool usual = origin.port == (origin.tls ? 443 : 80);
    return usual ? host : host + ":" + std::to_string(origin.port);
}

struct HttpClient::State : std::enable_shared_from_this<State> {
    struct Pool {
        Origin origin;
        std::vector<ConnectionPtr> idle;
    };

    State(IoThreads& threads_used, Options options_used)
        : threads(threads_used), options(std::move(options_used)), pools(threads_used.size()) {}

    Result<SSL_CTX*> tls_context();
    ConnectionPtr take_idle(std::size_t loop, const Origin& origin);
    void give_back(std::size_t loop, const Origin& origin, ConnectionPtr connection);
    Task<ConnectionPtr> connect(std::size_t loop, Origin origin);
    Task<ConnectionPtr> open_socket(std::size_t loop, Origin origin);

    IoThreads& threads;
    const Options options;
    std::vector<std::vector<Pool>> pools;  // one entry a loop, touched on its thread only
    std::mutex mutex;
    TlsContext tls;  // made with the first use, then only read
};

namespace {

/// The body of an answer; gives its connection back at the end.
class ResponseBody final : public BodyReader {
  public:
    using GiveBack = std::function<void(ConnectionPtr)>;

    ResponseBody(ConnectionPtr connection, const ResponseHead& head, GiveBack give_back)
        : connection_(std::move(connection)),
          give_back_(std::move(give_back)),
          size_(head.content_length),
          left_(head.content_length.value_or(0)),
          keep_alive_(head.keep_alive),
          until_close_(!head.chunked && !head.content_length) {
        if (head.chunked) {
            decoder_.emplace();
        }
        finish_if_done();
    }

    std::optional<std::uint64_t> size() const override { return size_; }

    Task<Chunk> read() override {
        std::string decoded;
        while (connection_) {
            if (!connection_->input.empty()) {
                SLIPWAY_CO_CHECK(take_input(decoded));
                finish_if_done();
                if (!decoded.empty()) {
                    co_return Chunk::copy_of(decoded);
                }
                if (!connection_) {
                    break;
                }
            }
            SLIPWAY_CO_TRY(count, co_await receive());
            if (count == 0) {
                connection_.reset();
                if (!until_close_) {
                    co_return fail(ErrorKind::unavailable,
                                   "the connection was lost in the middle of an answer");
                }
            }
        }
        co_return Chunk();
    }

  private:
    Task<std::size_t> receive() {
        std::string& input = connection_->input;
        const std::size_t before = input.size();
        SLIPWAY_CO_CHECK(co_await connection_->stream.wait_readable(limits::client_stall_time_max));
        input.resize(before + receive_bytes);
        auto space = std::as_writable_bytes(std::span(input)).subspan(before);
        const auto count = connection_->stream.try_read(space);
        input.resize(before + static_cast<std::size_t>(std::max<std::ptrdiff_t>(count, 0)));
        if (count == Stream::broken) {
            co_return fail(ErrorKind::unavailable,
                           "the connection was lost in the middle of an answer");
        }
        // Nothing yet, e.g. half a TLS record: say "one byte" to be asked again.
        co_return count == Stream::would_block ? 1 : static_cast<std::size_t>(count);
    }

    Result<> take_input(std::string& decoded) {
        std::string& input = connection_->input;
        if (decoder_) {
            auto used = decoder_->decode(input, decoded);
            if (!used) {
                return fail(ErrorKind::corrupted, used.error().message);
            }
            input.erase(0, *used);
            return {};
        }
        if (until_close_) {
            decoded.swap(input);
            return {};
        }
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
        decoded.assign(input, 0, size);
        input.erase(0, size);
        left_ -= size;
        return {};
    }

    void finish_if_done() {
        const bool done = decoder_ ? decoder_->done() : !until_close_ && left_ == 0;
        if (done && connection_) {
            if (keep_alive_ && connection_->input.empty()) {
                give_back_(std::move(connection_));
            }
            connection_.reset();
        }
    }

    static constexpr std::size_t receive_bytes = 64 * 1024;

    ConnectionPtr connection_;
    GiveBack give_back_;
    std::optional<std::uint64_t> size_;
    std::uint64_t left_;
    std::optional<ChunkedDecoder> decoder_;
    bool keep_alive_;
    bool until_close_;
};

std::string request_text(const ClientRequest& request, std::uint64_t size) {
    std::string text;
    text.reserve(1024);
    text.append(http::to_string(request.method)).append(" ").append(request.target);
    text.append(" HTTP/1.1\r\nHost: ").append(host_header(request.origin)).append("\r\n");
    for (const http::Header& header : request.headers) {
        text.append(header.name).append(": ").append(header.value).append("\r\n");
    }
    const bool may_have_body =
        request.method != http::Method::get && request.method != http::Method::head;
    if (size > 0 || may_have_body) {
        text.append("Content-Length: ").append(std::to_string(size)).append("\r\n");
    }
    return text.append("\r\n");
}

/// `body_failed` tells a fault of the request's own body from one of the connection.
Task<> send_request(Stream& stream, ClientRequest& request, std::uint64_t size, bool& body_failed) {
    const auto stall = limits::client_stall_time_max;
    const std::string head = request_text(request, size);
    if (const auto* text = std::get_if<std::string>(&request.body)) {
        co_return co_await stream.write_all(head, *text, false, stall);
    }
    if (const auto* fixed = std::get_if<StaticBytes>(&request.body)) {
        co_return co_await stream.write_all(head, fixed->bytes, false, stall);
    }
    if (const auto* held = std::get_if<HeldBytes>(&request.body)) {
        co_return co_await stream.write_chunks(head, held->chunks, stall);
    }
    SLIPWAY_CO_CHECK(co_await stream.write_all(head, std::string_view(), true, stall));
    if (const auto* slice = std::get_if<FileSlice>(&request.body)) {
        co_return co_await stream.send_file(*slice, stall);
    }
    BodyReader& body = *std::get<std::unique_ptr<BodyReader>>(request.body);
    std::uint64_t sent = 0;
    while (true) {
        const auto chunk = co_await body.read();
        if (!chunk) {
            body_failed = true;
            co_return fail(chunk.error());
        }
        if (chunk->empty()) {
            break;
        }
        sent += chunk->size();
        SLIPWAY_CO_CHECK(
            co_await stream.write_all(chunk->text(), std::string_view(), false, stall));
    }
    if (sent != size) {
        body_failed = true;
        co_return fail(ErrorKind::invalid_argument,
                       "the body ended after " + std::to_string(sent) + " of " +
                           std::to_string(size) + " bytes",
                       "IncompleteBody");
    }
    co_return Result<>();
}

Task<ResponseHead> read_answer(Connection& connection,
                               bool head_request,
                               std::chrono::milliseconds time_max) {
    std::string& input = connection.input;
    std::size_t searched = 0;
    while (true) {
        if (const auto size = find_head_end(input, searched); size > 0) {
            auto head = parse_response_head(std::string_view(input).substr(0, size), head_request);
            input.erase(0, size);
            searched = 0;
            if (!head) {
                co_return fail(ErrorKind::corrupted, head.error().message);
            }
            if (head->status >= 200) {
                co_return head;
            }
            continue;  // 100 Continue and its kin announce the answer
        }
        searched = input.size();
        if (searched > limits::http_header_bytes_max) {
            co_return fail(ErrorKind::corrupted, "the answer's headers do not end");
        }
        input.resize(searched + 4096);
        auto space = std::as_writable_bytes(std::span(input)).subspan(searched);
        const auto count = co_await connection.stream.read_some(space, time_max);
        input.resize(searched + count.value_or(0));
        if (!count) {
            co_return fail(count.error());
        }
        if (*count == 0) {
            co_return fail(ErrorKind::cancelled, "the connection was closed before the answer");
        }
    }
}

bool replayable(const Body& body) {
    return !std::holds_alternative<std::unique_ptr<BodyReader>>(body);
}

}  // namespace

Result<SSL_CTX*> HttpClient::State::tls_context() {
    const std::lock_guard lock(mutex);
    if (!tls) {
        TlsContext context(SSL_CTX_new(TLS_client_method()));
        SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
        SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                            SSL_MODE_RELEASE_BUFFERS);
        const int loaded =
            options.ca_file.empty()
                ? SSL_CTX_set_default_verify_paths(context.get())
                : SSL_CTX_load_verify_locations(context.get(), options.ca_file.c_str(), nullptr);
        if (loaded != 1) {
            return fail(ErrorKind::invalid_argument,
                        "cannot read certificate authorities from " +
                            (options.ca_file.empty() ? std::string("the system's store")
                                                     : options.ca_file));
        }
        tls = std::move(context);
    }
    return tls.get();
}

ConnectionPtr HttpClient::State::take_idle(std::size_t loop, const Origin& origin) {
    for (Pool& pool : pools[loop]) {
        if (!(pool.origin == origin)) {
            continue;
        }
        while (!pool.idle.empty()) {
            ConnectionPtr connection = std::move(pool.idle.back());  // the warmest one
            pool.idle.pop_back();
            const auto age = std::chrono::steady_clock::now() - connection->idle_since;
            if (age < limits::client_idle_time_max && !connection->stream.stale()) {
                return connection;
            }
        }
    }
    return nullptr;
}

void HttpClient::State::give_back(std::size_t loop,
                                  const Origin& origin,
                                  ConnectionPtr connection) {
    auto& of_loop = pools[loop];
    auto found = std::find_if(of_loop.begin(), of_loop.end(),
                              [&origin](const Pool& pool) { return pool.origin == origin; });
    if (found == of_loop.end()) {
        of_loop.push_back(Pool{origin, {}});
        found = of_loop.end() - 1;
    }
    if (found->idle.size() < limits::client_idle_connections_max) {
        connection->idle_since = std::chrono::steady_clock::now();
        found->idle.push_back(std::move(connection));
    }
}

Task<ConnectionPtr> HttpClient::State::open_socket(std::size_t loop, Origin origin) {
    Resolver resolver(threads.loop(loop));
    const auto resolved =
        co_await resolver.async_resolve(origin.host, std::to_string(origin.port), as_tuple);
    boost::system::error_code error = std::get<0>(resolved);
    if (error) {
        co_return fail(ErrorKind::unavailable,
                       "cannot find " + origin.host + ": " + error.message());
    }
    for (const auto& entry : std::get<1>(resolved)) {
        Socket socket(threads.loop(loop));
        ConnectLimit limit(socket, threads.watchdog(loop));
        const auto connected = co_await socket.async_connect(entry.endpoint(), as_tuple);
        error = std::get<0>(connected);
        if (!error) {
            limit.clear_deadline();
            co_return std::make_unique<Connection>(std::move(socket), threads.watchdog(loop));
        }
    }
    co_return fail(ErrorKind::unavailable,
                   "cannot connect to " + where(origin) + ": " + error.message());
}

Task<ConnectionPtr> HttpClient::State::connect(std::size_t loop, Origin origin) {
    SLIPWAY_CO_TRY(connection, co_await open_socket(loop, origin));
    if (origin.tls) {
        SLIPWAY_CO_TRY(context, tls_context());
        SLIPWAY_CO_CHECK(co_await connection->stream.start_tls(context, origin.host,
                                                               limits::client_connect_time_max));
    }
    co_return std::move(connection);
}

HttpClient::HttpClient(IoThreads& threads, Options options)
    : state_(std::make_shared<State>(threads, std::move(options))) {
}

HttpClient::~HttpClient() = default;

Task<ClientResponse> HttpClient::send(ClientRequest request) {
    const auto size = body_size(request.body);
    if (!size) {
        co_return fail(ErrorKind::invalid_argument, "a request's body must know its size");
    }
    const std::size_t loop = state_->threads.index_of(co_await this_executor());
    const bool can_repeat = replayable(request.body);
    while (true) {
        // A kept-alive connection may have been closed by the other side just now. Only a request
        // that can be sent again takes that chance.
        ConnectionPtr connection = can_repeat ? state_->take_idle(loop, request.origin) : nullptr;
        const bool reused = connection != nullptr;
        if (!reused) {
            SLIPWAY_CO_TRY(fresh, co_await state_->connect(loop, request.origin));
            connection = std::move(fresh);
        }
        bool body_failed = false;
        auto sent = co_await send_request(connection->stream, request, *size, body_failed);
        if (!sent && (body_failed || sent.error().kind != ErrorKind::cancelled)) {
            co_return fail(sent.error());
        }
        // Also after a failed send: a server that refuses a body answers and then closes.
        auto head = co_await read_answer(*connection, request.method == http::Method::head,
                                         request.answer_time_max);
        if (!head) {
            if (reused && head.error().kind == ErrorKind::cancelled) {
                continue;
            }
            const bool lost = head.error().kind == ErrorKind::cancelled;
            co_return fail(lost ? ErrorKind::unavailable : head.error().kind,
                           where(request.origin) + ": " + head.error().message);
        }
        ClientResponse response;
        response.status = head->status;
        if (!sent) {
            head->keep_alive = false;
        }
        auto give_back = [state = state_, loop, origin = request.origin](ConnectionPtr used) {
            state->give_back(loop, origin, std::move(used));
        };
        response.body =
            std::make_unique<ResponseBody>(std::move(connection), *head, std::move(give_back));
        response.headers = std::move(head->headers);
        co_return response;
    }
}

}  // namespace slipway::net
