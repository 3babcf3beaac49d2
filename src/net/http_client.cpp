// SPDX-License-Identifier: Apache-2.0
#include "net/http_client.h"

#include "net/client_exchange.h"
#include "net/connection_pool.h"
#include "net/connector.h"
#include "net/response_body.h"
#include "task/run_on.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace slipway::net {
namespace {

/// Whether a request may be sent again that was lost on its way: the server may have acted on it.
bool may_repeat(const ClientRequest& request, const BodyFate& fate) {
    const bool idempotent = request.method != http::Method::post &&
                            request.method != http::Method::patch &&
                            request.method != http::Method::other;
    return idempotent && !fate.touched && !request.headers.has("If-Match") &&
           !request.headers.has("If-None-Match");
}

/// Below this a hop to another thread costs more than it brings.
constexpr std::uint64_t spread_bytes_min = 256 * 1024;

/// Whether another thread can send it: all of it is there, and nobody has to be asked.
bool lies_ready(const Body& body) {
    const auto* reader = std::get_if<std::unique_ptr<BodyReader>>(&body);
    return reader == nullptr || (*reader)->held() || (*reader)->slice();
}

/// The body of a caller on another thread, who is told there how it goes.
class BodyOfCaller final : public BodyReader {
  public:
    BodyOfCaller(BodyReader& body, IoExecutor caller)
        : body_(body),
          caller_(caller),
          size_(body.size()),
          held_(body.held()),
          slice_(body.slice()) {}
    Task<Chunk> read() override {
        co_return fail(ErrorKind::internal, "a body of another thread is sent from where it is");
    }
    std::optional<std::uint64_t> size() const override { return size_; }
    /// Once they were taken, their owner may have given them up.
    std::optional<std::span<const Chunk>> held() const override {
        return taken_ < size_ ? held_ : std::nullopt;
    }
    std::optional<FileSlice> slice() const override { return slice_; }
    void took(std::uint64_t bytes) override {
        taken_ += bytes;
        untold_ += bytes;
        if (untold_ < told_at_once && taken_ < size_) {
            return;
        }
        // The caller waits for the answer, which is posted after this.
        boost::asio::post(caller_,
                          [&body = body_, told = std::exchange(untold_, 0)] { body.took(told); });
    }

  private:
    static constexpr std::uint64_t told_at_once = 2 << 20;

    BodyReader& body_;
    const IoExecutor caller_;
    const std::optional<std::uint64_t> size_;
    const std::optional<std::span<const Chunk>> held_;
    const std::optional<FileSlice> slice_;
    std::uint64_t taken_ = 0;
    std::uint64_t untold_ = 0;
};

/// Bytes that a thread has to send, for as long as it has.
class Load {
  public:
    Load(std::atomic<std::uint64_t>& sum, std::uint64_t bytes) : sum_(sum), bytes_(bytes) {
        sum_ += bytes_;
    }
    ~Load() { sum_ -= bytes_; }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

  private:
    std::atomic<std::uint64_t>& sum_;
    const std::uint64_t bytes_;
};

}  // namespace

struct HttpClient::State {
    State(IoThreads& threads_used, Options options)
        : threads(threads_used),
          proxies(Proxies::make(options.proxies)),
          connector(threads_used, {std::move(options.ca_file), options.verify}),
          loads(options.spread ? threads_used.size() : 0),
          pool(threads_used.size()) {}

    /// Which thread sends a large body: the caller's unless another has less to send.
    std::size_t least_loaded(std::size_t caller) const {
        std::size_t least = caller;
        for (std::size_t loop = 0; loop < loads.size(); ++loop) {
            least = loads[loop] < loads[least] ? loop : least;
        }
        return least;
    }

    IoThreads& threads;
    const Result<Proxies> proxies;
    Connector connector;
    std::vector<std::atomic<std::uint64_t>> loads;  // of each thread, if bodies are spread
    ConnectionPool pool;  // last: its connections know the connector's TLS
};

HttpClient::HttpClient(IoThreads& threads, Options options)
    : state_(std::make_shared<State>(threads, std::move(options))) {
}

HttpClient::~HttpClient() = default;

Task<ClientResponse> HttpClient::send(ClientRequest request) {
    const auto size = body_size(request.body);
    if (!size) {
        co_return fail(ErrorKind::invalid_argument, "a request's body must know its size");
    }
    if (!state_->proxies) {
        co_return fail(state_->proxies.error());
    }
    const std::size_t here = state_->threads.index_of(co_await this_executor());
    if (state_->loads.empty() || *size < spread_bytes_min || !lies_ready(request.body)) {
        co_return co_await send_here(here, std::move(request));
    }
    const std::size_t loop = state_->least_loaded(here);
    const Load load(state_->loads[loop], *size);
    if (loop == here) {
        co_return co_await send_here(here, std::move(request));
    }
    co_return co_await send_there(loop, std::move(request));
}

Task<ClientResponse> HttpClient::send_there(std::size_t loop, ClientRequest request) {
    std::unique_ptr<BodyReader> body;
    if (auto* reader = std::get_if<std::unique_ptr<BodyReader>>(&request.body)) {
        body = std::move(*reader);
        request.body = std::make_unique<BodyOfCaller>(*body, co_await this_executor());
    }
    auto work = send_whole(loop, std::move(request));
    co_return co_await run_on(state_->threads.loop(loop).get_executor(), std::move(work));
}

/// The answer's body belongs to the connection, and that to its thread: so it is read there.
Task<ClientResponse> HttpClient::send_whole(std::size_t loop, ClientRequest request) {
    SLIPWAY_CO_TRY(response, co_await send_here(loop, std::move(request)));
    SLIPWAY_CO_TRY(text, co_await read_all(*response.body, limits::client_document_bytes_max));
    response.body = std::make_unique<MemoryBodyReader>(std::move(text));
    co_return response;
}

Task<ClientResponse> HttpClient::send_here(std::size_t loop, ClientRequest request) {
    const Proxy* proxy = state_->proxies->find(request.origin);
    // For http:// the proxy itself takes the requests of all origins, in absolute form.
    const Proxy* asked = request.origin.tls ? nullptr : proxy;
    const Origin& peer = asked == nullptr ? request.origin : asked->origin;
    ConnectionPtr connection = state_->pool.take(loop, peer);
    while (true) {
        const bool reused = connection != nullptr;
        if (!reused) {
            SLIPWAY_CO_TRY(opened, co_await state_->connector.open(loop, request.origin, proxy));
            connection = std::move(opened);
        }
        BodyFate fate;
        auto head = co_await exchange(*connection, request, asked, fate);
        if (!head) {
            const Error& error = head.error();
            const bool lost = error.kind == ErrorKind::cancelled && !fate.failed;
            if (lost && reused && may_repeat(request, fate)) {
                connection.reset();
                continue;
            }
            if (fate.failed) {
                co_return fail(error);
            }
            co_return fail(lost ? ErrorKind::unavailable : error.kind,
                           origin_url(request.origin) + ": " + error.message);
        }
        if (head->status == 407 && asked != nullptr) {
            co_return fail(proxy_refusal(*asked, request.origin, head->status));
        }
        ClientResponse response;
        response.status = head->status;
        std::shared_ptr<ConnectionPool> pool(state_, &state_->pool);
        response.body =
            std::make_unique<ResponseBody>(std::move(connection), *head, std::move(pool), loop);
        response.headers = std::move(head->headers);
        co_return response;
    }
}

}  // namespace slipway::net
