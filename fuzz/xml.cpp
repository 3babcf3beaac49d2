// SPDX-License-Identifier: Apache-2.0
// The XML documents of S3 as a stranger or another store may write them.
#include "codec/xml.h"

#include "codec/utf8.h"
#include "s3/documents.h"
#include "s3/errors.h"

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

/// What was parsed must be written and parsed to the same.
template <class Parse, class Write>
void round_trip(std::string_view body, Parse parse, Write write) {
    if (const auto first = parse(body)) {
        const auto second = parse(write(*first));
        require(second.has_value() && *second == *first);
    }
}

void walk(const codec::XmlElement& element) {
    (void)element.text();
    for (const codec::XmlElement& child : element.children()) {
        walk(child);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    std::string escaped;
    codec::append_xml_escaped(escaped, bytes);
    require(codec::valid_utf8(escaped) && escaped.find('<') == std::string::npos);

    if (const auto document = codec::parse_xml(bytes)) {
        walk(document->root());
    }
    (void)s3::parse_error_xml(400, bytes);
    (void)s3::parse_list_objects(bytes);
    (void)s3::parse_list_buckets(bytes);
    (void)s3::parse_copy_object(bytes);
    (void)s3::parse_create_bucket(bytes);
    round_trip(bytes, s3::parse_delete_request, s3::delete_request_xml);
    round_trip(bytes, s3::parse_delete_result, s3::delete_result_xml);
    return 0;
}
