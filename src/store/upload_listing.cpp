// SPDX-License-Identifier: Apache-2.0
#include "store/upload_listing.h"

#include "store/key_groups.h"

#include <limits>
#include <string>
#include <utility>

namespace slipway::store {
namespace {

using objects::ListMultipartUploadsRequest;
using objects::ListMultipartUploadsResult;

/// What comes before the first upload that may be on the page: a key, and a row of that key.
struct Start {
    std::string key;
    std::int64_t row = 0;
};

Start start_of(const ListMultipartUploadsRequest& request) {
    if (request.key_marker.empty() || request.key_marker < request.prefix) {
        return Start{request.prefix, 0};
    }
    const auto group = group_of(request.key_marker, request.prefix, request.delimiter);
    if (!group.empty()) {
        return Start{end_of(group), 0};
    }
    const auto id = parse_upload_id(request.upload_id_marker);
    return Start{request.key_marker, id ? id->row : std::numeric_limits<std::int64_t>::max()};
}

objects::ListedMultipartUpload listed(const UploadRow& row, const std::string& bucket) {
    objects::ListedMultipartUpload upload;
    upload.upload = row.info.upload;
    upload.upload.bucket = bucket;
    upload.initiated = row.info.initiated;
    upload.storage_class = row.info.attributes.storage_class;
    upload.checksum_algorithm = row.info.checksum_algorithm;
    upload.composite = row.info.composite;
    return upload;
}

}  // namespace

Result<ListMultipartUploadsResult> list_uploads(IndexReader& reader,
                                                std::int64_t bucket,
                                                const ListMultipartUploadsRequest& request) {
    ListMultipartUploadsResult page;
    if (request.uploads_max == 0) {
        return page;
    }
    const std::string end = end_of(request.prefix);
    Start from = start_of(request);
    bool more = true;
    const auto visit = [&](const UploadRow& row) {
        if (page.uploads.size() + page.common_prefixes.size() == request.uploads_max) {
            page.truncated = true;
            return false;
        }
        const std::string& key = row.info.upload.key;
        const auto group = group_of(key, request.prefix, request.delimiter);
        if (group.empty()) {
            page.uploads.push_back(listed(row, request.bucket));
            page.next_key_marker = key;
            page.next_upload_id_marker = row.info.upload.upload_id;
            return true;
        }
        page.common_prefixes.emplace_back(group);
        page.next_key_marker = group;
        page.next_upload_id_marker.clear();
        from = Start{end_of(group), 0};
        more = true;  // goes on behind the group
        return false;
    };
    while (more && from.key < end) {
        more = false;
        const Start begin = from;
        SLIPWAY_CHECK(reader.uploads().scan(bucket, begin.key, begin.row, end, visit));
    }
    if (!page.truncated) {
        page.next_key_marker.clear();
        page.next_upload_id_marker.clear();
    }
    return page;
}

}  // namespace slipway::store
