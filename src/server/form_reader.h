// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "engine/plan.h"
#include "http/form_data.h"
#include "task/body.h"
#include "task/forward_memory.h"

#include <cstdint>
#include <optional>
#include <string>

namespace slipway::server {

/// Reads the parts of a form off a body, one after the other; or a body as the one part it is.
///
/// Bytes are received into the memory they are kept in (the window), parsed there, and handed out
/// as chunks: without a copy, but for what shares a window with another part. One I/O thread.
class FormReader {
  public:
    struct Options {
        /// Where files are to be collected until they are stored: chunks are full then, and reading
        /// waits for memory. nullptr: each piece is handed out as it comes.
        ForwardMemory* memory = nullptr;
        /// The parts that files are stored in: memory is asked for by them.
        engine::StreamParts parts;
        std::uint64_t body_bytes_max = limits::form_bytes_max;
    };

    /// No boundary: the body is one file. What is passed by reference outlives the reader.
    FormReader(BodyReader& body, std::optional<std::string> boundary, Options options);

    /// The next part, past what is left of the one before; nothing at the form's end.
    /// Errors, also of read(): those of the parser and of the body; too_large `form_too_large`.
    /// Whatever is asked after an error has the same.
    Task<std::optional<http::FormPart>> next_part();

    /// The part's next bytes; an empty chunk is its end.
    Task<Chunk> read();

    /// Whether the part has been read to its end.
    bool at_part_end() const { return !in_part_; }

  private:
    Result<http::FormEvent> parse();
    Result<std::optional<http::FormPart>> begin_part();
    Task<> refill();
    Task<> receive_window();
    Task<> open_window();
    Task<> receive();
    Task<> receive_by_copy();
    Task<Chunk> take_window();
    Result<> count(std::size_t bytes);
    Result<> end_body();
    bool window_is_used_up() const;
    bool tidy_window();
    Chunk hand_out();
    Chunk end_part();
    void count_out(std::size_t bytes);
    std::size_t content() const { return content_end_ - content_begin_; }
    ForwardMemory::Pace pace() const;
    tl::unexpected<Error> broken(Error error);

    BodyReader& body_;
    std::optional<http::FormDataParser> parser_;
    const Options options_;
    std::optional<Error> failure_;

    // The window: [content_begin_, content_end_) is the part's, what follows until parsed_ may
    // still turn out to be, and what is behind is not known yet.
    Chunk window_;
    std::size_t content_begin_ = 0;
    std::size_t content_end_ = 0;
    std::size_t parsed_ = 0;
    std::string carried_;  // the start of a boundary, maybe, at the end of the window before
    Chunk incoming_;       // of a body that does not come from a socket
    std::size_t incoming_at_ = 0;

    bool in_part_ = false;
    bool in_file_ = false;
    bool skipping_ = false;
    bool body_ended_ = false;
    bool form_ended_ = false;

    // The part of the file that is collected.
    PartMemory memory_;
    unsigned part_number_ = 1;
    std::uint64_t part_left_ = 0;
    std::uint64_t file_bytes_ = 0;

    std::uint64_t body_bytes_ = 0;
    // How fast the sender is, since memory was asked for the last time.
    std::uint64_t paced_bytes_ = 0;
    Instant::duration waited_{};
};

}  // namespace slipway::server
