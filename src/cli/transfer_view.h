// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/s3.h"
#include "slipway/transfer.h"

#include "cli/commands.h"
#include "cli/program.h"
#include "cli/s3_flags.h"
#include "cli/signals.h"

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <utility>

namespace slipway::cli {

/// What a person or a script sees of an upload or a download.
///
/// tell() may come from any thread, the rest from one.
class TransferView {
  public:
    enum class Style {
        bar,    ///< on a terminal: progress that is drawn anew, failures above it
        lines,  ///< a line a file
        json,   ///< a line of JSON an event, and one at the end
        quiet,  ///< failures only
    };

    /// What differs between the two.
    struct Words {
        bool into_s3 = true;         ///< what is stored is told by its URI, else by its path
        const char* would = "send";  ///< "would send 3 files"
        const char* cancelled = "not sent";
        const char* go_on = "";  ///< said after a Ctrl+C
    };

    TransferView(const Surroundings& around, Style style, Words words);

    /// Starts an Upload or Download and follows it to its end: shows how far it is, and cancels it
    /// at the first Ctrl+C. Answers the exit code.
    template <class Transfer, class Request>
    int run(S3& s3, Request request, StopSignals& signals) {
        const bool dry_run = request.dry_run;
        const auto transfer = Transfer::start(s3, std::move(request),
                                              [this](const TransferEvent& event) { tell(event); });
        if (!transfer) {
            return complain(around_, transfer.error());
        }
        while (!(*transfer)->wait_for(refresh_time())) {
            if (signals.pending()) {
                (*transfer)->cancel();  // first, so that at no time it seems not to have come
                signals.take();
                say("stopping; once more ends at once");
            }
            show((*transfer)->progress());
        }
        const auto outcome = (*transfer)->wait();
        finish((*transfer)->progress(), dry_run);
        if (!outcome) {
            return complain(around_, outcome.error());
        }
        // Also one that came too late to stop anything: it ended who writes a list, perhaps.
        if (outcome->cancelled || signals.pending()) {
            return exit_stopped;
        }
        return outcome->files_failed > 0 ? exit_failed : exit_done;
    }

    /// How often show() is worth calling.
    std::chrono::milliseconds refresh_time() const;
    void tell(const TransferEvent& event);
    /// Words of the program's own.
    void say(std::string_view words);
    void show(const TransferProgress& progress);
    /// The last word: what became of all of it.
    void finish(const TransferProgress& progress, bool dry_run);

  private:
    void print(std::ostream& out, const std::string& line);
    std::string place(const TransferEvent& event) const;
    std::string reason(const TransferEvent& event) const;
    void erase_bar();
    std::string bar(const TransferProgress& progress);
    std::string summary(const TransferProgress& progress, bool dry_run) const;

    const Surroundings& around_;
    const Style style_;
    const Words words_;
    const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();

    std::mutex mutex_;  // guards the streams and what follows
    std::size_t bar_lines_ = 0;
    std::uint64_t would_files_ = 0;  // in a dry run
    std::uint64_t would_bytes_ = 0;
    double rate_ = 0;  // bytes/s, smoothed
    std::uint64_t rate_bytes_ = 0;
    std::chrono::steady_clock::time_point rate_at_ = started_;
};

/// --json and --quiet.
class DisplayFlags {
  public:
    /// The flags refer to this object.
    void add_to(CLI::App& command);
    TransferView::Style style(const Surroundings& around) const;
    bool json() const { return json_; }

  private:
    bool json_ = false;
    bool quiet_ = false;
};

/// An event and a final count as scripts read them.
std::string event_json(const TransferEvent& event);
std::string summary_json(const TransferProgress& progress, double seconds);

/// "[#######>        ]" of that many columns in all.
std::string draw_bar(std::uint64_t done, std::uint64_t of, std::size_t columns);

}  // namespace slipway::cli
