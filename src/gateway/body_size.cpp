// SPDX-License-Identifier: Apache-2.0
#include "gateway/body_size.h"

#include "s3/errors.h"
#include "s3/limits.h"

#include <fmt/format.h>

namespace slipway::gateway {

Result<> check_body_size(const Call& call) {
    const auto size = call.body.size();
    if (!size) {
        return s3::s3_fail("NotImplemented",
                           "A header you provided implies functionality that is not implemented: "
                           "Transfer-Encoding. Send a Content-Length.");
    }
    const bool has_framing =
        call.request.headers.has("content-length") || !call.request.content_length;
    if (!has_framing) {
        return s3::s3_fail("MissingContentLength");
    }
    if (*size > s3::single_put_bytes_max) {
        return s3::s3_fail("EntityTooLarge",
                           fmt::format("Your proposed upload exceeds the maximum allowed object "
                                       "size: {} bytes, at most {} can be sent in one PUT.",
                                       *size, s3::single_put_bytes_max));
    }
    return {};
}

}  // namespace slipway::gateway
