// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::sink {

// A request's head, as far as the sink cares.
struct Request {
    std::string method;
    std::string path;   // still percent-encoded
    std::string query;  // without '?'
    std::uint64_t length = 0;
    std::optional<std::uint64_t> decoded_length;  // of an aws-chunked body
    bool chunked = false;
    bool closes = false;
    bool expects_continue = false;
    bool has_trailer = false;
    std::string checksums;  // the header lines x-amz-checksum-*, as they came

    // Whether the path names more than a bucket.
    bool names_object() const;
    // The value of a query's parameter, empty for one without; nothing where it is not there.
    std::optional<std::string_view> parameter(std::string_view name) const;
};

// Nothing when `head` is no HTTP request. `head` ends with the empty line.
std::optional<Request> parse_request(std::string_view head);

// The value of an aws-chunked body's checksum trailer as a header line, from the body's end.
std::string trailing_checksum(std::string_view tail);

}  // namespace slipway::sink
