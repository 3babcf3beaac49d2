// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/running_checksum.h"
#include "support/crash/crash_client.h"
#include "support/crash/upload_load.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <unistd.h>
#include <utility>
#include <variant>

namespace slipway::test {

/// One client of a store: does this and that, as its dice say, one after the other, and tells the
/// history. Several may work on the same keys at once.
class CrashLoad : private CrashClient {
  public:
    using CrashClient::bucket;
    static constexpr const char* other_bucket = "comes-and-goes";
    /// An object of which only the tags change.
    static constexpr const char* tagged_key = "tagged";
    /// As which the history knows the tags of the bucket.
    static constexpr const char* settings = "settings";

    CrashLoad(const CrashClientPlace& place, OpenUploads& uploads, std::uint64_t seed)
        : CrashClient(place, seed),
          uploads_({place.store, place.disk, place.history, place.name + "u"}, uploads, ~seed) {}

    void do_something() {
        const std::uint64_t what = dice_.below(100);
        if (what < 30) {
            put();
        } else if (what < 42) {
            remove();
        } else if (what < 55) {
            copy();
        } else if (what < 68) {
            look();
        } else if (what < 90) {
            uploads_.do_something();
        } else if (what < 93) {
            make_or_remove_bucket();
        } else if (what < 95) {
            change_tags();
        } else if (what < 97) {
            change_settings();
        } else {
            static_cast<void>(store_.clean());
        }
    }

    /// What is under a key now. `wrong`: why that cannot be.
    static Result<State> find(store::LocalStore& store,
                              const std::string& key,
                              std::string& wrong) {
        objects::GetRequest request;
        request.bucket = bucket;
        request.key = key;
        auto got = run(store.get(request));
        if (!got) {
            if (got.error().code == "NoSuchKey") {
                return State();
            }
            return fail(got.error());
        }
        const objects::ObjectInfo& info = got->info;
        SLIPWAY_TRY(bytes, bytes_of(*got));
        const bool in_parts = info.etag.find('-') != std::string::npos;
        if (bytes.size() != info.size || (!in_parts && etag_of(bytes) != info.etag)) {
            wrong = fmt::format("{} is not whole: {} of {} bytes", key, bytes.size(), info.size);
        } else if (!info.checksum ||
                   objects::checksum_of(info.checksum->algorithm, bytes) != *info.checksum) {
            wrong = key + " has not the checksum of its bytes";
        } else if (info.attributes.user_metadata.size() != 1 ||
                   info.attributes.user_metadata[0].value != info.attributes.content_type) {
            wrong = key + " has lost attributes";
        }
        return State(Found{info.attributes.content_type, info.etag});
    }

    /// The tags of tagged_key, and those of the bucket.
    static State find_tags(store::LocalStore& store) {
        objects::GetRequest request;
        request.bucket = bucket;
        request.key = tagged_key;
        const auto info = run(store.head(request));
        return info && !info->attributes.tagging.empty()
                   ? State(Found{info->attributes.tagging, {}})
                   : State();
    }
    static State find_settings(const store::LocalStore& store) {
        const auto all = store.bucket_settings(bucket);
        if (!all || !(*all)->contains(objects::BucketSetting::tagging)) {
            return State();
        }
        return State(Found{(*all)->at(objects::BucketSetting::tagging), {}});
    }

  private:
    static Result<std::string> bytes_of(objects::GetResult& got) {
        if (auto* text = std::get_if<std::string>(&got.body)) {
            return std::move(*text);
        }
        if (auto* reader = std::get_if<std::unique_ptr<BodyReader>>(&got.body)) {
            return run(read_all(**reader, static_cast<std::size_t>(got.length)));
        }
        const auto& slice = std::get<FileSlice>(got.body);
        std::string bytes(static_cast<std::size_t>(slice.size), '\0');
        const ssize_t read =
            ::pread(slice.file->fd(), bytes.data(), bytes.size(), static_cast<off_t>(slice.offset));
        bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(read, 0)));
        return bytes;
    }

    void put() {
        const std::string label = next_label();
        objects::PutRequest request;
        request.bucket = bucket;
        request.key = any_key();
        request.attributes = attributes(label);
        request.conditions.if_none_match = dice_.happens(0.1) ? "*" : "";
        std::string bytes = bytes_for(label, any_size());
        const std::size_t change = history_.begin(request.key, label);
        history_.expect(change, etag_of(bytes));
        auto body = body_of(std::move(bytes));
        tell(change, run(store_.put(request, body)));
    }

    void remove() {
        const std::string key = any_key();
        objects::Conditions conditions;
        conditions.if_match = "*";
        const std::size_t change = history_.begin(key, {});
        tell(change, dice_.happens(0.3) ? run(store_.remove_if(bucket, key, conditions))
                                        : run(store_.remove(bucket, key)));
    }

    void copy() {
        const std::string label = next_label();
        objects::CopyRequest request;
        request.source_bucket = request.bucket = bucket;
        request.source_key = any_key();
        request.key = any_key();
        request.attributes = attributes(label);
        const std::size_t change = history_.begin(request.key, label);
        const auto copied = run(store_.copy(request));
        tell(change, copied, copied ? copied->etag : std::string());
    }

    void look() {
        const std::string key = any_key();
        const std::uint64_t looked = history_.now();
        std::string wrong;
        const auto found = find(store_, key, wrong);
        if (!found && !disk_.dead() && !disk_.tripped()) {
            wrong = key + " cannot be read: " + found.error().message;
        } else if (found && wrong.empty()) {
            wrong = history_.check(key, *found, looked);
        }
        if (!wrong.empty()) {
            history_.complain("while it ran: " + wrong);
        }
    }

    void make_or_remove_bucket() {
        const bool make = dice_.happens(0.5);
        const std::size_t change = history_.begin(other_bucket, make ? other_bucket : "");
        const auto answer = make ? run(store_.create_bucket(other_bucket))
                                 : run(store_.remove_bucket(other_bucket));
        tell(change, answer);
    }

    void change_tags() {
        const std::string label = next_label();
        objects::ObjectChange tags;
        tags.tagging = label;
        const std::size_t change = history_.begin(tagged_key, label);
        tell(change, run(store_.change_object(bucket, tagged_key, tags)));
    }

    void change_settings() {
        const bool unset = dice_.happens(0.2);
        const std::string label = unset ? std::string() : next_label();
        const std::size_t change = history_.begin(settings, label);
        auto value = unset ? std::nullopt : std::optional(label);
        tell(change,
             run(store_.change_bucket(bucket, objects::BucketSetting::tagging, std::move(value))));
    }

    UploadLoad uploads_;
};

}  // namespace slipway::test
