// SPDX-License-Identifier: Apache-2.0
#include "store/lifecycle.h"

#include "base/limits.h"
#include "base/log.h"
#include "store/upload_listing.h"
#include "task/block_on.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace slipway::store {
namespace {

using Rules = std::vector<s3::LifecycleRule>;

/// No key is above it.
constexpr const char* end_of_keys = "\xff";

bool any_expires(const Rules& rules) {
    return std::ranges::any_of(rules, [](const s3::LifecycleRule& rule) {
        return rule.enabled && (rule.expiration_days || rule.expiration_date);
    });
}

bool asks_for_tags(const Rules& rules) {
    return std::ranges::any_of(
        rules, [](const s3::LifecycleRule& rule) { return !rule.filter.tags.empty(); });
}

bool aborts(const Rules& rules) {
    return std::ranges::any_of(rules, [](const s3::LifecycleRule& rule) {
        return rule.enabled && rule.abort_incomplete_days;
    });
}

bool is_due(const Rules& rules,
            const s3::LifecycleObject& object,
            Time now,
            std::chrono::milliseconds day) {
    const auto expiry = s3::expiry_of(rules, object, day);
    return expiry && expiry->time <= now;
}

bool abort_is_due(const Rules& rules,
                  const objects::ListedMultipartUpload& upload,
                  Time now,
                  std::chrono::milliseconds day) {
    return std::ranges::any_of(rules, [&](const s3::LifecycleRule& rule) {
        return rule.enabled && rule.abort_incomplete_days &&
               upload.upload.key.starts_with(rule.filter.prefix) &&
               s3::lifecycle_due(upload.initiated, *rule.abort_incomplete_days, day) <= now;
    });
}

/// One batch of a bucket's objects in order of key; `next` is the key after them, empty: no more.
struct Batch {
    std::vector<objects::ObjectInfo> objects;
    std::string next;
};
Result<Batch> read_batch(IndexReader& reader, std::int64_t bucket, const std::string& from) {
    Batch batch;
    const auto visit = [&](std::string_view key) {
        if (batch.objects.size() == limits::lifecycle_batch_max) {
            batch.next = key;
            return false;
        }
        batch.objects.push_back(reader.scanned());
        return true;
    };
    SLIPWAY_CHECK(reader.scan(bucket, from, end_of_keys, visit));
    return batch;
}

}  // namespace

Result<LifecycleReport> Lifecycle::apply(const std::function<bool()>& stopping) {
    LifecycleReport report;
    for (const objects::BucketInfo& known : storage_.index.buckets()) {
        const auto settings = storage_.index.settings(known.name);
        const auto found = storage_.index.find_bucket(known.name);
        if (!settings || !found || !(*settings)->contains(objects::BucketSetting::lifecycle)) {
            continue;
        }
        const auto rules = s3::parse_lifecycle((*settings)->at(objects::BucketSetting::lifecycle));
        if (!rules) {
            log::warn("the lifecycle rules of bucket {} cannot be read: {}", known.name,
                      rules.error().message);
            continue;
        }
        const Bucket bucket{known.name, found->id};
        std::string from;
        bool more = any_expires(*rules);
        while (more && !stopping()) {
            SLIPWAY_CHECK(expire_batch(bucket, *rules, from, report));
            more = !from.empty();
        }
        objects::ListMultipartUploadsRequest page;
        page.bucket = known.name;
        page.uploads_max = limits::lifecycle_batch_max;
        more = aborts(*rules);
        while (more && !stopping()) {
            SLIPWAY_CHECK(abort_batch(bucket, *rules, page, more, report));
        }
    }
    return report;
}

Result<> Lifecycle::expire_batch(const Bucket& bucket,
                                 const Rules& rules,
                                 std::string& from,
                                 LifecycleReport& report) {
    const bool tags = asks_for_tags(rules);
    const Time now = storage_.clock.now();
    ExpireObjects expiry;
    const auto read = [&](IndexReader& reader) -> Result<> {
        SLIPWAY_TRY(batch, read_batch(reader, bucket.id, from));
        for (const objects::ObjectInfo& object : batch.objects) {
            s3::LifecycleObject looked{object.key, object.size, object.last_modified, {}};
            std::optional<ObjectRow> row;
            if (tags) {
                SLIPWAY_TRY(found, reader.find(bucket.id, object.key, IndexReader::Data::leave));
                row = std::move(found);
                looked.tagging = row ? row->info.attributes.tagging : std::string_view();
            }
            if (is_due(rules, looked, now, day_)) {
                expiry.objects.push_back({object.key, object.last_modified});
            }
        }
        from = std::move(batch.next);
        return {};
    };
    SLIPWAY_CHECK(storage_.index.read(read));
    if (expiry.objects.empty()) {
        return {};
    }
    report.objects_expired += expiry.objects.size();
    expiry.bucket = bucket.name;
    auto change = std::make_unique<IndexChange>();
    change->what = std::move(expiry);
    return commit_now(std::move(change));
}

Result<> Lifecycle::abort_batch(const Bucket& bucket,
                                const Rules& rules,
                                objects::ListMultipartUploadsRequest& page,
                                bool& more,
                                LifecycleReport& report) {
    const auto list = [&](IndexReader& reader) { return list_uploads(reader, bucket.id, page); };
    SLIPWAY_TRY(listed, storage_.index.read(list));
    const Time now = storage_.clock.now();
    for (const objects::ListedMultipartUpload& upload : listed.uploads) {
        if (abort_is_due(rules, upload, now, day_)) {
            auto change = std::make_unique<IndexChange>();
            change->what = AbortUpload{upload.upload};
            SLIPWAY_CHECK(commit_now(std::move(change)));
            ++report.uploads_aborted;
        }
    }
    more = listed.truncated;
    page.key_marker = std::move(listed.next_key_marker);
    page.upload_id_marker = std::move(listed.next_upload_id_marker);
    return {};
}

Result<> Lifecycle::commit_now(std::unique_ptr<IndexChange> change) {
    const auto done = block_on(storage_.index.submit(std::move(change)));
    hand_over_garbage(storage_, *done);
    return std::move(done->outcome);
}

}  // namespace slipway::store
