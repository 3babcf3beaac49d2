// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/sim/dice.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::test {

/// The content of a file as a power cut leaves it: what was synced is certain; what was written
/// since may be there, or not, sector by sector.
class LossyFile {
  public:
    /// What disks write in one piece.
    static constexpr std::size_t sector_bytes = 512;

    explicit LossyFile(std::string certain = {})
        : certain_(std::move(certain)), size_(certain_.size()) {}

    void write(std::uint64_t offset, std::string_view bytes) {
        since_.push_back({static_cast<std::size_t>(offset), std::string(bytes), false});
        size_ = std::max(size_, static_cast<std::size_t>(offset) + bytes.size());
    }

    void truncate(std::uint64_t size) {
        size_ = static_cast<std::size_t>(size);
        since_.push_back({size_, {}, true});
    }

    /// All that was done is certain from now on.
    void sync() {
        for (const Change& change : since_) {
            apply_whole(change, certain_);
        }
        certain_.resize(size_);  // what a failed sync lost in between reads as zeros
        since_.clear();
    }

    /// A sync that failed: Linux drops what it could not write, and the next sync, which knows
    /// nothing of it, succeeds (https://lwn.net/Articles/752063, 2018).
    void fail_sync(Dice& dice) {
        certain_ = left_by_a_power_cut(dice);
        since_.clear();
    }

    std::string left_by_a_power_cut(Dice& dice) const {
        if (since_.empty() || dice.happens(0.2)) {
            return certain_;
        }
        if (dice.happens(0.2)) {
            return after(since_.size());
        }
        if (dice.happens(0.3)) {
            std::string cut_short = after(dice.below(since_.size() + 1));
            cut_short.resize(dice.below(cut_short.size() + 1));
            return cut_short.size() < certain_.size() ? certain_ : cut_short;
        }
        return scattered(dice);
    }

  private:
    struct Change {
        std::size_t offset;
        std::string bytes;
        bool truncation;
    };

    static void apply_whole(const Change& change, std::string& to) {
        if (change.truncation) {
            to.resize(change.offset);
            return;
        }
        to.resize(std::max(to.size(), change.offset + change.bytes.size()));
        to.replace(change.offset, change.bytes.size(), change.bytes);
    }

    std::string after(std::size_t changes) const {
        std::string content = certain_;
        for (std::size_t i = 0; i < changes; ++i) {
            apply_whole(since_[i], content);
        }
        return content;
    }

    /// Each sector as it was after any of the changes: the system writes pages back when and in
    /// which order it likes. The size is any that the file had. What was never written of it is
    /// zeros, or what was on the disk before.
    std::string scattered(Dice& dice) const {
        std::size_t size_max = std::max(certain_.size(), size_);
        std::vector<std::size_t> sizes{certain_.size()};
        std::size_t size = certain_.size();
        for (const Change& change : since_) {
            size = change.truncation ? change.offset
                                     : std::max(size, change.offset + change.bytes.size());
            sizes.push_back(size);
            size_max = std::max(size_max, size);
        }
        std::string content = certain_;
        const char filling = dice.happens(0.5) ? '\0' : static_cast<char>(dice.below(256));
        content.resize(size_max, filling);
        const double share = dice.real();
        std::map<std::size_t, std::size_t> changes_of_sector;
        for (std::size_t i = 0; i < since_.size(); ++i) {
            const Change& change = since_[i];
            const std::size_t end =
                change.truncation ? size_max : change.offset + change.bytes.size();
            for (std::size_t at = change.offset; at < end;) {
                const std::size_t sector = at / sector_bytes;
                const std::size_t next = std::min(end, (sector + 1) * sector_bytes);
                const auto [changes, fresh] = changes_of_sector.try_emplace(sector, 0);
                if (fresh && dice.happens(share)) {
                    changes->second = 1 + dice.below(since_.size());
                }
                if (i < changes->second && change.truncation) {
                    content.replace(at, next - at, next - at, '\0');
                } else if (i < changes->second) {
                    content.replace(at, next - at, change.bytes, at - change.offset, next - at);
                }
                at = next;
            }
        }
        content.resize(sizes[dice.below(sizes.size())]);
        return content;
    }

    std::string certain_;
    std::size_t size_;  // as those see it who read it now
    std::vector<Change> since_;
};

}  // namespace slipway::test
