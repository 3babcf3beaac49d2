// SPDX-License-Identifier: Apache-2.0
#include "net/response_body.h"

#include "base/limits.h"
#include "net/scratch.h"

#include <algorithm>
#include <utility>

namespace slipway::net {

ResponseBody::ResponseBody(ConnectionPtr connection,
                           const ResponseHead& head,
                           std::shared_ptr<ConnectionPool> pool,
                           std::size_t loop)
    : pool_(std::move(pool)),
      connection_(std::move(connection)),
      loop_(loop),
      size_(head.content_length),
      left_(head.content_length.value_or(0)),
      keep_alive_(head.keep_alive),
      until_close_(!head.chunked && !head.content_length) {
    if (head.chunked) {
        decoder_.emplace();
    }
    finish_if_done();
}

Task<Chunk> ResponseBody::read() {
    while (connection_) {
        std::string& input = connection_->input;
        if (!input.empty()) {
            Chunk chunk;
            if (decoder_) {
                SLIPWAY_CO_TRY(decoded, take_coded());
                chunk = std::move(decoded);
            } else {
                chunk = take_counted(input);
                input.erase(0, chunk.size());
            }
            finish_if_done();
            if (!chunk.empty()) {
                co_return chunk;
            }
            if (!connection_) {
                break;
            }
        }
        SLIPWAY_CO_TRY(count, co_await receive());
        const std::string_view bytes = text_of(scratch(), count);
        if (count == 0) {
            connection_.reset();
            if (!until_close_) {
                co_return fail(ErrorKind::unavailable,
                               "the connection was lost in the middle of an answer");
            }
        } else if (decoder_) {
            connection_->input.append(bytes);
        } else {
            Chunk chunk = take_counted(bytes);
            connection_->input.append(bytes.substr(chunk.size()));
            finish_if_done();
            co_return chunk;
        }
    }
    co_return Chunk();
}

Task<std::size_t> ResponseBody::receive() {
    while (true) {
        const auto count = connection_->stream.try_read(scratch());
        if (count >= 0) {
            co_return static_cast<std::size_t>(count);
        }
        if (count == Stream::broken) {
            co_return fail(ErrorKind::unavailable,
                           "the connection was lost in the middle of an answer");
        }
        SLIPWAY_CO_CHECK(co_await connection_->stream.wait_readable(limits::client_stall_time_max));
    }
}

Chunk ResponseBody::take_counted(std::string_view bytes) {
    if (until_close_) {
        return Chunk::copy_of(bytes);
    }
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    left_ -= size;
    return Chunk::copy_of(bytes.substr(0, size));
}

Result<Chunk> ResponseBody::take_coded() {
    std::string decoded;
    const auto used = decoder_->decode(connection_->input, decoded);
    if (!used) {
        return fail(ErrorKind::corrupted, used.error().message);
    }
    connection_->input.erase(0, *used);
    return Chunk::copy_of(decoded);
}

void ResponseBody::finish_if_done() {
    const bool done = decoder_ ? decoder_->done() : !until_close_ && left_ == 0;
    if (done && connection_) {
        if (keep_alive_ && connection_->input.empty()) {
            pool_->give_back(loop_, std::move(connection_));
        }
        connection_.reset();
    }
}

}  // namespace slipway::net
