// SPDX-License-Identifier: Apache-2.0
#include "s3/bucket_documents.h"

#include "codec/xml.h"
#include "s3/document_parts.h"
#include "s3/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace slipway::s3 {
namespace {

struct BlockElement {
    std::string_view name;
    bool PublicAccessBlock::*field;
};

constexpr std::array<BlockElement, 4> block_elements{{
    {"BlockPublicAcls", &PublicAccessBlock::block_public_acls},
    {"IgnorePublicAcls", &PublicAccessBlock::ignore_public_acls},
    {"BlockPublicPolicy", &PublicAccessBlock::block_public_policy},
    {"RestrictPublicBuckets", &PublicAccessBlock::restrict_public_buckets},
}};

constexpr std::array<std::string_view, 3> ownerships = {bucket_owner_enforced,
                                                        "BucketOwnerPreferred", "ObjectWriter"};

/// XML Schema's truth values, and as the SDKs of some languages write them.
Result<bool> truth_of(const codec::XmlElement& element) {
    const std::string text = element.text();
    if (text == "true" || text == "TRUE" || text == "True" || text == "1") {
        return true;
    }
    if (text == "false" || text == "FALSE" || text == "False" || text == "0") {
        return false;
    }
    return s3_fail("MalformedXML",
                   fmt::format("{} is true or false, and not \"{}\"", element.name(), text));
}

}  // namespace

Result<PublicAccessBlock> parse_public_access_block(std::string_view body) {
    SLIPWAY_TRY(document, parse_rooted(body, "PublicAccessBlockConfiguration"));
    PublicAccessBlock block;
    for (const BlockElement& element : block_elements) {
        if (const auto child = document.root().child(element.name)) {
            SLIPWAY_TRY(truth, truth_of(child));
            block.*element.field = truth;
        }
    }
    return block;
}

std::string public_access_block_xml(const PublicAccessBlock& block) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("PublicAccessBlockConfiguration", xmlns);
    for (const BlockElement& element : block_elements) {
        xml.boolean(element.name, block.*element.field);
    }
    xml.close("PublicAccessBlockConfiguration");
    return out;
}

bool is_object_ownership(std::string_view word) {
    return std::ranges::find(ownerships, word) != ownerships.end();
}

Result<std::string> parse_ownership_controls(std::string_view body) {
    SLIPWAY_TRY(document, parse_rooted(body, "OwnershipControls"));
    const auto rules = document.root().children("Rule");
    if (rules.size() != 1) {
        return s3_fail("MalformedXML", "OwnershipControls have exactly one Rule.");
    }
    std::string ownership = rules.front().child_text("ObjectOwnership");
    if (!is_object_ownership(ownership)) {
        return s3_fail("MalformedXML",
                       fmt::format("\"{}\" is no object ownership that S3 knows.", ownership));
    }
    return ownership;
}

std::string ownership_controls_xml(std::string_view ownership) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("OwnershipControls", xmlns);
    xml.open("Rule");
    xml.element("ObjectOwnership", ownership);
    xml.close("Rule");
    xml.close("OwnershipControls");
    return out;
}

}  // namespace slipway::s3
