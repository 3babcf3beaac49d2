// SPDX-License-Identifier: Apache-2.0
#include "cli/transfer_view.h"

#include "cli/s3_flags.h"
#include "codec/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <string_view>

namespace slipway::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto bar_refresh_time = 100ms;
constexpr auto signal_look_time = 100ms;
/// The rate shown is that of about the last seconds.
constexpr double rate_memory_s = 3.0;
constexpr std::size_t files_shown_max = 4;
constexpr std::uint64_t file_shown_bytes_min = 16 << 20;

double seconds_between(std::chrono::steady_clock::time_point from,
                       std::chrono::steady_clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

std::string_view to_string(TransferEvent::Kind kind) {
    switch (kind) {
        case TransferEvent::Kind::started:
            return "started";
        case TransferEvent::Kind::retried:
            return "retried";
        case TransferEvent::Kind::stored:
            return "stored";
        case TransferEvent::Kind::would_store:
            return "would_store";
        case TransferEvent::Kind::skipped:
            return "skipped";
        case TransferEvent::Kind::failed:
            return "failed";
    }
    return "";
}

std::string show_time(double seconds) {
    const auto whole = static_cast<std::uint64_t>(seconds);
    return whole >= 3600 ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                         : fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string uri_of(const TransferEvent& event) {
    return "s3://" + event.bucket + "/" + event.key;
}

/// The end of a long name tells more than its beginning.
std::string shorten(const std::string& name, std::size_t columns) {
    return name.size() <= columns ? name : "..." + name.substr(name.size() - columns + 3);
}

}  // namespace

TransferView::TransferView(const Surroundings& around, Style style, Words words)
    : around_(around), style_(style), words_(words) {
}

std::chrono::milliseconds TransferView::refresh_time() const {
    return style_ == Style::bar ? bar_refresh_time : signal_look_time;
}

void TransferView::print(std::ostream& out, const std::string& line) {
    erase_bar();
    out << line << '\n';
}

void TransferView::erase_bar() {
    if (bar_lines_ > 0) {
        around_.err << fmt::format("\x1b[{}F\x1b[J", bar_lines_);
        bar_lines_ = 0;
    }
}

void TransferView::say(std::string_view words) {
    const std::lock_guard lock(mutex_);
    print(around_.err, fmt::format("slipway: {}", words));
    around_.err.flush();
}

void TransferView::tell(const TransferEvent& event) {
    const std::lock_guard lock(mutex_);
    if (event.kind == TransferEvent::Kind::would_store) {
        ++would_files_;
        would_bytes_ += event.size;
    }
    if (style_ == Style::json) {
        around_.out << event_json(event) << '\n';
        return;
    }
    if (event.kind == TransferEvent::Kind::failed) {
        print(around_.err, "failed  " + reason(event));
    } else if (event.kind == TransferEvent::Kind::would_store) {
        print(around_.out, "would store  " + place(event) + "  " + show_bytes(event.size));
    } else if (style_ == Style::lines && event.kind == TransferEvent::Kind::stored) {
        around_.out << "stored  " << place(event) << "  " << show_bytes(event.size) << '\n';
    } else if (style_ == Style::lines && event.kind == TransferEvent::Kind::skipped) {
        around_.out << "skipped " << reason(event) << '\n';
    }
}

/// Where the file is once it is stored.
std::string TransferView::place(const TransferEvent& event) const {
    return printable(words_.into_s3 ? uri_of(event) : event.path);
}

std::string TransferView::reason(const TransferEvent& event) const {
    const std::string source = words_.into_s3 && !event.path.empty() ? event.path : uri_of(event);
    return printable(source) + ": " + printable(event.error->message);
}

std::string draw_bar(std::uint64_t done, std::uint64_t of, std::size_t columns) {
    const std::size_t room = columns < 3 ? 1 : columns - 2;
    const double share =
        of == 0 ? 0 : static_cast<double>(std::min(done, of)) / static_cast<double>(of);
    const auto full = static_cast<std::size_t>(share * static_cast<double>(room));
    std::string drawn(full, '#');
    drawn.resize(room, '-');
    return "[" + drawn + "]";
}

std::string TransferView::bar(const TransferProgress& progress) {
    const auto now = std::chrono::steady_clock::now();
    const double passed = seconds_between(rate_at_, now);
    if (passed > 0) {
        const auto sent =
            static_cast<double>(progress.bytes_moved) - static_cast<double>(rate_bytes_);
        const double share = 1 - std::exp(-passed / rate_memory_s);
        rate_ += (std::max(sent, 0.0) / passed - rate_) * share;
        rate_at_ = now;
        rate_bytes_ = progress.bytes_moved;
    }
    std::string text;
    std::size_t shown = 0;
    for (const FileProgress& file : progress.files_under_way) {
        if (file.size < file_shown_bytes_min || shown == files_shown_max) {
            break;
        }
        const std::uint64_t percent = file.bytes_moved * 100 / file.size;
        text +=
            fmt::format("{} {:3}% {:>9}  {}\n", draw_bar(file.bytes_moved, file.size, 22), percent,
                        show_bytes(file.size), printable(shorten(file.key, around_.columns - 40)));
        ++shown;
    }
    const std::uint64_t done = progress.files_stored + progress.files_skipped;
    const std::uint64_t left =
        progress.bytes_found - std::min(progress.bytes_found, progress.bytes_moved);
    const std::string eta = progress.found_all && rate_ > 1
                                ? ", " + show_time(static_cast<double>(left) / rate_) + " left"
                                : "";
    text += fmt::format(
        "{} {}/{}{} files, {} of {}, {}/s{}{}{}\n",
        draw_bar(progress.bytes_moved, progress.bytes_found, 22), done, progress.files_found,
        progress.found_all ? "" : "+", show_bytes(progress.bytes_moved),
        show_bytes(progress.bytes_found), show_bytes(static_cast<std::uint64_t>(rate_)), eta,
        progress.retries > 0 ? fmt::format(", {} retries", progress.retries) : "",
        progress.files_failed > 0 ? fmt::format(", {} failed", progress.files_failed) : "");
    return text;
}

void TransferView::show(const TransferProgress& progress) {
    if (style_ != Style::bar) {
        return;
    }
    const std::lock_guard lock(mutex_);
    const std::string text = bar(progress);
    erase_bar();
    around_.err << text << std::flush;
    bar_lines_ = static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

namespace {

std::string files(std::uint64_t count) {
    return fmt::format("{} file{}", count, count == 1 ? "" : "s");
}

void add(std::string& text, std::uint64_t count, const char* what) {
    if (count > 0) {
        text += fmt::format(", {} {}", count, what);
    }
}

}  // namespace

std::string TransferView::summary(const TransferProgress& progress, bool dry_run) const {
    const double seconds = seconds_between(started_, std::chrono::steady_clock::now());
    if (dry_run) {
        std::string text = fmt::format("would {} {}, {}", words_.would, files(would_files_),
                                       show_bytes(would_bytes_));
        add(text, progress.files_skipped, "skipped");
        add(text, progress.files_failed, "failed");
        return text;
    }
    std::string text =
        fmt::format("{} stored, {} in {:.2f} s ({}/s)", files(progress.files_stored),
                    show_bytes(progress.bytes_stored), seconds,
                    show_bytes(static_cast<std::uint64_t>(
                        static_cast<double>(progress.bytes_stored) / std::max(seconds, 1e-3))));
    add(text, progress.files_skipped, "skipped");
    add(text, progress.retries, "retries");
    add(text, progress.files_failed, "failed");
    add(text, progress.files_cancelled, words_.cancelled);
    return text;
}

void TransferView::finish(const TransferProgress& progress, bool dry_run) {
    const std::lock_guard lock(mutex_);
    erase_bar();
    if (style_ == Style::json) {
        const double seconds = seconds_between(started_, std::chrono::steady_clock::now());
        around_.out << summary_json(progress, seconds) << '\n';
    } else if (style_ != Style::quiet) {
        (style_ == Style::bar ? around_.err : around_.out) << summary(progress, dry_run) << '\n';
    }
    if (progress.cancelled) {
        around_.err << "slipway: " << words_.go_on << '\n';
    }
    around_.out.flush();
    around_.err.flush();
}

void DisplayFlags::add_to(CLI::App& command) {
    const std::string group = "What is shown";
    auto* json = command.add_flag("--json", json_, "Each event as a line of JSON");
    json->group(group);
    command.add_flag("-q,--quiet", quiet_, "Only what failed")->excludes(json)->group(group);
}

TransferView::Style DisplayFlags::style(const Surroundings& around) const {
    using Style = TransferView::Style;
    return json_                    ? Style::json
           : quiet_                 ? Style::quiet
           : around.err_is_terminal ? Style::bar
                                    : Style::lines;
}

std::string event_json(const TransferEvent& event) {
    std::string text;
    codec::JsonWriter json(text);
    json.begin_object();
    json.member("event", to_string(event.kind));
    if (!event.path.empty()) {
        json.member("path", event.path);
    }
    json.member("bucket", event.bucket);
    json.member("key", event.key);
    json.member("size", event.size);
    json.member("requests", event.requests);
    if (event.kind == TransferEvent::Kind::stored) {
        json.member("etag", event.etag);
        json.member("checksum", event.checksum);
    } else if (event.error) {
        add_error(json, *event.error);
    }
    json.end_object();
    return text;
}

std::string summary_json(const TransferProgress& progress, double seconds) {
    std::string text;
    codec::JsonWriter json(text);
    json.begin_object();
    json.member("event", "ended");
    json.member("files_found", progress.files_found);
    json.member("files_stored", progress.files_stored);
    json.member("files_skipped", progress.files_skipped);
    json.member("files_failed", progress.files_failed);
    json.member("files_cancelled", progress.files_cancelled);
    json.member("bytes_stored", progress.bytes_stored);
    json.member("requests", progress.requests);
    json.member("retries", progress.retries);
    json.member("seconds", seconds);
    json.end_object();
    return text;
}

}  // namespace slipway::cli
