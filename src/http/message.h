// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/headers.h"
#include "task/body.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::http {

enum class Method { get, head, put, post, delete_, options, patch, other };

/// The method's name on the wire; "?" for other.
std::string_view to_string(Method method);
Method parse_method(std::string_view text);

/// A request without its body.
///
/// `target` is the origin form as it came over the wire, e.g. "/b/k%20x?versionId=1". `path()` and
/// `query()` are its halves, still percent-encoded, because signatures are over these bytes.
struct Request {
    Method method = Method::get;
    std::string target;
    Headers headers;
    /// Declared body size; 0 when there is no body, nullopt for chunked transfer coding.
    std::optional<std::uint64_t> content_length = 0;
    /// Address of the other side, "127.0.0.1:52114"; for logs.
    std::string peer;
    /// Shown in the log and sent back to the client (x-amz-request-id, x-request-id).
    std::string id;

    std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
    std::string_view query() const {
        const auto mark = target.find('?');
        return mark == std::string::npos ? std::string_view()
                                         : std::string_view(target).substr(mark + 1);
    }
};

/// An answer. The server adds Date, Content-Length (or chunked coding) and Connection.
///
/// A body whose size is unknown is sent chunked. For HEAD put the size of the absent body into
/// `head_content_length` and leave the body empty.
struct Response {
    int status = 200;
    Headers headers;
    Body body;
    std::optional<std::uint64_t> head_content_length;
};

/// The standard words for a status: "Not Found".
std::string_view reason_phrase(int status);

/// Answers requests. One object serves all connections on all I/O threads, so it has no state of
/// its own that is not shared safely.
class Handler {
  public:
    virtual ~Handler() = default;

    /// `request` and `body` outlive the call. What is not read of the body is dropped by the
    /// server. Never fails: a failure is a Response. The body is not read from the socket, and `100
    /// Continue` not sent, before the first body.read().
    virtual Async<Response> handle(const Request& request, BodyReader& body) = 0;
};

}  // namespace slipway::http
