// SPDX-License-Identifier: Apache-2.0
// The bodies that the gateway reads about objects, and the text of x-amz-tagging: whatever a
// stranger writes is refused, or read as what it is read as again once it was written anew.
#include "s3/object_documents.h"

#include "s3/multipart_documents.h"
#include "s3/tagging.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace slipway;

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

void complete(std::string_view body) {
    auto parts = s3::parse_complete_multipart_request(body);
    if (!parts) {
        return;
    }
    require(!parts->empty() && parts->size() <= s3::parts_max);
    for (s3::ListedPart& part : *parts) {
        require(part.number <= s3::parts_max);
        part.size = 0;  // of ListParts, and not written
        part.last_modified = {};
    }
    const auto again =
        s3::parse_complete_multipart_request(s3::complete_multipart_request_xml(*parts));
    require(again && *again == *parts);
}

void tags(std::string_view bytes) {
    if (const auto set = s3::parse_tagging(bytes)) {
        require(set->size() <= s3::object_tags_max);
        const auto again = s3::parse_tagging(s3::tagging_xml(*set));
        require(again && *again == *set);
    }
    if (auto set = s3::parse_tagging_text(bytes)) {
        const auto again = s3::parse_tagging_text(s3::tagging_text(*set));
        std::ranges::sort(*set, {}, &s3::Tag::key);
        require(again && *again == *set);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    complete(bytes);
    tags(bytes);
    if (const auto wanted = s3::parse_restore_request(bytes)) {
        require(wanted->days >= 1 && wanted->days <= s3::restore_days_max);
    }
    if (const auto status = s3::parse_versioning(bytes)) {
        require(*status == "Enabled" || *status == "Suspended");
    }
    (void)s3::parse_list_parts(bytes);
    (void)s3::parse_list_multipart_uploads(bytes);
    (void)s3::parse_complete_multipart(bytes);
    return 0;
}
