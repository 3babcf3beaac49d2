// SPDX-License-Identifier: Apache-2.0
#include "engine/left_uploads.h"

#include "base/limits.h"
#include "objects/retry.h"

#include <utility>

namespace slipway::engine {
namespace {

Task<> abort_unanswered(objects::ObjectStore& store,
                        const std::string& bucket,
                        const LeftUpload& left) {
    SLIPWAY_CO_TRY(uploads, co_await uploads_of_key(store, bucket, left.key));
    const BegunWithin time{left.asked_at - limits::engine_stray_slack,
                           left.asked_at + limits::journal_unanswered_time};
    co_return co_await abort_begun(store, uploads, time);
}

Task<> abort_left(objects::ObjectStore& store, const std::string& bucket, const LeftUpload& left) {
    if (left.upload_id.empty()) {
        co_return co_await abort_unanswered(store, bucket, left);
    }
    const objects::MultipartUpload upload{bucket, left.key, left.upload_id};
    co_return co_await abort_upload(store, upload);
}

}  // namespace

Task<> abort_upload(objects::ObjectStore& store, const objects::MultipartUpload& upload) {
    auto outcome = co_await store.abort_multipart(upload);
    if (!outcome && outcome.error().kind == ErrorKind::not_found) {
        co_return Result<>();
    }
    co_return outcome;
}

Task<std::vector<objects::ListedMultipartUpload>> uploads_of_key(objects::ObjectStore& store,
                                                                 const std::string& bucket,
                                                                 const std::string& key) {
    objects::ListMultipartUploadsRequest request;
    request.bucket = bucket;
    request.prefix = key;
    std::vector<objects::ListedMultipartUpload> uploads;
    while (true) {
        SLIPWAY_CO_TRY(page, co_await store.list_multipart_uploads(request));
        for (auto& listed : page.uploads) {
            if (listed.upload.key != key) {
                co_return uploads;  // by key: this one comes first of those with its prefix
            }
            uploads.push_back(std::move(listed));
        }
        if (!page.truncated) {
            co_return uploads;
        }
        request.key_marker = std::move(page.next_key_marker);
        request.upload_id_marker = std::move(page.next_upload_id_marker);
    }
}

Task<> abort_begun(objects::ObjectStore& store,
                   const std::vector<objects::ListedMultipartUpload>& uploads,
                   BegunWithin time,
                   std::string spared_id) {
    for (const objects::ListedMultipartUpload& listed : uploads) {
        const bool in_time = listed.initiated >= time.earliest && listed.initiated <= time.latest;
        if (in_time && listed.upload.upload_id != spared_id) {
            SLIPWAY_CO_CHECK(co_await abort_upload(store, listed.upload));
        }
    }
    co_return Result<>();
}

Task<std::map<unsigned, objects::PartInfo>> parts_of(objects::ObjectStore& store,
                                                     const objects::MultipartUpload& upload) {
    objects::ListPartsRequest request;
    request.upload = upload;
    std::map<unsigned, objects::PartInfo> parts;
    while (true) {
        SLIPWAY_CO_TRY(page, co_await store.list_parts(request));
        for (auto& part : page.parts) {
            const unsigned number = part.number;
            parts[number] = std::move(part);
        }
        if (!page.truncated) {
            co_return parts;
        }
        request.number_marker = page.next_number_marker;
    }
}

Task<> abort_given_up(objects::ObjectStore& store,
                      const std::string& bucket,
                      UploadJournal& journal) {
    Result<> first_failure;
    for (const LeftUpload& left : journal.given_up()) {
        const auto aborted = co_await abort_left(store, bucket, left);
        if (aborted) {
            journal.aborted(left);
            continue;
        }
        if (first_failure) {
            first_failure = aborted;
        }
        if (objects::is_temporary(aborted.error())) {
            break;  // the others would fare no better now
        }
    }
    co_return first_failure;
}

}  // namespace slipway::engine
