// SPDX-License-Identifier: Apache-2.0
#include "store/listing.h"

#include "store/key_groups.h"

#include <string>
#include <string_view>
#include <utility>

namespace slipway::store {
namespace {

using objects::ListRequest;

/// The first name that may be on the page.
std::string first_name(const ListRequest& request) {
    if (request.start_after.empty() || request.start_after < request.prefix) {
        return request.prefix;
    }
    const std::string_view group = group_of(request.start_after, request.prefix, request.delimiter);
    return group.empty() ? request.start_after + '\0' : end_of(group);
}

}  // namespace

Result<Listing> list_objects(IndexReader& reader, std::int64_t bucket, const ListRequest& request) {
    Listing listing;
    objects::ListResult& page = listing.page;
    if (request.keys_max == 0) {
        return listing;
    }
    const std::string end = end_of(request.prefix);
    std::string from = first_name(request);
    bool more = true;
    const auto visit = [&](std::string_view key) {
        ++listing.visited;
        if (page.objects.size() + page.common_prefixes.size() == request.keys_max) {
            page.truncated = true;
            return false;
        }
        const std::string_view group = group_of(key, request.prefix, request.delimiter);
        if (group.empty()) {
            page.objects.push_back(reader.scanned());
            page.next_start_after = key;
            return true;
        }
        page.common_prefixes.emplace_back(group);
        page.next_start_after = group;
        from = end_of(group);
        more = true;  // goes on behind the group
        return false;
    };
    while (more && from < end) {
        more = false;
        SLIPWAY_CHECK(reader.scan(bucket, from, end, visit));
    }
    if (!page.truncated) {
        page.next_start_after.clear();
    }
    return listing;
}

}  // namespace slipway::store
