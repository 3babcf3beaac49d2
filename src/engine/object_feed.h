// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/path_filter.h"
#include "objects/object_store.h"
#include "task/waiters.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace slipway::engine {

/// An object, or all that is below a prefix.
struct ObjectSource {
    std::string bucket;
    /// With `below`: empty (the whole bucket), or with a '/' at its end.
    std::string key;
    bool below = false;
};

struct FoundObject {
    std::size_t source = 0;  ///< the index of the ObjectSource it came from
    std::string key;
    std::optional<std::uint64_t> size;  ///< where it was listed
};

/// The objects of some sources in their order, for many coroutines that take them at once.
///
/// Whoever takes when only few entries are left lists the next page while the others go on with
/// what there is. Memory: two pages. One I/O thread.
class ObjectFeed {
  public:
    /// The filter is for paths relative to the prefix of what is `below`, and for the last names of
    /// objects that are named themselves, as of files in an upload. `store` outlives this.
    ObjectFeed(objects::ObjectStore& store, std::vector<ObjectSource> sources, PathFilter filter);

    /// Nothing: there are no more. An error, of a listing, ends the feed for all.
    Task<std::optional<FoundObject>> next();

    const ObjectSource& source(std::size_t index) const { return sources_[index]; }
    bool ended() const { return current_ == sources_.size() && entries_.empty(); }
    /// The sources below which there is nothing at all; for the end.
    std::vector<std::size_t> empty_sources() const;

  private:
    Task<> list_more();
    Task<> list_page();

    objects::ObjectStore& store_;
    const std::vector<ObjectSource> sources_;
    const PathFilter filter_;
    std::size_t current_ = 0;  // of sources_: the one that is listed
    std::string start_after_;  // in it
    std::vector<bool> found_some_;
    std::deque<FoundObject> entries_;
    bool listing_ = false;
    Result<> outcome_;
    Waiters waiters_;
};

}  // namespace slipway::engine
