// SPDX-License-Identifier: Apache-2.0
#include "net/session_body.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace slipway::net {

SessionBody::SessionBody(Stream& stream,
                         ChunkPool& pool,
                         const HttpServerLimits& limits,
                         std::string& input,
                         const RequestHead& head)
    : stream_(stream),
      pool_(pool),
      limits_(limits),
      input_(input),
      declared_(head.request.content_length),
      left_(declared_.value_or(0)),
      // A client that has sent part of the body already does not wait for our word.
      continue_wanted_(head.expects_continue && input.empty()),
      done_(declared_ == 0U) {
    if (!declared_) {
        decoder_.emplace();
    }
}

Task<Chunk> SessionBody::read() {
    if (failure_) {
        co_return fail(*failure_);
    }
    if (continue_wanted_) {
        // Also for an empty body, where it could be left out (RFC 9110 section 10.1.1): botocore
        // (as of 2026-11) that got a final answer instead misreads the next one on this connection.
        continue_wanted_ = false;
        SLIPWAY_CO_CHECK(co_await send_continue());
    }
    if (done_) {
        co_return Chunk();
    }
    // The task first: g++ 12 destroys twice what a co_await inside `?:` brings.
    Task<Chunk> task = decoder_ ? read_chunked() : read_sized();
    Result<Chunk> chunk = co_await std::move(task);
    if (!chunk) {
        failure_ = chunk.error();
    }
    co_return chunk;
}

Task<> SessionBody::send_continue() {
    co_return co_await stream_.write_all("HTTP/1.1 100 Continue\r\n\r\n", std::string_view(), false,
                                         limits_.write_stall_time_max);
}

Task<bool> SessionBody::wait_for_bytes() {
    if (decoder_) {
        co_return false;
    }
    if (failure_) {
        co_return fail(*failure_);
    }
    if (continue_wanted_) {
        continue_wanted_ = false;
        SLIPWAY_CO_CHECK(co_await send_continue());
    }
    if (!done_ && input_.empty()) {
        const auto started = std::chrono::steady_clock::now();
        auto ready = co_await stream_.wait_readable(limits_.body_stall_time_max);
        waited_ += std::chrono::steady_clock::now() - started;
        if (!ready) {
            failure_ = ready.error();
            co_return fail(std::move(ready).error());
        }
    }
    co_return true;
}

Result<std::optional<std::size_t>> SessionBody::read_now(std::span<std::byte> room) {
    if (failure_) {
        return fail(*failure_);
    }
    if (decoder_ || continue_wanted_) {
        return std::nullopt;
    }
    if (done_ || !input_.empty()) {
        return take_input(room);
    }
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, room.size()));
    const auto count = stream_.try_read(room.first(size));
    if (count == Stream::would_block) {
        return std::nullopt;
    }
    if (count <= 0) {
        failure_ = cut_off().value();
        return fail(*failure_);
    }
    const auto received = static_cast<std::size_t>(count);
    received_ += received;
    left_ -= received;
    done_ = left_ == 0;
    if (auto rate = check_rate(); !rate) {
        failure_ = rate.error();
        return fail(*failure_);
    }
    return received;
}

/// Of what came with the head.
std::size_t SessionBody::take_input(std::span<std::byte> room) {
    const auto size = static_cast<std::size_t>(
        std::min<std::uint64_t>(left_, std::min(input_.size(), room.size())));
    std::memcpy(room.data(), input_.data(), size);
    if (size == input_.size()) {
        std::string().swap(input_);  // gives the memory back
    } else {
        input_.erase(0, size);
    }
    left_ -= size;
    done_ = left_ == 0;
    return size;
}

tl::unexpected<Error> SessionBody::cut_off() const {
    return fail(ErrorKind::cancelled,
                "the connection was cut after " + std::to_string(received_) + " bytes of the body");
}

Task<Chunk> SessionBody::read_sized() {
    Chunk chunk;
    if (!input_.empty()) {
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input_.size()));
        chunk = Chunk::copy_of(std::string_view(input_).substr(0, size));
        if (size == input_.size()) {
            std::string().swap(
                input_);  // gives the memory back, a slow sender may hold on for long
        } else {
            input_.erase(0, size);
        }
    } else {
        const auto size = std::min<std::uint64_t>(left_, limits::chunk_bytes);
        SLIPWAY_CO_TRY(received, co_await receive(static_cast<std::size_t>(size)));
        chunk = std::move(received);
    }
    left_ -= chunk.size();
    done_ = left_ == 0;
    co_return chunk;
}

Task<Chunk> SessionBody::read_chunked() {
    std::string decoded;
    while (true) {
        SLIPWAY_CO_TRY(used, decoder_->decode(input_, decoded));
        input_.erase(0, used);
        done_ = decoder_->done();
        if (!decoded.empty()) {
            co_return Chunk::copy_of(decoded);
        }
        if (done_) {
            co_return Chunk();
        }
        if (input_.size() > limits::http_header_bytes_max) {
            co_return fail(ErrorKind::invalid_argument, "a chunk's header or trailer is too long");
        }
        SLIPWAY_CO_TRY(received, co_await receive(limits::chunk_bytes));
        input_.append(received.text());
    }
}

Task<Chunk> SessionBody::receive(std::size_t size_max) {
    while (true) {
        Chunk chunk = pool_.try_take();
        if (chunk.capacity() == 0) {
            chunk = co_await pool_.take();
        }
        const auto count = stream_.try_read(std::span(chunk.data(), size_max));
        if (count > 0) {
            chunk.resize(static_cast<std::size_t>(count));
            received_ += chunk.size();
            SLIPWAY_CO_CHECK(check_rate());
            co_return chunk;
        }
        if (count != Stream::would_block) {
            co_return cut_off();
        }
        chunk = Chunk();  // nobody holds a buffer while waiting
        const auto started = std::chrono::steady_clock::now();
        SLIPWAY_CO_CHECK(co_await stream_.wait_readable(limits_.body_stall_time_max));
        waited_ += std::chrono::steady_clock::now() - started;
    }
}

Result<> SessionBody::check_rate() const {
    if (waited_ <= limits_.body_rate_grace) {
        return {};
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(waited_).count();
    if (received_ < limits_.body_rate_min * static_cast<std::uint64_t>(seconds)) {
        return fail(ErrorKind::timeout, "the body arrives at less than " +
                                            std::to_string(limits_.body_rate_min) +
                                            " bytes a second");
    }
    return {};
}

bool SessionBody::can_drain() const {
    // Who was not told to go on may or may not send the body: there is no telling them apart.
    if (continue_wanted_) {
        return false;
    }
    return done_ || (!failure_ && declared_ && left_ <= limits::http_drain_bytes_max);
}

Async<bool> SessionBody::drain() {
    while (!done_) {
        const auto chunk = co_await read();
        if (!chunk) {
            co_return false;
        }
    }
    co_return true;
}

}  // namespace slipway::net
