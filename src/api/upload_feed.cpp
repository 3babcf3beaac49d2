// SPDX-License-Identifier: Apache-2.0
#include "api/upload_feed.h"

#include "api/s3_state.h"
#include "engine/file_list.h"
#include "engine/walk.h"

#include <utility>

namespace slipway::api {
namespace {

Result<engine::PathFilter> make_filter(const UploadRequest& request) {
    std::vector<engine::PathRule> rules;
    for (const PathRule& rule : request.rules) {
        rules.push_back({rule.include, rule.pattern});
    }
    return engine::PathFilter::of(rules);
}

engine::DiskFeedOptions feed_options(const UploadRequest& request, const UploadFeed::Told& told) {
    engine::DiskFeedOptions options;
    options.attributes = to_attributes(request.headers);
    if (request.if_absent) {
        options.conditions.if_none_match = "*";
    }
    options.passed_over = [left_out = told.left_out](const engine::PassedOver& what) {
        const bool special = what.error.kind == ErrorKind::unsupported;
        left_out(what, !special);
    };
    return options;
}

}  // namespace

Result<std::unique_ptr<UploadFeed>> UploadFeed::open(const UploadRequest& request,
                                                     DiskThreads& disk,
                                                     Told told) {
    SLIPWAY_TRY(filter, make_filter(request));
    std::unique_ptr<UploadFeed> feed(new UploadFeed(request.dry_run, std::move(told)));
    if (!request.sources.empty() && request.sources.front() != "-") {
        engine::WalkOptions walk;
        walk.roots = request.sources;
        walk.prefix = request.target.key;
        walk.symlinks = request.follow_symlinks ? engine::Symlinks::follow : engine::Symlinks::skip;
        walk.filter = filter;
        walk.files = feed_options(request, feed->told_);
        feed->feeds_.push_back(std::make_unique<engine::TreeWalk>(std::move(walk), disk));
    }
    if (!request.from_file.empty()) {
        engine::FileListOptions list;
        list.prefix = request.target.key;
        list.filter = std::move(filter);
        list.files = feed_options(request, feed->told_);
        SLIPWAY_TRY(opened, engine::FileList::open(request.from_file, std::move(list), disk));
        feed->feeds_.push_back(std::move(opened));
    }
    return feed;
}

Task<std::optional<engine::NewFile>> UploadFeed::next() {
    while (current_ < feeds_.size()) {
        SLIPWAY_CO_TRY(file, co_await feeds_[current_]->next());
        if (!file) {
            ++current_;
            continue;
        }
        told_.found(file->source->size());
        if (!dry_run_) {
            co_return std::move(file);
        }
        told_.would_send(*file);
    }
    ended_ = true;
    co_return std::nullopt;
}

void UploadFeed::stop() {
    for (const auto& feed : feeds_) {
        feed->stop();
    }
}

}  // namespace slipway::api
