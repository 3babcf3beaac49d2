// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "s3/limits.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Tags of objects and buckets: the Tagging document, and the text of x-amz-tagging.
namespace slipway::s3 {

struct Tag {
    std::string key;
    std::string value;
    friend bool operator==(const Tag&, const Tag&) = default;
};

/// Of one object or bucket; keys are different.
using Tags = std::vector<Tag>;

/// Whether these may be the tags of something: at most `tags_max`, each key once, and of the
/// characters and lengths that S3 documents.
/// Errors: invalid_argument `InvalidTag`.
Result<> check_tags(const Tags& tags, std::size_t tags_max = object_tags_max);

/// Reads a Tagging document. Errors: invalid_argument `MalformedXML`; those of check_tags.
Result<Tags> parse_tagging(std::string_view body, std::size_t tags_max = object_tags_max);
std::string tagging_xml(const Tags& tags);

/// Reads x-amz-tagging: "team=a%20b&keep", as in a query.
/// Errors: invalid_argument `InvalidArgument` for a bad '%' or a key named twice; those of
/// check_tags.
Result<Tags> parse_tagging_text(std::string_view text, std::size_t tags_max = object_tags_max);
/// The same for the same tags, whatever their order was: by key, percent-encoded.
std::string tagging_text(Tags tags);

}  // namespace slipway::s3
