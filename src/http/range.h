// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::http {

/// A range as in the Range header: from `first` to `last` inclusive, or the last `suffix` bytes.
struct ByteRange {
    std::optional<std::uint64_t> first;
    std::optional<std::uint64_t> last;
    std::optional<std::uint64_t> suffix;
    friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// Reads a Range header with one byte range. Nothing for what a server is to ignore: another unit,
/// several ranges (which S3 ignores too), and what is malformed (RFC 9110 section 14.2). A number
/// beyond 64 bits counts as the largest there is.
std::optional<ByteRange> parse_range(std::string_view header);

/// "bytes 0-4/10": the Content-Range of `length` > 0 bytes from `offset` of a body of `size`.
std::string content_range(std::uint64_t offset, std::uint64_t length, std::uint64_t size);

}  // namespace slipway::http
