// SPDX-License-Identifier: Apache-2.0
#include "net/http_client.h"

#include "net/client_exchange.h"
#include "net/connection_pool.h"
#include "net/connector.h"
#include "net/response_body.h"

#include <utility>

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

}  // namespace

struct HttpClient::State {
    State(IoThreads& threads_used, Options options)
        : threads(threads_used),
          proxies(Proxies::make(options.proxies)),
          connector(threads_used, {std::move(options.ca_file), options.verify}),
          pool(threads_used.size()) {}

    IoThreads& threads;
    const Result<Proxies> proxies;
    Connector connector;
    ConnectionPool pool;  // last: its connections know the connector's TLS
};

HttpClient::HttpClient(IoThreads& threads, Options options)
    : state_(std::make_shared<State>(threads, std::move(options))) {
}

HttpClient::~HttpClient() = default;

Task<ClientResponse> HttpClient::send(ClientRequest request) {
    if (!body_size(request.body)) {
        co_return fail(ErrorKind::invalid_argument, "a request's body must know its size");
    }
    if (!request.direct && !state_->proxies) {
        co_return fail(state_->proxies.error());
    }
    const std::size_t loop = state_->threads.index_of(co_await this_executor());
    const Proxy* proxy = request.direct ? nullptr : state_->proxies->find(request.origin);
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
