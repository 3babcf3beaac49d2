// SPDX-License-Identifier: Apache-2.0
#include "http/problem.h"

#include "codec/json.h"

#include <string>

namespace slipway::http {

int status_of(const Error& error) {
    if (error.code == "method_not_allowed") {
        return 405;
    }
    switch (error.kind) {
        case ErrorKind::invalid_argument:
            return 400;
        case ErrorKind::unauthenticated:
            return 401;
        case ErrorKind::permission_denied:
            return 403;
        case ErrorKind::not_found:
            return 404;
        case ErrorKind::timeout:
            return 504;
        case ErrorKind::cancelled:
            return 400;
        case ErrorKind::already_exists:
        case ErrorKind::corrupted:
            return 409;
        case ErrorKind::precondition_failed:
            return 412;
        case ErrorKind::too_large:
            return 413;
        case ErrorKind::throttled:
            return 429;
        case ErrorKind::unsupported:
            return 501;
        case ErrorKind::unavailable:
            return 503;
        case ErrorKind::no_space:
            return 507;
        case ErrorKind::io:
        case ErrorKind::internal:
            return 500;
    }
    return 500;
}

Response problem(const Error& error) {
    Response response;
    response.status = status_of(error);
    const std::string code = error.code.empty() ? std::string(to_string(error.kind)) : error.code;
    std::string text;
    codec::JsonWriter json(text);
    json.begin_object();
    json.member("type", "urn:slipway:error:" + code);
    json.member("title", reason_phrase(response.status));
    json.member("status", response.status);
    json.member("detail", error.message);
    json.member("error", error.message);
    json.member("code", code);
    json.end_object();
    text.push_back('\n');
    response.headers.add("Content-Type", "application/problem+json");
    response.headers.add("Cache-Control", "no-store");
    response.body = std::move(text);
    return response;
}

}  // namespace slipway::http
