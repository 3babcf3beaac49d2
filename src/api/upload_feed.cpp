// SPDX-License-Identifier: Apache-2.0
#include "api/upload_feed.h"

#include "api/object_sources.h"
#include "api/s3_state.h"
#include "engine/file_list.h"
#include "engine/outcome.h"
#include "engine/presence.h"
#include "engine/walk.h"
#include "task/for_each.h"

#include <utility>

namespace slipway::api {
namespace {

engine::FileReport report_of(const engine::PassedOver& what) {
    engine::FileReport report;
    report.path = what.path;
    report.end = engine::FileEnd::failed;
    report.error = what.error;
    return report;
}

engine::DiskFeedOptions feed_options(const UploadRequest& request, const UploadFeed::Told& told) {
    engine::DiskFeedOptions options;
    options.attributes = to_attributes(request.headers);
    if (request.if_absent) {
        options.conditions.if_none_match = std::string("*");
    }
    options.passed_over = [left_out = told.left_out](const engine::PassedOver& what) {
        const bool special = what.error.kind == ErrorKind::unsupported;
        left_out(report_of(what), !special);
    };
    return options;
}

}  // namespace

Result<std::unique_ptr<UploadFeed>> UploadFeed::open(const UploadRequest& request,
                                                     Threads threads,
                                                     Target target,
                                                     Told told) {
    SLIPWAY_TRY(filter, make_filter(request.rules));
    std::unique_ptr<UploadFeed> feed(new UploadFeed(request, std::move(target), std::move(told)));
    decltype(engine::FileListOptions::paths_of) paths_of;  // of what comes before the list
    if (!request.sources.empty() && request.sources.front() != "-") {
        engine::WalkOptions walk;
        walk.roots = request.sources;
        walk.prefix = request.target.key;
        walk.symlinks = request.follow_symlinks ? engine::Symlinks::follow : engine::Symlinks::skip;
        walk.filter = filter;
        walk.files = feed_options(request, feed->told_);
        auto roots = std::make_unique<engine::TreeWalk>(std::move(walk), threads.disk);
        paths_of = [walked = roots.get()](std::string_view key) { return walked->paths_of(key); };
        feed->feeds_.push_back(std::move(roots));
    }
    if (!request.from_file.empty()) {
        engine::FileListOptions list;
        list.prefix = request.target.key;
        list.filter = std::move(filter);
        list.paths_of = std::move(paths_of);
        list.files = feed_options(request, feed->told_);
        SLIPWAY_TRY(opened,
                    engine::FileList::open(request.from_file, std::move(list), threads.disk));
        feed->feeds_.push_back(std::move(opened));
    }
    if (request.next_item) {
        feed->items_ = std::make_unique<ItemFeed>(request, *threads.callbacks, threads.disk);
    }
    return feed;
}

UploadFeed::UploadFeed(const UploadRequest& request, Target target, Told told)
    : dry_run_(request.dry_run),
      if_absent_(request.if_absent),
      if_changed_(request.if_changed || request.resume),
      looks_(if_absent_ || if_changed_),
      target_(std::move(target)),
      told_(std::move(told)) {
}

Task<std::optional<engine::NewFile>> UploadFeed::next() {
    while (true) {
        if (looks_ && wanted_.empty()) {
            co_await look_ahead();
        }
        std::optional<engine::NewFile> file;
        if (!wanted_.empty()) {
            file = std::move(wanted_.front());
            wanted_.pop_front();
        } else if (feed_failure_) {
            co_return fail(*feed_failure_);
        } else if (!looks_) {
            SLIPWAY_CO_TRY(found, co_await find());
            file = std::move(found);
        }
        if (!file) {
            ended_ = true;
            co_return std::nullopt;
        }
        if (!dry_run_) {
            co_return std::move(file);
        }
        told_.would_send(report_of(*file));
    }
}

Task<std::optional<engine::NewFile>> UploadFeed::find() {
    while (current_ < feeds_.size()) {
        SLIPWAY_CO_TRY(file, co_await feeds_[current_]->next());
        if (file) {
            told_.found(file->source->size());
            co_return std::move(file);
        }
        ++current_;
    }
    if (!items_) {
        co_return std::nullopt;
    }
    co_return co_await find_item();
}

/// The next one that is no stream: those begin here.
Task<std::optional<engine::NewFile>> UploadFeed::find_item() {
    while (true) {
        SLIPWAY_CO_TRY(item, co_await items_->next());
        if (!item) {
            co_return std::nullopt;
        }
        if (auto* file = std::get_if<engine::NewFile>(&*item)) {
            told_.found(file->source->size());
            co_return std::move(*file);
        }
        if (auto* stream = std::get_if<NewStream>(&*item)) {
            co_await take(std::move(*stream));
        } else {
            told_.left_out(std::get<engine::FileReport>(*item), true);
        }
    }
}

Async<void> UploadFeed::take(NewStream stream) {
    if (dry_run_) {
        engine::FileReport report;
        report.key = stream.key;
        told_.would_send(report);
    } else {
        co_await target_.streams.add(std::move(stream));
    }
}

/// Whether find() answers without waiting for the program.
bool UploadFeed::ready() const {
    return current_ < feeds_.size() || !items_ || items_->ready();
}

/// Compares many files with the store at once until some are to be sent, or there are no more.
Async<void> UploadFeed::look_ahead() {
    bool more = !feed_failure_;
    while (wanted_.empty() && more) {
        std::vector<engine::NewFile> files;
        while (files.size() < limits::feed_batch_entries && more && (files.empty() || ready())) {
            auto found = co_await find();
            if (!found) {
                feed_failure_ = found.error();  // told when those before it have had their turn
            }
            more = found && *found;
            if (more) {
                files.push_back(**std::move(found));
            }
        }
        std::vector<Result<bool>> present(files.size(), false);
        auto work = [this, &files, &present](std::size_t i) {
            return compare(files[i], present[i]);
        };
        co_await for_each(files.size(), limits::feed_compares_max, std::move(work));
        for (std::size_t i = 0; i < files.size(); ++i) {
            if (!present[i]) {
                engine::FileReport report = report_of(files[i]);
                report.end = engine::FileEnd::failed;
                report.error = present[i].error();
                told_.left_out(report, true);
            } else if (*present[i]) {
                told_.present(report_of(files[i]));
            } else {
                wanted_.push_back(std::move(files[i]));
            }
        }
    }
}

Async<void> UploadFeed::compare(engine::NewFile& file, Result<bool>& present) {
    if (if_changed_) {
        present = co_await engine::is_present(target_.store, target_.bucket, file, target_.pool);
    }
    // The condition of the write decides. But it does so after the bytes have come, and of what is
    // more than a few a look before costs less.
    const bool worth_a_look = dry_run_ || file.source->size() > limits::chunk_bytes;
    if (if_absent_ && worth_a_look && present && !*present) {
        present = co_await engine::is_taken(target_.store, target_.bucket, file.key);
    }
}

void UploadFeed::stop() {
    for (const auto& feed : feeds_) {
        feed->stop();
    }
    if (items_) {
        items_->stop();
    }
}

Async<void> UploadFeed::finish() {
    if (items_) {
        co_await items_->finish();
    }
}

}  // namespace slipway::api
