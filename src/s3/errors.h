// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/error.h"
#include "slipway/result.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace slipway::s3 {

/// One line of S3's error table.
struct ErrorCode {
    std::string_view code;     ///< "NoSuchKey"
    int status = 500;          ///< HTTP status it is sent with
    std::string_view message;  ///< the words when there are no better ones
    ErrorKind kind = ErrorKind::internal;
};

/// The line of that code; that of InternalError for a code that is not in the table.
const ErrorCode& find_error_code(std::string_view code);
bool is_error_code(std::string_view code);

/// The S3 code to answer an Error with: its own `code` when that is S3's, else one for its kind.
const ErrorCode& error_code_for(const Error& error);

/// A failure with an S3 code: `return s3_fail("NoSuchKey");`. The kind, and the words when there
/// are none, come from the table.
[[nodiscard]] tl::unexpected<Error> s3_fail(std::string_view code, std::string message = {});

/// The body of an error answer. `extras` are further elements, e.g. {"BucketName", "photos"}.
std::string error_xml(std::string_view code,
                      std::string_view message,
                      std::string_view resource,
                      std::string_view request_id,
                      std::span<const std::pair<std::string_view, std::string_view>> extras = {});

/// What an answer with an error status says; also for an empty body (HEAD) or one that is no XML.
/// The code decides the kind; for a code unknown here the status does.
Error parse_error_xml(int status, std::string_view body);

/// The region that an error answer says the bucket is in; empty when it does not.
std::string region_in_error_xml(std::string_view body);

}  // namespace slipway::s3
