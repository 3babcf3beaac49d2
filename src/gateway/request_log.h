// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/error.h"

#include "base/clock.h"
#include "http/message.h"
#include "s3/sigv4.h"
#include "s3/target.h"

#include <chrono>
#include <string>
#include <string_view>

namespace slipway::gateway {

/// What the request log says of one answered request.
struct RequestRecord {
    Time time{};
    const http::Request& request;
    const http::Response& response;
    const s3::S3Target& target;
    const s3::Claim& claim;
    std::string_view operation;  ///< "PutObject"; empty: it did not get that far
    const Error* error = nullptr;
    std::chrono::microseconds spent{};
};

/// One line of JSON. Of the request only what is named there: no query, no header but User-Agent,
/// so that neither a signature nor a token is written anywhere.
///
/// time        when it was answered; the body may still be on its way out
/// access_key  the id that the request claims, also where the claim did not hold; "" for nobody
/// error       the S3 code, only of failures
/// bytes_in    as declared, bytes_out as promised; null where neither side said
/// us          microseconds from the head of the request to that of the answer
std::string request_line(const RequestRecord& record);

}  // namespace slipway::gateway
