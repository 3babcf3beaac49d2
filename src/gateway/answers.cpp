// SPDX-License-Identifier: Apache-2.0
#include "gateway/answers.h"

#include <vector>

namespace slipway::gateway {
namespace {

constexpr std::string_view xml_type = "application/xml";

}  // namespace

http::Response empty_answer(int status) {
    http::Response response;
    response.status = status;
    return response;
}

http::Response xml_answer(std::string document) {
    http::Response response;
    response.headers.add("Content-Type", std::string(xml_type));
    response.body = std::move(document);
    return response;
}

std::string_view public_words(const Error& error) {
    const bool internal = error.kind == ErrorKind::io || error.kind == ErrorKind::internal ||
                          error.kind == ErrorKind::no_space;
    return internal || error.message.empty() ? s3::error_code_for(error).message
                                             : std::string_view(error.message);
}

http::Response error_answer(const http::Request& request,
                            const Error& error,
                            ErrorDetails details) {
    const s3::ErrorCode& code = s3::error_code_for(error);
    http::Response response = empty_answer(code.status);
    if (request.method == http::Method::head || code.status == 304) {
        return response;
    }
    const std::vector<std::pair<std::string_view, std::string_view>> extras(details.begin(),
                                                                            details.end());
    response.headers.add("Content-Type", std::string(xml_type));
    response.body =
        s3::error_xml(code.code, public_words(error), request.path(), request.id, extras);
    return response;
}

}  // namespace slipway::gateway
