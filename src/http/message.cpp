// SPDX-License-Identifier: Apache-2.0
#include "http/message.h"

#include <array>
#include <utility>

namespace slipway::http {
namespace {

constexpr std::array<std::pair<std::string_view, Method>, 7> methods{{
    {"GET", Method::get},
    {"HEAD", Method::head},
    {"PUT", Method::put},
    {"POST", Method::post},
    {"DELETE", Method::delete_},
    {"OPTIONS", Method::options},
    {"PATCH", Method::patch},
}};

constexpr std::array<std::pair<int, std::string_view>, 36> reasons{{
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
}};

}  // namespace

std::string_view to_string(Method method) {
    for (const auto& [name, value] : methods) {
        if (value == method) {
            return name;
        }
    }
    return "?";
}

Method parse_method(std::string_view text) {
    for (const auto& [name, value] : methods) {
        if (name == text) {
            return value;
        }
    }
    return Method::other;
}

std::string_view reason_phrase(int status) {
    for (const auto& [code, words] : reasons) {
        if (code == status) {
            return words;
        }
    }
    return "Unknown";
}

}  // namespace slipway::http
