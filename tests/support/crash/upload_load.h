// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "s3/limits.h"
#include "support/crash/crash_client.h"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace slipway::test {

/// Uploads in parts that were begun, over all lives of a store, and what is known of them. Who
/// works on one takes it out meanwhile. Any thread.
class OpenUploads {
  public:
    struct Upload {
        objects::MultipartUpload upload;
        std::string label;
        /// Those that were acknowledged; nothing where another try had no good answer.
        std::map<unsigned, std::optional<objects::PartInfo>> parts;
        /// It was to be completed or aborted, and there was no good answer.
        bool may_be_gone = false;
    };

    std::optional<Upload> take(Dice& dice) {
        const std::lock_guard lock(mutex_);
        if (all_.empty()) {
            return std::nullopt;
        }
        std::swap(all_[dice.below(all_.size())], all_.back());
        Upload taken = std::move(all_.back());
        all_.pop_back();
        return taken;
    }
    void give(Upload upload) {
        const std::lock_guard lock(mutex_);
        all_.push_back(std::move(upload));
    }
    std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return all_.size();
    }

    /// Looks after a crash: each is there with every part that was acknowledged. Answers what is
    /// wrong; keeps those that are there, as they are.
    std::vector<std::string> look(store::LocalStore& store) {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> wrong;
        std::vector<Upload> there;
        for (Upload& each : all_) {
            const auto listed = run(store.list_parts({each.upload, 0, s3::parts_max}));
            if (!listed) {
                if (listed.error().code != "NoSuchUpload" || !each.may_be_gone) {
                    wrong.push_back("the upload of " + each.label + ": " + listed.error().message);
                }
                continue;
            }
            compare(each, listed->parts, wrong);
            there.push_back(std::move(each));
        }
        all_ = std::move(there);
        return wrong;
    }

  private:
    static void compare(Upload& known,
                        const std::vector<objects::PartInfo>& listed,
                        std::vector<std::string>& wrong) {
        std::map<unsigned, std::optional<objects::PartInfo>> parts;
        for (const objects::PartInfo& part : listed) {
            parts[part.number] = part;
        }
        for (const auto& [number, part] : known.parts) {
            if (part && parts[number] != part) {
                wrong.push_back(
                    fmt::format("part {} of {} is not what was acknowledged", number, known.label));
            }
            if (!parts[number]) {
                parts.erase(number);
            }
        }
        known.parts = std::move(parts);
        known.may_be_gone = false;
    }

    mutable std::mutex mutex_;
    std::vector<Upload> all_;
};

/// A client that uploads in parts.
class UploadLoad : private CrashClient {
  public:
    UploadLoad(CrashClientPlace place, OpenUploads& uploads, std::uint64_t seed)
        : CrashClient(std::move(place), seed), uploads_(uploads) {}

    void do_something() {
        auto upload = uploads_.size() < 4 ? std::nullopt : uploads_.take(dice_);
        if (!upload) {
            upload = dice_.happens(0.5) ? uploads_.take(dice_) : std::nullopt;
        }
        if (!upload) {
            begin();
            return;
        }
        const std::uint64_t what = dice_.below(10);
        if (what < 4) {
            put_part(*upload);
        } else if (what < 6) {
            copy_part(*upload);
        } else if (what < 9) {
            complete(*std::move(upload));
            return;
        } else {
            abort(*std::move(upload));
            return;
        }
        uploads_.give(*std::move(upload));
    }

  private:
    using Upload = OpenUploads::Upload;

    void begin() {
        const std::string label = next_label();
        objects::CreateMultipartRequest request;
        request.bucket = bucket;
        request.key = any_key();
        request.attributes = attributes(label);
        const auto begun = run(store_.create_multipart(request));
        if (begun) {
            uploads_.give({*begun, label, {}, false});
        }
    }

    /// Rarely large enough to have another one after it, as that takes long.
    std::size_t part_size() {
        return dice_.happens(0.03) ? s3::part_bytes_min + dice_.below(1000) : any_size();
    }

    void put_part(Upload& to) {
        objects::PutPartRequest request;
        request.upload = to.upload;
        request.number = static_cast<unsigned>(dice_.between(1, 3));
        auto body = body_of(bytes_for(next_label(), part_size()));
        note(to, request.number, run(store_.put_part(request, body)));
    }

    void copy_part(Upload& to) {
        objects::CopyPartRequest request;
        request.upload = to.upload;
        request.number = static_cast<unsigned>(dice_.between(1, 3));
        request.source_bucket = bucket;
        request.source_key = any_key();
        auto copied = run(store_.copy_part(request));
        if (copied) {
            note(to, request.number, Result<objects::PartInfo>(std::move(copied->part)));
        } else {
            note(to, request.number, fail(std::move(copied).error()));
        }
    }

    static void note(Upload& to, unsigned number, Result<objects::PartInfo> part) {
        if (part) {
            to.parts[number] = *std::move(part);
        } else if (!refused(part.error())) {
            to.parts[number].reset();
        }
    }

    void complete(Upload what) {
        objects::CompleteMultipartRequest request;
        request.upload = what.upload;
        for (const auto& [number, part] : what.parts) {
            if (part) {
                request.parts.push_back(*part);
            }
        }
        const std::size_t change = history_.begin(what.upload.key, what.label);
        const auto completed = run(store_.complete_multipart(request));
        tell(change, completed, completed ? completed->etag : std::string());
        end(std::move(what), completed);
    }

    void abort(Upload what) {
        const auto aborted = run(store_.abort_multipart(what.upload));
        end(std::move(what), aborted);
    }

    template <class Answer>
    void end(Upload what, const Answer& answer) {
        if (!answer) {
            what.may_be_gone = what.may_be_gone || !refused(answer.error());
            uploads_.give(std::move(what));
        }
    }

    OpenUploads& uploads_;
};

}  // namespace slipway::test
