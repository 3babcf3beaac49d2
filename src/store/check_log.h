// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/check.h"

#include <cstdint>
#include <string>
#include <utility>

namespace slipway::store {

/// What a check has found and how far it is, told as it goes.
class CheckLog {
  public:
    explicit CheckLog(const CheckOptions& options) : options_(options) {}

    void tell(CheckFinding::What what,
              std::string where,
              std::string message,
              bool repaired = false) {
        index_damaged_ = index_damaged_ || what == CheckFinding::What::index_damaged;
        ++report_.findings;
        report_.repaired += repaired ? 1U : 0U;
        if (options_.found) {
            options_.found({what, std::move(where), std::move(message), repaired});
        }
    }

    /// What the index says there is.
    void expect(std::uint64_t objects, std::uint64_t bytes) {
        progress_.objects_all = objects;
        progress_.bytes_all = bytes;
    }
    void count_object() { show(++report_.objects, progress_.objects); }
    void count_bytes(std::size_t bytes) { show(report_.bytes += bytes, progress_.bytes); }
    void count_file() { show(++report_.files, progress_.files); }

    bool index_damaged() const { return index_damaged_; }
    const CheckReport& report() const { return report_; }

  private:
    void show(std::uint64_t now, std::uint64_t& shown) {
        shown = now;
        if (options_.progress) {
            options_.progress(progress_);
        }
    }

    const CheckOptions& options_;
    bool index_damaged_ = false;
    CheckReport report_;
    CheckProgress progress_;
};

}  // namespace slipway::store
