// SPDX-License-Identifier: Apache-2.0
#include "engine/descriptor_reader.h"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace slipway::engine {
namespace {

Result<> cannot_read() {
    return fail(ErrorKind::io, std::string("cannot read the stream: ") + std::strerror(errno));
}

}  // namespace

Task<Chunk> DescriptorReader::read() {
    Chunk chunk = co_await pool_.take();
    while (true) {
        if (stopped_) {
            co_return fail(ErrorKind::cancelled, "cancelled");
        }
        auto work = [this, &chunk] { return fill(chunk); };
        SLIPWAY_CO_TRY(filled, co_await disk_.run(std::move(work)));
        if (filled == Fill::full || (filled == Fill::end && !chunk.empty())) {
            co_return chunk;
        }
        if (filled == Fill::end) {
            co_return Chunk();
        }
    }
}

Result<DescriptorReader::Fill> DescriptorReader::fill(Chunk& chunk) const {
    while (chunk.size() < chunk.capacity()) {
        pollfd waited{fd_, POLLIN, 0};
        const int ready = ::poll(&waited, 1, static_cast<int>(limits::feed_idle_time.count()));
        if (ready == 0) {
            return Fill::idle;
        }
        if (ready < 0 && errno != EINTR) {
            return tl::unexpected(cannot_read().error());
        }
        const auto count =
            ::read(fd_, chunk.data() + chunk.size(), chunk.capacity() - chunk.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
            continue;
        }
        if (count < 0) {
            return tl::unexpected(cannot_read().error());
        }
        if (count == 0) {
            return Fill::end;
        }
        chunk.resize(chunk.size() + static_cast<std::size_t>(count));
    }
    return Fill::full;
}

}  // namespace slipway::engine
