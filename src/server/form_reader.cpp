// SPDX-License-Identifier: Apache-2.0
#include "server/form_reader.h"

#include "s3/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace slipway::server {
namespace {

using http::FormEvent;

/// Bytes that nobody wants pass through a window of this size.
constexpr std::size_t skip_bytes = 64 * 1024;

/// More than may be held back as the start of a boundary: a window goes on.
constexpr std::size_t window_bytes_min = 256;
static_assert(window_bytes_min > 2 * (limits::form_boundary_bytes_max + 4));

}  // namespace

FormReader::FormReader(BodyReader& body, std::optional<std::string> boundary, Options options)
    : body_(body), options_(std::move(options)) {
    if (boundary) {
        parser_.emplace(*boundary);
    }
}

tl::unexpected<Error> FormReader::broken(Error error) {
    failure_ = std::move(error);
    return fail(*failure_);
}

Task<std::optional<http::FormPart>> FormReader::next_part() {
    skipping_ = true;
    memory_ = PartMemory();
    while (in_part_) {
        SLIPWAY_CO_CHECK(co_await read());
    }
    skipping_ = false;
    in_file_ = false;
    if (failure_) {
        co_return fail(*failure_);
    }
    if (!parser_) {
        co_return begin_part();
    }
    while (!body_ended_) {
        if (parsed_ == window_.size()) {
            SLIPWAY_CO_CHECK(co_await refill());
            continue;
        }
        const auto event = parse();
        if (!event) {
            co_return fail(event.error());
        }
        if (event->kind == FormEvent::Kind::part_begin) {
            co_return begin_part();
        }
        form_ended_ = form_ended_ || event->kind == FormEvent::Kind::form_end;
    }
    co_return std::optional<http::FormPart>();
}

Result<std::optional<http::FormPart>> FormReader::begin_part() {
    if (!parser_ && form_ended_) {
        return std::optional<http::FormPart>();
    }
    http::FormPart part;
    if (parser_) {
        part = parser_->part();
    } else {
        form_ended_ = true;
        part.file_name = "";
    }
    in_part_ = true;
    in_file_ = part.file_name.has_value();
    content_begin_ = content_end_ = parsed_;
    part_number_ = 1;
    part_left_ = options_.parts.size(1);
    file_bytes_ = 0;
    return std::optional(std::move(part));
}

Task<Chunk> FormReader::read() {
    if (failure_) {
        co_return fail(*failure_);
    }
    while (in_part_) {
        if (parsed_ < window_.size()) {
            const auto event = parse();
            if (!event) {
                co_return fail(event.error());
            }
            if (event->kind == FormEvent::Kind::part_end) {
                co_return end_part();
            }
            if (event->held && options_.memory == nullptr) {
                co_return Chunk::copy_of(event->data);  // its window has been handed out
            }
            content_end_ += event->data.size();
            continue;
        }
        if (window_is_used_up() && !tidy_window()) {
            if (options_.memory != nullptr) {
                carried_ = window_.text().substr(content_end_);
            }
            co_return hand_out();
        }
        SLIPWAY_CO_CHECK(co_await refill());
        if (body_ended_ && in_part_) {  // only a body without a form ends within a part
            co_return end_part();
        }
    }
    co_return Chunk();
}

Result<FormEvent> FormReader::parse() {
    std::string_view rest = window_.text().substr(parsed_);
    if (!parser_) {
        parsed_ = window_.size();
        return FormEvent{FormEvent::Kind::data, rest, false};
    }
    auto event = parser_->next(rest);
    parsed_ = window_.size() - rest.size();
    if (!event) {
        return broken(std::move(event).error());
    }
    return event;
}

/// Whether nothing more fits, or ought to.
bool FormReader::window_is_used_up() const {
    return options_.memory == nullptr ? window_.size() > 0 : window_.size() == window_.capacity();
}

/// Makes room without handing anything out; false when there is something to hand out.
bool FormReader::tidy_window() {
    if (skipping_) {
        content_begin_ = content_end_;
    }
    if (options_.memory == nullptr) {
        if (content() > 0) {
            return false;
        }
        window_ = Chunk();
        content_begin_ = content_end_ = parsed_ = 0;
        return true;
    }
    if (content_begin_ == 0 && content_end_ > 0) {
        return false;
    }
    const std::size_t kept = window_.size() - content_begin_;
    if (kept > 0) {
        std::memmove(window_.data(), window_.data() + content_begin_, kept);
    }
    content_end_ -= content_begin_;
    content_begin_ = 0;
    parsed_ = kept;
    window_.resize(kept);
    return true;
}

Chunk FormReader::hand_out() {
    if (content_begin_ > 0) {
        std::memmove(window_.data(), window_.data() + content_begin_, content());
    }
    const std::size_t size = content();
    Chunk chunk = std::exchange(window_, Chunk());
    chunk.resize(size);
    content_begin_ = content_end_ = parsed_ = 0;
    count_out(size);
    return chunk;
}

/// The part's last bytes; what comes after them stays in the window.
Chunk FormReader::end_part() {
    in_part_ = false;
    memory_ = PartMemory();
    const std::string_view text = window_.text().substr(content_begin_, skipping_ ? 0 : content());
    if (text.empty()) {
        return {};
    }
    const std::size_t left = window_.size() - parsed_;
    if (text.size() > left) {
        const Chunk rest = Chunk::copy_of(window_.text().substr(parsed_));
        Chunk chunk = hand_out();
        window_ = Chunk::with_capacity(std::max(left, limits::forward_piece_bytes));
        std::copy(rest.bytes().begin(), rest.bytes().end(), window_.data());
        window_.resize(left);
        return chunk;
    }
    Chunk copy = options_.memory != nullptr ? options_.memory->begin(text.size()) : Chunk();
    if (copy.capacity() == 0) {
        return Chunk::copy_of(text);
    }
    std::memcpy(copy.data(), text.data(), text.size());
    copy.resize(text.size());
    return copy;
}

void FormReader::count_out(std::size_t bytes) {
    file_bytes_ += bytes;
    std::uint64_t left = bytes;
    while (left >= part_left_) {
        left -= part_left_;
        part_left_ = options_.parts.size(std::min(++part_number_, s3::parts_max));
        memory_ = PartMemory();
    }
    part_left_ -= left;
}

/// The next bytes into the window. Who waits for them waits in few frames: there may be thousands.
Task<> FormReader::refill() {
    if (options_.memory == nullptr) {
        return receive_window();
    }
    if (window_is_used_up() && !in_part_) {  // headers have been read from it
        parsed_ = content_begin_ = content_end_ = 0;
        window_.resize(0);
    }
    return window_.capacity() == 0 ? open_window() : receive();
}

Task<> FormReader::receive_window() {
    auto chunk = co_await body_.read();
    if (!chunk) {
        co_return broken(std::move(chunk).error());
    }
    window_ = *std::move(chunk);
    content_begin_ = content_end_ = parsed_ = 0;
    co_return window_.empty() ? end_body() : count(window_.size());
}

Task<> FormReader::open_window() {
    auto window = co_await take_window();
    if (!window) {
        co_return broken(std::move(window).error());
    }
    window_ = *std::move(window);
    std::memcpy(window_.data(), carried_.data(), carried_.size());
    window_.resize(carried_.size());
    parsed_ = carried_.size();
    content_begin_ = content_end_ = 0;
    carried_.clear();
    co_return Result<>();
}

/// Where to receive into: memory that grows with what came, and that of a part once it is known to
/// be one.
Task<Chunk> FormReader::take_window() {
    if (skipping_ || !in_file_) {
        co_return Chunk::with_capacity(skipping_ ? skip_bytes : limits::forward_piece_bytes);
    }
    const auto piece = [this](std::uint64_t size) {
        size = std::clamp<std::uint64_t>(size, limits::forward_piece_bytes, limits::chunk_bytes);
        const std::uint64_t most = std::max<std::uint64_t>(part_left_, window_bytes_min);
        return static_cast<std::size_t>(std::min(size, most));
    };
    const std::uint64_t first_max = pace() == ForwardMemory::Pace::fast
                                        ? limits::forward_first_fast_bytes
                                        : limits::forward_first_slow_bytes;
    if (!memory_ && file_bytes_ < first_max) {
        Chunk chunk = options_.memory->begin(piece(std::bit_floor(file_bytes_)));
        if (chunk.capacity() > 0) {
            co_return chunk;
        }
    }
    if (!memory_) {
        const std::uint64_t coming = body_.size().value_or(UINT64_MAX) - body_bytes_;
        const auto wanted = static_cast<std::size_t>(
            std::max<std::uint64_t>(std::min(part_left_, coming), limits::forward_piece_bytes));
        SLIPWAY_CO_TRY(memory, co_await options_.memory->reserve(wanted, pace()));
        memory_ = std::move(memory);
        paced_bytes_ = 0;
        waited_ = {};
    }
    // A slow sender's memory grows by a quarter of what it has brought.
    const std::uint64_t brought = options_.parts.size(part_number_) - part_left_;
    const std::uint64_t wanted =
        pace() == ForwardMemory::Pace::fast ? limits::chunk_bytes : std::bit_floor(brought / 4);
    co_return memory_.take(piece(std::min<std::uint64_t>(
        wanted, std::max<std::uint64_t>(memory_.left(), limits::forward_piece_bytes))));
}

Task<> FormReader::receive() {
    while (incoming_.empty()) {
        const auto room = std::span(window_.data(), window_.capacity()).subspan(window_.size());
        const auto received = body_.read_now(room);
        if (!received) {
            co_return broken(received.error());
        }
        if (*received) {
            window_.resize(window_.size() + **received);
            co_return **received == 0 ? end_body() : count(**received);
        }
        const Instant started = std::chrono::steady_clock::now();
        const auto direct = co_await body_.wait_for_bytes();
        waited_ += std::chrono::steady_clock::now() - started;
        if (!direct) {
            co_return broken(direct.error());
        }
        if (!*direct) {
            break;
        }
    }
    co_return co_await receive_by_copy();
}

Task<> FormReader::receive_by_copy() {
    if (incoming_at_ == incoming_.size()) {
        const Instant started = std::chrono::steady_clock::now();
        auto chunk = co_await body_.read();
        waited_ += std::chrono::steady_clock::now() - started;
        if (!chunk) {
            co_return broken(std::move(chunk).error());
        }
        incoming_ = *std::move(chunk);
        incoming_at_ = 0;
        if (incoming_.empty()) {
            co_return end_body();
        }
    }
    const std::size_t size =
        std::min(window_.capacity() - window_.size(), incoming_.size() - incoming_at_);
    std::memcpy(window_.data() + window_.size(), incoming_.data() + incoming_at_, size);
    window_.resize(window_.size() + size);
    incoming_at_ += size;
    if (incoming_at_ == incoming_.size()) {
        incoming_ = Chunk();
        incoming_at_ = 0;
    }
    co_return count(size);
}

Result<> FormReader::count(std::size_t bytes) {
    body_bytes_ += bytes;
    paced_bytes_ += bytes;
    if (body_bytes_ > options_.body_bytes_max) {
        return broken(Error{ErrorKind::too_large,
                            fmt::format("the form is longer than {} bytes; send several forms",
                                        options_.body_bytes_max),
                            "form_too_large"});
    }
    return {};
}

Result<> FormReader::end_body() {
    body_ended_ = true;
    if (parser_) {
        if (auto whole = parser_->finish(); !whole) {
            return broken(std::move(whole).error());
        }
    }
    return {};
}

ForwardMemory::Pace FormReader::pace() const {
    const auto seconds = std::chrono::duration<double>(waited_).count();
    return static_cast<double>(paced_bytes_) >=
                   static_cast<double>(limits::forward_fast_rate) * seconds
               ? ForwardMemory::Pace::fast
               : ForwardMemory::Pace::slow;
}

}  // namespace slipway::server
