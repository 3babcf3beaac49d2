// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/message.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::net {

/// The head of a request with what it means for the connection.
struct RequestHead {
    http::Request request;
    bool keep_alive = true;
    bool http_1_0 = false;
    bool expects_continue = false;
};

/// The head of an answer.
struct ResponseHead {
    int status = 0;
    http::Headers headers;
    bool keep_alive = true;
    bool chunked = false;
    /// nullopt without chunked: the body ends with the connection.
    std::optional<std::uint64_t> content_length;
};

/// Size of the message head at the start of `bytes` including its blank line, or 0 when it is not
/// complete. `searched` bytes were looked at before.
std::size_t find_head_end(std::string_view bytes, std::size_t searched);

/// Parses one complete head; strict where leniency would let two servers disagree about where a
/// message ends (RFC 9112, section 6.3). Errors: invalid_argument, unsupported (HTTP version).
Result<RequestHead> parse_request_head(std::string_view head);

/// `head_request`: the answer is to a HEAD and has no body whatever it says.
Result<ResponseHead> parse_response_head(std::string_view head, bool head_request);

/// Takes the chunked transfer coding off a body, as it comes.
class ChunkedDecoder {
  public:
    ChunkedDecoder();
    ~ChunkedDecoder();
    ChunkedDecoder(const ChunkedDecoder&) = delete;
    ChunkedDecoder& operator=(const ChunkedDecoder&) = delete;

    /// Decodes from the start of `bytes`, appends the body's bytes to `into` (never more than
    /// `bytes.size()`), answers how much it used up. Answers 0 when it needs more than there is.
    /// Errors: invalid_argument.
    Result<std::size_t> decode(std::string_view bytes, std::string& into);

    bool done() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace slipway::net
