// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace slipway::test {

/// What is found under a name: `label` says which operation put it there, `etag` with which bytes.
struct Found {
    std::string label;
    std::string etag;
};
using State = std::optional<Found>;  // nothing: the name is free

/// All that was asked of a store and what it answered, and from that what it may hold.
///
/// A change takes effect at one moment between its beginning and its answer. One without a good
/// answer may have, whole, or not. Any thread.
class History {
  public:
    /// A change of `key` begins: that it holds then is known by `label`; empty: the key is free.
    std::size_t begin(const std::string& key, std::string label) {
        const std::lock_guard lock(mutex_);
        all_.push_back({key, std::move(label), ++clock_, never, Outcome::unknown, {}});
        by_key_[key].push_back(all_.size() - 1);
        return all_.size() - 1;
    }
    /// Answered with success. `etag`: what the answer says it stored.
    void acknowledge(std::size_t change, std::string etag = {}) {
        const std::lock_guard lock(mutex_);
        Change& done = all_[change];
        done.ended = ++clock_;
        done.outcome = Outcome::acknowledged;
        if (!etag.empty()) {
            done.etags = {std::move(etag)};
        }
    }
    /// Answered with a failure that may have come after the change.
    void fail(std::size_t change) {
        const std::lock_guard lock(mutex_);
        all_[change].ended = ++clock_;
    }
    /// Answered with a refusal: it was not carried out.
    void refuse(std::size_t change) {
        const std::lock_guard lock(mutex_);
        all_[change].outcome = Outcome::refused;
    }
    /// The bytes that it stores, where that is known before the answer.
    void expect(std::size_t change, std::string etag) {
        const std::lock_guard lock(mutex_);
        all_[change].etags.insert(std::move(etag));
    }

    /// Something is wrong whatever the history is.
    void complain(std::string words) {
        const std::lock_guard lock(mutex_);
        complaints_.push_back(std::move(words));
    }
    std::vector<std::string> complaints() {
        const std::lock_guard lock(mutex_);
        return complaints_;
    }

    std::uint64_t now() {
        const std::lock_guard lock(mutex_);
        return ++clock_;
    }

    /// Whether `key` could hold this for somebody who began to look at `looked`, and has seen it.
    /// What was seen counts as acknowledged: readers see only what is durable. Answers what is
    /// wrong, or nothing.
    std::string check(const std::string& key, const State& state, std::uint64_t looked) {
        const std::lock_guard lock(mutex_);
        const std::string label = state ? state->label : std::string();
        std::string superseded;
        if (label.empty() && !overwritten(key, 0, looked)) {
            return {};  // as it began
        }
        for (const std::size_t index : by_key_[key]) {
            Change& change = all_[index];
            if (change.label != label || change.outcome == Outcome::refused) {
                continue;
            }
            if (overwritten(key, change.ended, looked)) {
                superseded = " although that was replaced later";
                continue;
            }
            if (state && !change.etags.empty() && !change.etags.contains(state->etag)) {
                return fmt::format("{} holds other bytes than {} stored: {}", key, label,
                                   state->etag);
            }
            if (change.outcome == Outcome::unknown) {
                change.outcome = Outcome::seen;
                change.ended = std::min(change.ended, ++clock_);
            }
            return {};
        }
        return fmt::format("{} holds {}{}; asked: {}", key, label.empty() ? "nothing" : label,
                           superseded, story(key));
    }

    std::size_t acknowledged() {
        const std::lock_guard lock(mutex_);
        return static_cast<std::size_t>(std::ranges::count_if(
            all_, [](const Change& each) { return each.outcome == Outcome::acknowledged; }));
    }
    std::vector<std::string> keys() {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> all;
        for (const auto& [key, changes] : by_key_) {
            all.push_back(key);
        }
        return all;
    }

  private:
    enum class Outcome { unknown, acknowledged, refused, seen };
    static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();
    struct Change {
        std::string key;
        std::string label;
        std::uint64_t began;
        std::uint64_t ended;
        Outcome outcome;
        std::set<std::string> etags;  // empty: not known
    };

    /// Whether a change that is certain began after `ended` and was over when it was `looked`.
    bool overwritten(const std::string& key, std::uint64_t ended, std::uint64_t looked) {
        return std::ranges::any_of(by_key_[key], [&](std::size_t index) {
            const Change& later = all_[index];
            const bool certain =
                later.outcome == Outcome::acknowledged || later.outcome == Outcome::seen;
            return certain && later.began > ended && later.ended < looked;
        });
    }

    std::string story(const std::string& key) {
        std::string words;
        for (const std::size_t index : by_key_[key]) {
            const Change& change = all_[index];
            const char* outcome = change.outcome == Outcome::acknowledged ? "done"
                                  : change.outcome == Outcome::refused    ? "refused"
                                  : change.outcome == Outcome::seen       ? "seen"
                                                                          : "unknown";
            words += fmt::format("\n    [{}..{}] {} {}", change.began,
                                 change.ended == never ? "" : std::to_string(change.ended),
                                 change.label.empty() ? "remove" : change.label, outcome);
        }
        return words;
    }

    std::mutex mutex_;
    std::uint64_t clock_ = 0;
    std::vector<Change> all_;
    std::map<std::string, std::vector<std::size_t>> by_key_;
    std::vector<std::string> complaints_;
};

}  // namespace slipway::test
