// SPDX-License-Identifier: Apache-2.0
#include "worker.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <unistd.h>

namespace slipway::load {

namespace {

constexpr std::size_t receive_bytes = 256 * 1024;
constexpr std::size_t head_bytes_max = 64 * 1024;
constexpr std::chrono::seconds drain_max{60};
constexpr std::size_t causes_max = 5;  // told apart in the report
constexpr std::size_t pieces_at_once = 8;

std::size_t occurrences(std::string_view text, std::string_view wanted) {
    std::size_t found = 0;
    for (std::size_t at = text.find(wanted); at != std::string_view::npos;
         at = text.find(wanted, at + wanted.size())) {
        ++found;
    }
    return found;
}

}  // namespace

Worker::Worker(const Options& options, Supply& supply, std::size_t connections)
    : options_(options),
      supply_(supply),
      buffer_(receive_bytes),
      poll_(epoll_create1(EPOLL_CLOEXEC)),
      slots_(connections) {
    for (std::size_t i = 0; i < connections; ++i) {
        slots_[i].connection = std::make_unique<Connection>(*this, i);
    }
}

Worker::~Worker() {
    slots_.clear();
    close(poll_);
}

Clock::duration Worker::interval() const {
    const double per_connection = options_.rate / static_cast<double>(options_.connections);
    return std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(1.0 / per_connection));
}

void Worker::next(Connection& connection) {
    if (options_.rate <= 0) {
        connection.start(Clock::now());
        return;
    }
    Slot& slot = slots_[connection.index()];
    slot.due += interval();
    slot.waiting = true;
}

void Worker::start_due() {
    const auto now = Clock::now();
    for (Slot& slot : slots_) {
        if (!slot.waiting || slot.due > now)
            continue;
        slot.waiting = false;
        slot.connection->start(slot.due);
    }
}

void Worker::run() {
    active_ = slots_.size();
    const auto now = Clock::now();
    const bool open_loop = options_.rate > 0;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (open_loop) {
            const double share = static_cast<double>(i) / static_cast<double>(slots_.size());
            slots_[i].due = now + std::chrono::duration_cast<Clock::duration>(interval() * share);
            slots_[i].waiting = true;
        } else {
            slots_[i].connection->start(now);
        }
    }
    std::vector<epoll_event> events(256);
    while (active_ > 0) {
        const int ready = epoll_wait(poll_, events.data(), 256, open_loop ? 1 : 100);
        for (int i = 0; i < ready; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            static_cast<Connection*>(event.data.ptr)->on_ready(event.events);
        }
        if (open_loop)
            start_due();
        if (Clock::now() > supply_.deadline() + drain_max) {
            tally_.errors += active_;
            tally_.causes["no answer within a minute of the end"] += active_;
            return;
        }
    }
}

void Connection::connect() {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0)
        die(std::string("socket: ") + std::strerror(errno));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(worker_.options().port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // Blocking connect, on loopback at once; everything after it does not block.
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        die(std::string("connect: ") + std::strerror(errno));
    }
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = this;
    epoll_ctl(worker_.poll(), EPOLL_CTL_ADD, socket_, &event);
}

void Connection::disconnect() {
    if (socket_ >= 0)
        close(socket_);
    socket_ = -1;
}

void Connection::start(Clock::time_point due) {
    const auto number = worker_.supply().take();
    if (!number) {
        worker_.finished();
        return;
    }
    if (socket_ < 0)
        connect();
    worker_.supply().write(*number, out_);
    sent_ = 0;
    answer_ = Answer{};
    began_ = due;
    busy_ = true;
    send_more();
}

void Connection::on_ready(std::uint32_t events) {
    if (!busy_) {
        // The server closed an idle connection: the next request opens another.
        if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
            disconnect();
        return;
    }
    if ((events & EPOLLOUT) != 0)
        send_more();
    constexpr std::uint32_t closed = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
    if ((events & (EPOLLIN | closed)) != 0)
        receive((events & closed) != 0);
}

void Connection::send_more() {
    const Options& options = worker_.options();
    const std::size_t body = sends_body(options) ? options.body.size() : 0;
    while (sent_ < out_.size() + body) {
        std::array<iovec, pieces_at_once> parts;
        std::size_t count = 0;
        if (sent_ < out_.size())
            parts[count++] = {out_.data() + sent_, out_.size() - sent_};
        std::size_t at = sent_ > out_.size() ? sent_ - out_.size() : 0;
        while (at < body && count < parts.size()) {
            const std::string_view piece = options.body.from(at);
            parts[count++] = {const_cast<char*>(piece.data()), piece.size()};
            at += piece.size();
        }
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = count;
        const ssize_t wrote = sendmsg(socket_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (wrote < 0)
            return;  // full, or broken: then the read that follows says so
        sent_ += static_cast<std::size_t>(wrote);
    }
}

// `last_bytes`: the server has closed its side, so this connection carries no further answer.
void Connection::receive(bool last_bytes) {
    while (busy_) {
        const ssize_t got =
            recv(socket_, worker_.buffer().data(), worker_.buffer().size(), MSG_DONTWAIT);
        if (got < 0) {
            if (errno != EAGAIN)
                fail(std::string("receive: ") + std::strerror(errno));
            return;
        }
        if (got == 0) {
            fail("closed before the answer was complete");
            return;
        }
        const auto size = static_cast<std::size_t>(got);
        answer_.closes = answer_.closes || last_bytes;
        if (!accept_bytes({worker_.buffer().data(), size}))
            return;
        // Edge-triggered: a short read has drained the socket, and the next edge will tell.
        if (size < worker_.buffer().size() && !last_bytes)
            return;
    }
}

// Returns whether this connection still reads the same answer.
bool Connection::accept_bytes(std::string_view bytes) {
    if (!answer_.head_done) {
        answer_.text.append(bytes);
        const std::size_t end = answer_.text.find("\r\n\r\n");
        if (end == std::string::npos) {
            if (answer_.text.size() > head_bytes_max)
                fail("answer's head is too long");
            return busy_;
        }
        const std::string all = std::move(answer_.text);
        answer_.text.clear();
        answer_.head_done = true;
        const std::string wrong = parse_head(std::string_view(all).substr(0, end + 2), answer_);
        if (!wrong.empty()) {
            fail(wrong);
            return false;
        }
        take_body(std::string_view(all).substr(end + 4));
    } else {
        take_body(bytes);
    }
    if (answer_.read < answer_.length)
        return true;
    complete();
    return false;
}

void Connection::take_body(std::string_view bytes) {
    const Options& options = worker_.options();
    const std::uint64_t at = answer_.read;
    answer_.read += bytes.size();
    if (options.tickets > 0 || options.form_files > 0 || options.keys > 0 ||
        answer_.status >= 300) {
        answer_.text.append(bytes);
    } else if (options.method == "GET") {
        answer_.differs = answer_.differs || !options.body.equals(at, bytes);
    }
}

// What is wrong with a complete answer, or nothing.
std::string Connection::verdict() const {
    const Options& options = worker_.options();
    if (answer_.status < 200 || answer_.status > 299) {
        return "status " + std::to_string(answer_.status) + ": " + answer_.text.substr(0, 200);
    }
    if (answer_.read != answer_.length)
        return "more bytes than Content-Length";
    if (options.tickets > 0) {
        const std::size_t found = occurrences(answer_.text, "\"presigned_url\"");
        if (found == options.tickets)
            return "";
        return std::to_string(found) + " URLs for " + std::to_string(options.tickets) + " files";
    }
    if (options.form_files > 0) {
        const std::size_t found = occurrences(answer_.text, "\"s3://");
        if (found == options.form_files)
            return "";
        return std::to_string(found) + " of " + std::to_string(options.form_files) +
               " files stored: " + answer_.text.substr(0, 200);
    }
    if (options.keys > 0) {
        const std::size_t found = occurrences(answer_.text, "<Key>");
        return found == options.keys ? "" : std::to_string(found) + " keys in a listing";
    }
    if (options.method == "GET" && (answer_.differs || answer_.length != options.body.size())) {
        return "body differs from what was stored";
    }
    if (options.method == "PUT" && !options.etag.empty() && answer_.etag != options.etag) {
        return "ETag " + answer_.etag + " instead of " + options.etag;
    }
    return "";
}

void Connection::complete() {
    const std::string wrong = verdict();
    if (!wrong.empty()) {
        fail(wrong);
        return;
    }
    const auto now = Clock::now();
    Tally& tally = worker_.tally();
    ++tally.requests;
    tally.tickets += worker_.options().tickets;
    tally.bytes += sends_body(worker_.options()) ? worker_.options().body.size() : answer_.length;
    tally.last_answer = now;
    tally.latencies_us.push_back(static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(now - began_).count()));
    busy_ = false;
    if (answer_.closes)
        disconnect();
    worker_.next(*this);
}

void Connection::fail(const std::string& cause) {
    ++worker_.tally().errors;
    auto& causes = worker_.tally().causes;
    ++causes[causes.size() < causes_max || causes.contains(cause) ? cause : "other causes"];
    worker_.tally().last_answer = Clock::now();
    busy_ = false;
    disconnect();
    worker_.next(*this);
}

}  // namespace slipway::load
