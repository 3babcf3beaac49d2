// SPDX-License-Identifier: Apache-2.0
#include "objects/conditions.h"

#include "s3/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace slipway::objects {
namespace {

std::string_view without_quotes(std::string_view etag) {
    while (!etag.empty() && (etag.front() == ' ' || etag.front() == '\t')) {
        etag.remove_prefix(1);
    }
    while (!etag.empty() && (etag.back() == ' ' || etag.back() == '\t')) {
        etag.remove_suffix(1);
    }
    if (etag.starts_with("W/")) {
        etag.remove_prefix(2);
    }
    if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') {
        etag = etag.substr(1, etag.size() - 2);
    }
    return etag;
}

/// Whether `list`, ETags separated by commas or "*", names this one.
bool names(std::string_view list, std::string_view etag) {
    while (true) {
        const auto comma = list.find(',');
        const std::string_view one = without_quotes(list.substr(0, comma));
        if (one == "*" || one == etag) {
            return true;
        }
        if (comma == std::string_view::npos) {
            return false;
        }
        list.remove_prefix(comma + 1);
    }
}

/// HTTP dates have whole seconds, so an object of 12:00:00.7 is one of 12:00:00 to them.
bool modified_after(const ObjectInfo& object, Time time) {
    using std::chrono::floor;
    using std::chrono::seconds;
    return floor<seconds>(object.last_modified) > floor<seconds>(time);
}

}  // namespace

Result<> check_read(const Conditions& conditions, const ObjectInfo& object) {
    if (!conditions.if_match.empty()) {
        if (!names(conditions.if_match, object.etag)) {
            return s3::s3_fail("PreconditionFailed");
        }
    } else if (conditions.if_unmodified_since &&
               modified_after(object, *conditions.if_unmodified_since)) {
        return s3::s3_fail("PreconditionFailed");
    }
    if (!conditions.if_none_match.empty()) {
        if (names(conditions.if_none_match, object.etag)) {
            return s3::s3_fail("NotModified");
        }
    } else if (conditions.if_modified_since &&
               !modified_after(object, *conditions.if_modified_since)) {
        return s3::s3_fail("NotModified");
    }
    return {};
}

Result<> check_copy_source(const Conditions& conditions, const ObjectInfo& source) {
    if (!check_read(conditions, source)) {
        return s3::s3_fail("PreconditionFailed");
    }
    return {};
}

Result<> check_write(const Conditions& conditions, const std::string* current_etag) {
    if (!conditions.if_match.empty()) {
        if (current_etag == nullptr) {
            return s3::s3_fail("NoSuchKey");
        }
        if (!names(conditions.if_match, *current_etag)) {
            return s3::s3_fail("PreconditionFailed");
        }
    }
    if (!conditions.if_none_match.empty() && current_etag != nullptr &&
        names(conditions.if_none_match, *current_etag)) {
        return s3::s3_fail("PreconditionFailed");
    }
    return {};
}

Result<Slice> resolve_range(const std::optional<ByteRange>& range, std::uint64_t size) {
    const Slice whole{0, size, false};
    if (!range) {
        return whole;
    }
    if (range->suffix) {
        const std::uint64_t length = std::min(*range->suffix, size);
        if (length == 0) {
            return s3::s3_fail("InvalidRange");
        }
        return Slice{size - length, length, true};
    }
    const std::uint64_t first = range->first.value_or(0);
    if (range->last && *range->last < first) {
        return whole;
    }
    if (first >= size) {
        return s3::s3_fail("InvalidRange");
    }
    const std::uint64_t last = std::min(range->last.value_or(size - 1), size - 1);
    return Slice{first, last - first + 1, true};
}

Result<Slice> resolve_part_or_range(const GetRequest& request,
                                    std::uint64_t size,
                                    std::span<const PartInfo> parts) {
    if (request.part_number == 0) {
        return resolve_range(request.range, size);
    }
    if (parts.empty() && request.part_number == 1) {
        return Slice{0, size, size > 0};
    }
    std::uint64_t offset = 0;
    unsigned number = 0;
    for (const PartInfo& part : parts) {
        // Counted anew: an object made of parts 3 and 7 has parts 1 and 2.
        if (++number == request.part_number) {
            return Slice{offset, part.size, true};
        }
        offset += part.size;
    }
    return s3::s3_fail("InvalidPartNumber");
}

Result<Slice> resolve_copy_range(const std::optional<ByteRange>& range, std::uint64_t size) {
    if (!range) {
        return Slice{0, size, false};
    }
    const bool complete =
        !range->suffix && range->first && range->last && *range->first <= *range->last;
    if (!complete) {
        return s3::s3_fail("InvalidArgument",
                           "The x-amz-copy-source-range value must be of the form bytes=first-last "
                           "where first and last are the zero-based offsets of the first and last "
                           "bytes to copy.");
    }
    if (*range->last >= size) {
        return s3::s3_fail(
            "InvalidRange",
            fmt::format("Range specified is not valid for source object of size: {}", size));
    }
    return Slice{*range->first, *range->last - *range->first + 1, true};
}

}  // namespace slipway::objects
