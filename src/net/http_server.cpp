// SPDX-License-Identifier: Apache-2.0
#include "net/http_server.h"

#include "base/log.h"
#include "net/address.h"
#include "net/http_session.h"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

namespace slipway::net {
namespace {

using boost::asio::ip::tcp;
using Acceptor = boost::asio::basic_socket_acceptor<tcp, IoExecutor>;
using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                boost::asio::wait_traits<std::chrono::steady_clock>,
                                                IoExecutor>;

/// Out of file descriptors: wait for some to come back instead of spinning.
constexpr std::chrono::milliseconds accept_pause{100};

}  // namespace

struct HttpServer::State : std::enable_shared_from_this<State> {
    /// What one I/O thread knows; `sessions` is touched on that thread only.
    struct Loop {
        std::unordered_set<HttpSession*> sessions;
        std::atomic<std::size_t> connections{0};
    };

    State(IoThreads& threads_used,
          http::Handler& handler_used,
          ChunkPool& pool_used,
          std::string name_used,
          HttpServerLimits limits_used)
        : threads(threads_used),
          handler(handler_used),
          pool(pool_used),
          name(std::move(name_used)),
          limits(limits_used),
          loops(threads_used.size()) {}

    std::size_t connections() const {
        std::size_t sum = 0;
        for (const Loop& loop : loops) {
            sum += loop.connections.load(std::memory_order_relaxed);
        }
        return sum;
    }

    std::size_t least_loaded() const {
        const auto least =
            std::min_element(loops.begin(), loops.end(), [](const Loop& a, const Loop& b) {
                return a.connections.load(std::memory_order_relaxed) <
                       b.connections.load(std::memory_order_relaxed);
            });
        return static_cast<std::size_t>(least - loops.begin());
    }

    void leave(std::size_t index) {
        loops[index].connections.fetch_sub(1, std::memory_order_relaxed);
        const std::lock_guard lock(mutex);
        gone.notify_all();
    }

    template <class Do>
    void for_each_session(Do action) {
        for (std::size_t i = 0; i < loops.size(); ++i) {
            auto job = [self = shared_from_this(), i, action] {
                for (HttpSession* session : self->loops[i].sessions) {
                    action(*session);
                }
            };
            boost::asio::post(threads.loop(i), std::move(job));
        }
    }

    void close_acceptor() {
        auto close = [self = shared_from_this()] {
            boost::system::error_code ignored;
            if (self->acceptor != nullptr) {
                self->acceptor->close(ignored);
            }
        };
        boost::asio::post(threads.loop(0), std::move(close));
    }

    bool wait_until_empty(std::chrono::milliseconds time_max) {
        std::unique_lock lock(mutex);
        return gone.wait_for(lock, time_max, [this] { return connections() == 0; });
    }

    /// One connection in the count, for as long as its coroutine's frame is there.
    class Seat {
      public:
        Seat(State& state, std::size_t index) : state_(state), index_(index) {}
        ~Seat() { state_.leave(index_); }
        Seat(const Seat&) = delete;
        Seat& operator=(const Seat&) = delete;

      private:
        State& state_;
        std::size_t index_;
    };

    static Async<void> accept(std::shared_ptr<State> self, Acceptor acceptor);
    static Async<void> serve(std::shared_ptr<State> self, std::size_t index, Socket socket);

    IoThreads& threads;
    http::Handler& handler;
    ChunkPool& pool;
    const std::string name;
    const HttpServerLimits limits;
    std::vector<Loop> loops;
    // Lives in accept()'s frame and so goes with loop 0 at the latest; touched on loop 0 only.
    Acceptor* acceptor = nullptr;
    std::atomic<bool> draining{false};
    std::mutex mutex;
    std::condition_variable gone;
};

/// One acceptor deals connections to the thread that has the fewest: with SO_REUSEPORT the kernel
/// deals by hash, and a browser's six connections then often sit on one thread (docs/adr/0002).
Async<void> HttpServer::State::accept(std::shared_ptr<State> self, Acceptor acceptor) {
    self->acceptor = &acceptor;
    while (!self->draining) {
        const std::size_t index = self->least_loaded();
        Socket socket(self->threads.loop(index));
        const auto accepted = co_await acceptor.async_accept(socket, as_tuple);
        const boost::system::error_code error = std::get<0>(accepted);
        if (error == boost::asio::error::operation_aborted || !acceptor.is_open()) {
            break;
        }
        if (error) {
            log::warn("{}: cannot accept a connection: {}", self->name, error.message());
            Timer pause(self->threads.loop(0), accept_pause);
            co_await pause.async_wait(as_tuple);
            continue;
        }
        if (self->connections() >= self->limits.connections_max) {
            log::warn("{}: {} connections are open, one more is refused", self->name,
                      self->limits.connections_max);
            continue;
        }
        self->loops[index].connections.fetch_add(1, std::memory_order_relaxed);
        boost::asio::co_spawn(self->threads.loop(index), serve(self, index, std::move(socket)),
                              boost::asio::detached);
    }
    self->acceptor = nullptr;
}

Async<void> HttpServer::State::serve(std::shared_ptr<State> self,
                                     std::size_t index,
                                     Socket socket) {
    boost::system::error_code unknown;
    const auto remote = socket.remote_endpoint(unknown);
    std::string peer = unknown ? std::string("?") : to_text(remote);
    auto draining = [state = self.get()] { return state->draining.load(); };
    HttpSession::Context context{self->handler, self->pool, self->name, self->limits,
                                 std::move(draining)};
    const Seat seat(*self, index);
    HttpSession session(std::move(socket), self->threads.watchdog(index), std::move(context),
                        std::move(peer));
    self->loops[index].sessions.insert(&session);
    try {
        co_await session.run();
    } catch (const std::exception& error) {
        log::error("{}: a connection ended by a fault: {}", self->name, error.what());
    }
    self->loops[index].sessions.erase(&session);
}

HttpServer::HttpServer(IoThreads& threads,
                       http::Handler& handler,
                       ChunkPool& pool,
                       std::string name,
                       HttpServerLimits limits)
    : state_(std::make_shared<State>(threads, handler, pool, std::move(name), limits)) {
}

HttpServer::~HttpServer() {
    drain(std::chrono::milliseconds(0));
}

Result<std::uint16_t> HttpServer::listen(std::string_view address) {
    SLIPWAY_TRY(endpoint, parse_endpoint(address));
    const auto refused = [address](const boost::system::error_code& error) {
        const auto kind = error == boost::asio::error::access_denied ? ErrorKind::permission_denied
                                                                     : ErrorKind::unavailable;
        return fail(kind, "cannot listen on " + std::string(address) + ": " + error.message());
    };
    Acceptor acceptor(state_->threads.loop(0));
    boost::system::error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) {
        acceptor.set_option(Acceptor::reuse_address(true), error);
    }
    if (!error) {
        acceptor.bind(endpoint, error);
    }
    if (!error) {
        acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
    }
    if (error) {
        return refused(error);
    }
    const auto port = acceptor.local_endpoint(error).port();
    if (error) {
        return refused(error);
    }
    boost::asio::co_spawn(state_->threads.loop(0), State::accept(state_, std::move(acceptor)),
                          boost::asio::detached);
    return port;
}

void HttpServer::drain(std::chrono::milliseconds time_max) {
    const bool first = !state_->draining.exchange(true);
    if (first) {
        state_->close_acceptor();
    }
    state_->for_each_session([](HttpSession& session) { session.close_if_idle(); });
    if (state_->wait_until_empty(time_max)) {
        return;
    }
    state_->for_each_session([](HttpSession& session) { session.close_now(); });
    // Their coroutines end at their next wait on the socket; work on disk under way ends by itself.
    state_->wait_until_empty(limits::http_close_time_max);
}

std::size_t HttpServer::connections() const {
    return state_->connections();
}

}  // namespace slipway::net
