// SPDX-License-Identifier: Apache-2.0
#include "engine/object_feed.h"

#include "base/limits.h"
#include "engine/object_path.h"

#include <utility>

namespace slipway::engine {

ObjectFeed::ObjectFeed(objects::ObjectStore& store,
                       std::vector<ObjectSource> sources,
                       PathFilter filter)
    : store_(store),
      sources_(std::move(sources)),
      filter_(std::move(filter)),
      found_some_(sources_.size()) {
}

Task<std::optional<FoundObject>> ObjectFeed::next() {
    while (true) {
        if (!outcome_) {
            co_return tl::unexpected(outcome_.error());
        }
        const bool may_list = current_ < sources_.size() && !listing_;
        if (may_list && entries_.size() < limits::object_feed_low) {
            co_await list_more();
        } else if (!entries_.empty()) {
            FoundObject found = std::move(entries_.front());
            entries_.pop_front();
            co_return std::move(found);
        } else if (listing_) {
            co_await waiters_.wait(waiters_.ticket());
        } else {
            co_return std::nullopt;
        }
    }
}

Task<> ObjectFeed::list_more() {
    // Also when this coroutine is cancelled: those who wait would wait for ever.
    struct Listing {
        explicit Listing(ObjectFeed& of) : feed(of) { feed.listing_ = true; }
        ~Listing() {
            feed.listing_ = false;
            feed.waiters_.wake_all();
        }
        Listing(const Listing&) = delete;
        Listing& operator=(const Listing&) = delete;
        ObjectFeed& feed;
    };
    const Listing listing(*this);
    outcome_ = co_await list_page();
    co_return Result<>();
}

Task<> ObjectFeed::list_page() {
    const ObjectSource& source = sources_[current_];
    if (!source.below) {
        FoundObject named;
        named.source = current_;
        named.key = source.key;
        found_some_[current_++] = true;
        if (filter_.includes(last_part(source.key))) {
            entries_.push_back(std::move(named));
        }
        co_return Result<>();
    }
    objects::ListRequest request;
    request.bucket = source.bucket;
    request.prefix = source.key;
    request.start_after = start_after_;
    SLIPWAY_CO_TRY(page, co_await store_.list(request));
    for (objects::ObjectInfo& object : page.objects) {
        found_some_[current_] = true;
        if (!filter_.includes(std::string_view(object.key).substr(source.key.size()))) {
            continue;
        }
        FoundObject found;
        found.source = current_;
        found.key = std::move(object.key);
        found.size = object.size;
        entries_.push_back(std::move(found));
    }
    start_after_ = std::move(page.next_start_after);
    if (!page.truncated) {
        start_after_.clear();
        ++current_;
    }
    co_return Result<>();
}

std::vector<std::size_t> ObjectFeed::empty_sources() const {
    std::vector<std::size_t> empty;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
        if (!found_some_[i]) {
            empty.push_back(i);
        }
    }
    return empty;
}

}  // namespace slipway::engine
