// SPDX-License-Identifier: Apache-2.0
// Forms in pieces as the network brings them. A form names its boundary by its first line; the
// first byte before it chooses the size of the pieces.
#include "http/form_data.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

using namespace slipway;

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

struct Outcome {
    std::vector<std::string> parts;  // name, file name, type and data of each
    std::string error;
    bool ended = false;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome read(std::string_view boundary, std::string_view body, std::size_t piece) {
    http::FormDataParser parser(boundary);
    Outcome outcome;
    std::size_t given = 0;
    std::size_t data = 0;
    for (std::size_t at = 0; at < body.size(); at += piece) {
        std::string_view bytes = body.substr(at, piece);
        given += bytes.size();
        while (true) {
            const auto event = parser.next(bytes);
            if (!event) {
                outcome.error = event.error().message;
                return outcome;
            }
            using Kind = http::FormEvent::Kind;
            if (event->kind == Kind::none) {
                require(bytes.empty());
                break;
            }
            if (event->kind == Kind::part_begin) {
                const http::FormPart& part = parser.part();
                outcome.parts.push_back(part.name + '\0' + part.file_name.value_or("\1") + '\0' +
                                        part.content_type + '\0');
            }
            data += event->data.size();
            require(event->data.empty() == (event->kind != Kind::data) && data <= given);
            if (event->kind == Kind::data) {
                outcome.parts.back().append(event->data);
            }
            outcome.ended = outcome.ended || event->kind == Kind::form_end;
        }
    }
    require(parser.finish().has_value() == outcome.ended);
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) {
        return 0;
    }
    const std::size_t piece = 1 + data[0] % 96U;
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    // In the corpus a file begins with its boundary, as forms do, and '-' makes pieces of 46.
    const auto end = std::min(body.find("\r\n"), body.size());
    const std::string type =
        "multipart/form-data; boundary=\"" +
        std::string(body.substr(std::min<std::size_t>(2, end), end > 2 ? end - 2 : 0)) + "\"";
    const auto boundary = http::form_boundary(type);
    if (!boundary) {
        return 0;
    }
    const Outcome whole = read(*boundary, body, body.size());
    require(read(*boundary, body, piece) == whole);
    require(read(*boundary, body, 1) == whole);
    return 0;
}
