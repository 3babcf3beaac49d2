// SPDX-License-Identifier: Apache-2.0
#include "gateway/listing.h"

#include "codec/base64.h"
#include "s3/errors.h"

#include <utility>

namespace slipway::gateway {
namespace {

constexpr std::string_view token_mark = "1:";

}  // namespace

std::vector<s3::ListedObject> listed_objects(std::vector<objects::ObjectInfo> objects) {
    std::vector<s3::ListedObject> listed;
    listed.reserve(objects.size());
    for (objects::ObjectInfo& object : objects) {
        s3::ListedObject entry;
        entry.key = std::move(object.key);
        entry.last_modified = object.last_modified;
        entry.etag = std::move(object.etag);
        entry.size = object.size;
        entry.storage_class = std::move(object.attributes.storage_class);
        if (object.checksum) {
            entry.checksum_algorithm = objects::to_string(object.checksum->algorithm);
            entry.checksum_type = checksum_type(objects::is_composite(*object.checksum));
        }
        listed.push_back(std::move(entry));
    }
    return listed;
}

std::vector<s3::ListedPart> listed_parts(std::vector<objects::PartInfo> parts) {
    std::vector<s3::ListedPart> listed;
    listed.reserve(parts.size());
    for (objects::PartInfo& part : parts) {
        s3::ListedPart entry;
        entry.number = part.number;
        entry.etag = std::move(part.etag);
        entry.size = part.size;
        entry.last_modified = part.last_modified;
        if (part.checksum) {
            entry.checksum_algorithm = objects::to_string(part.checksum->algorithm);
            entry.checksum_value = std::move(part.checksum->value);
        }
        listed.push_back(std::move(entry));
    }
    return listed;
}

std::string_view checksum_type(bool composite) {
    return composite ? "COMPOSITE" : "FULL_OBJECT";
}

std::string continuation_token(std::string_view last_name) {
    return codec::base64_encode(std::string(token_mark).append(last_name));
}

Result<std::string> read_continuation_token(std::string_view token) {
    auto text = codec::base64_decode(token);
    if (!text || !text->starts_with(token_mark)) {
        return s3::s3_fail("InvalidArgument", "The continuation token provided is incorrect");
    }
    return text->substr(token_mark.size());
}

}  // namespace slipway::gateway
