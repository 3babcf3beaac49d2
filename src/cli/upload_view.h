// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/upload.h"

#include "cli/program.h"

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

namespace slipway::cli {

/// What a person or a script sees of an upload.
///
/// tell() may come from any thread, the rest from one.
class UploadView {
  public:
    enum class Style {
        bar,    ///< on a terminal: progress that is drawn anew, failures above it
        lines,  ///< a line a file
        json,   ///< a line of JSON an event, and one at the end
        quiet,  ///< failures only
    };

    UploadView(const Surroundings& around, Style style, const S3Uri& target);

    /// How often show() is worth calling.
    std::chrono::milliseconds refresh_time() const;
    void tell(const UploadEvent& event);
    /// Words of the program's own.
    void say(std::string_view words);
    void show(const UploadProgress& progress);
    /// The last word: what became of all of it.
    void finish(const UploadProgress& progress, bool dry_run);

  private:
    void print(std::ostream& out, const std::string& line);
    void erase_bar();
    std::string bar(const UploadProgress& progress);
    std::string summary(const UploadProgress& progress, bool dry_run) const;

    const Surroundings& around_;
    const Style style_;
    const std::string bucket_;
    const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();

    std::mutex mutex_;  // guards the streams and what follows
    std::size_t bar_lines_ = 0;
    double rate_ = 0;  // bytes/s, smoothed
    std::uint64_t rate_bytes_ = 0;
    std::chrono::steady_clock::time_point rate_at_ = started_;
};

/// An event and a final count as scripts read them.
std::string event_json(const UploadEvent& event, const std::string& bucket);
std::string summary_json(const UploadProgress& progress, double seconds);

/// "[#######>        ]" of that many columns in all.
std::string draw_bar(std::uint64_t done, std::uint64_t of, std::size_t columns);

}  // namespace slipway::cli
