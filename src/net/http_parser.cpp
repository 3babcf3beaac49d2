// SPDX-License-Identifier: Apache-2.0
#include "net/http_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <utility>

namespace slipway::net {
namespace {

namespace beast_http = boost::beast::http;
using BeastError = boost::beast::error_code;
using BeastText = boost::beast::string_view;

std::string to_text(BeastText text) {
    return std::string(text.data(), text.size());
}

/// Beast's parser with our fields instead of its containers.
template <bool is_request>
class Parser final : public beast_http::basic_parser<is_request> {
  public:
    std::string method;
    std::string target;
    int version = 11;
    int status = 0;
    http::Headers headers;
    std::string* body = nullptr;

  private:
    void on_request_impl(beast_http::verb,
                         BeastText method_text,
                         BeastText target_text,
                         int version_number,
                         BeastError&) override {
        version = version_number;
        method = to_text(method_text);
        target = to_text(target_text);
        headers.reserve(12);
    }
    void on_response_impl(int code, BeastText, int, BeastError&) override { status = code; }
    void on_field_impl(beast_http::field, BeastText name, BeastText value, BeastError&) override {
        headers.add(to_text(name), to_text(value));
    }
    void on_header_impl(BeastError&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, BeastError&) override {}
    std::size_t on_body_impl(BeastText bytes, BeastError&) override { return bytes.size(); }
    void on_chunk_header_impl(std::uint64_t, BeastText, BeastError&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, BeastText bytes, BeastError&) override {
        body->append(bytes.data(), bytes.size());
        return bytes.size();
    }
    void on_finish_impl(BeastError&) override {}
};

template <bool is_request>
Result<> parse_head(Parser<is_request>& parser, std::string_view head) {
    // The session has its own, configurable limits on header and body.
    parser.header_limit(static_cast<std::uint32_t>(head.size()));
    parser.body_limit(boost::none);
    BeastError error;
    const auto used = parser.put(boost::asio::buffer(head.data(), head.size()), error);
    if (error == beast_http::error::bad_version) {
        return fail(ErrorKind::unsupported, "this server speaks HTTP/1.0 and HTTP/1.1");
    }
    if (error && error != beast_http::error::need_more) {
        return fail(ErrorKind::invalid_argument, "malformed HTTP message: " + error.message());
    }
    if (!parser.is_header_done() || used != head.size()) {
        return fail(ErrorKind::invalid_argument, "malformed HTTP message: no end of its headers");
    }
    return {};
}

/// Turns the absolute form, which RFC 9112 wants servers to take, into the origin form.
Result<std::string> origin_form(std::string target) {
    if (target.starts_with('/') || target == "*") {
        return target;
    }
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (target.starts_with(scheme)) {
            const auto path = target.find_first_of("/?", scheme.size());
            if (path == std::string::npos) {
                return std::string("/");
            }
            return (target[path] == '?' ? "/" : "") + target.substr(path);
        }
    }
    return fail(ErrorKind::invalid_argument,
                "the request target must be a path that starts with '/', or '*'");
}

/// Without a Host the request is not HTTP/1.1; with two, two servers could pick different ones.
Result<> check_host(const http::Headers& headers, bool http_1_0) {
    const auto hosts = headers.count("Host");
    if (hosts > 1 || (hosts == 0 && !http_1_0)) {
        return fail(ErrorKind::invalid_argument, "a request has exactly one Host header");
    }
    return {};
}

}  // namespace

std::size_t find_head_end(std::string_view bytes, std::size_t searched) {
    const auto end = bytes.find("\r\n\r\n", searched < 3 ? 0 : searched - 3);
    return end == std::string_view::npos ? 0 : end + 4;
}

Result<RequestHead> parse_request_head(std::string_view head) {
    Parser<true> parser;
    SLIPWAY_CHECK(parse_head(parser, head));
    RequestHead parsed;
    parsed.http_1_0 = parser.version < 11;
    SLIPWAY_CHECK(check_host(parser.headers, parsed.http_1_0));
    SLIPWAY_TRY(target, origin_form(std::move(parser.target)));
    parsed.request.method = http::parse_method(parser.method);
    parsed.request.target = std::move(target);
    parsed.keep_alive = parser.keep_alive();
    if (parser.chunked()) {
        parsed.request.content_length = std::nullopt;
    } else if (parser.headers.has("Transfer-Encoding")) {
        // Some other coding: where the body ends is not ours to guess.
        return fail(ErrorKind::unsupported, "Transfer-Encoding other than chunked");
    } else {
        parsed.request.content_length = parser.content_length().value_or(0);
    }
    parsed.expects_continue =
        !parsed.http_1_0 && http::equal_ignoring_case(parser.headers.get("Expect"), "100-continue");
    parsed.request.headers = std::move(parser.headers);
    return parsed;
}

Result<ResponseHead> parse_response_head(std::string_view head, bool head_request) {
    Parser<false> parser;
    parser.skip(head_request);
    SLIPWAY_CHECK(parse_head(parser, head));
    ResponseHead parsed;
    parsed.status = parser.status;
    parsed.keep_alive = parser.keep_alive();
    const bool bodiless =
        head_request || parsed.status < 200 || parsed.status == 204 || parsed.status == 304;
    parsed.chunked = !bodiless && parser.chunked();
    if (bodiless) {
        parsed.content_length = 0;
    } else if (const auto length = parser.content_length()) {
        parsed.content_length = *length;
    }
    parsed.headers = std::move(parser.headers);
    return parsed;
}

struct ChunkedDecoder::State {
    Parser<true> parser;
    bool in_header = true;  // of a chunk, or behind the last one
};

ChunkedDecoder::ChunkedDecoder() : state_(std::make_unique<State>()) {
    // Beast decodes chunks as part of a message: give it the smallest one.
    constexpr std::string_view head = "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    state_->parser.body_limit(boost::none);
    BeastError ignored;
    state_->parser.put(boost::asio::buffer(head.data(), head.size()), ignored);
}

ChunkedDecoder::~ChunkedDecoder() = default;

Result<std::size_t> ChunkedDecoder::decode(std::string_view bytes, std::string& into) {
    // Once Beast has seen the last chunk's header it relies on being given all that may come next.
    constexpr std::string_view shortest_end = "0\r\n\r\n";
    if (state_->in_header && bytes.starts_with('0') && bytes.size() < shortest_end.size()) {
        return 0;
    }
    state_->parser.body = &into;
    std::size_t used = 0;
    while (used < bytes.size() && !done()) {
        BeastError error;
        const auto count = state_->parser.put(
            boost::asio::buffer(bytes.data() + used, bytes.size() - used), error);
        used += count;
        state_->in_header = error == beast_http::error::need_more;
        if (state_->in_header || (!error && count == 0)) {
            break;
        }
        if (error) {
            return fail(ErrorKind::invalid_argument, "malformed chunked body: " + error.message());
        }
    }
    return used;
}

bool ChunkedDecoder::done() const {
    return state_->parser.is_done();
}

}  // namespace slipway::net
