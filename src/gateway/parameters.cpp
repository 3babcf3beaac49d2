// SPDX-License-Identifier: Apache-2.0
#include "gateway/parameters.h"

#include "s3/errors.h"
#include "s3/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace slipway::gateway {
namespace {

constexpr unsigned protocol_max = 2'147'483'647;

}  // namespace

Result<unsigned> read_number(std::string_view name, std::string_view text, unsigned fallback) {
    if (text.empty()) {
        return fallback;
    }
    unsigned value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || value > protocol_max) {
        return s3::s3_fail(
            "InvalidArgument",
            fmt::format("Argument {} must be an integer between 0 and {}", name, protocol_max));
    }
    return value;
}

Result<unsigned> read_page_size(const Call& call, std::string_view name, unsigned page_max) {
    SLIPWAY_TRY(wanted, read_number(name, call.target.get(name), page_max));
    return std::min(wanted, page_max);
}

Result<unsigned> read_part_number(const Call& call) {
    const auto number = read_number("partNumber", call.target.get("partNumber"), 0);
    if (!number || *number < 1 || *number > s3::parts_max) {
        return s3::s3_fail("InvalidArgument",
                           fmt::format("Part number must be an integer between 1 and {}, inclusive",
                                       s3::parts_max));
    }
    return *number;
}

Result<bool> read_url_encoding(const Call& call) {
    const std::string_view encoding = call.target.get("encoding-type");
    if (!encoding.empty() && encoding != "url") {
        return s3::s3_fail("InvalidArgument", "Invalid Encoding Method specified in Request");
    }
    return !encoding.empty();
}

objects::MultipartUpload upload_of(const Call& call) {
    return objects::MultipartUpload{call.target.bucket, call.target.key,
                                    std::string(call.target.get("uploadId"))};
}

}  // namespace slipway::gateway
