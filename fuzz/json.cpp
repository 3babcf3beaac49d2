// SPDX-License-Identifier: Apache-2.0
// JSON documents: what is read is written again, and that must read as the same.
#include "codec/json.h"

#include "codec/utf8.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace slipway;

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

void write(codec::JsonWriter& out, codec::JsonView value) {
    if (value.is_object()) {
        out.begin_object();
        for (std::size_t i = 0; i < value.size(); ++i) {
            const auto [key, member] = value.member_at(i);
            require(static_cast<bool>(value.find(key)));
            out.key(key);
            write(out, member);
        }
        out.end_object();
    } else if (value.is_array()) {
        out.begin_array();
        for (const codec::JsonView element : value.elements()) {
            write(out, element);
        }
        out.end_array();
    } else if (const auto text = value.as_string()) {
        out.string(*text);
    } else if (const auto truth = value.as_boolean()) {
        out.boolean(*truth);
    } else if (const auto natural = value.as_uint64()) {
        out.number(*natural);
    } else if (const auto integer = value.as_int64()) {
        out.number(*integer);
    } else if (value.is_fractional()) {
        out.number(0.5);  // a fraction may lose its last digits on the way, so it is not compared
    } else {
        require(value.is_null());
        out.null();
    }
}

std::string written(codec::JsonView value) {
    std::string text;
    codec::JsonWriter out(text);
    write(out, value);
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    std::string quoted;
    codec::JsonWriter(quoted).string(bytes);
    require(codec::valid_utf8(quoted) && codec::parse_json(quoted).has_value());

    const auto document = codec::parse_json(bytes);
    if (!document) {
        require(codec::valid_utf8(document.error().message));
        return 0;
    }
    const std::string once = written(document->root());
    const auto again = codec::parse_json(once);
    require(again.has_value() && written(again->root()) == once);
    return 0;
}
