// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/error.h"

#include "http/message.h"
#include "s3/errors.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace slipway::gateway {

/// An answer without a body.
http::Response empty_answer(int status);

/// 200 with an XML document.
http::Response xml_answer(std::string document);

/// What a stranger may read of a failure: causes inside the machine (paths, errno) stay in the log.
std::string_view public_words(const Error& error);

using ErrorDetails = std::span<const std::pair<std::string, std::string>>;

/// The answer to a request that failed: status and code from s3's table, words from the error. HEAD
/// and 304 have no body.
http::Response error_answer(const http::Request& request,
                            const Error& error,
                            ErrorDetails details = {});

}  // namespace slipway::gateway
