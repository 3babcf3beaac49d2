// SPDX-License-Identifier: Apache-2.0
#include "slipway/error.h"

namespace slipway {

Error::Error() = default;

// NOLINTNEXTLINE(bugprone-easily-swappable-parameters): in the order of its members
Error::Error(ErrorKind kind_, std::string message_, std::string code_, int http_status_)
    : kind(kind_), message(std::move(message_)), code(std::move(code_)), http_status(http_status_) {
}

Error::Error(const Error&) = default;
Error::Error(Error&&) noexcept = default;
Error& Error::operator=(const Error&) = default;
Error& Error::operator=(Error&&) noexcept = default;
Error::~Error() = default;

std::string_view to_string(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::invalid_argument:
            return "invalid_argument";
        case ErrorKind::not_found:
            return "not_found";
        case ErrorKind::already_exists:
            return "already_exists";
        case ErrorKind::precondition_failed:
            return "precondition_failed";
        case ErrorKind::permission_denied:
            return "permission_denied";
        case ErrorKind::unauthenticated:
            return "unauthenticated";
        case ErrorKind::too_large:
            return "too_large";
        case ErrorKind::throttled:
            return "throttled";
        case ErrorKind::timeout:
            return "timeout";
        case ErrorKind::unavailable:
            return "unavailable";
        case ErrorKind::corrupted:
            return "corrupted";
        case ErrorKind::cancelled:
            return "cancelled";
        case ErrorKind::unsupported:
            return "unsupported";
        case ErrorKind::no_space:
            return "no_space";
        case ErrorKind::io:
            return "io";
        case ErrorKind::internal:
            return "internal";
    }
    return "internal";
}

}  // namespace slipway
