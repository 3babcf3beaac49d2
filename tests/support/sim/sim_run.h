// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/transfer.h"
#include "s3/limits.h"
#include "support/sim/sim_source.h"
#include "support/sim/sim_store.h"
#include "task/spawn.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace slipway::test {

/// A file to be uploaded, and what is at its key before.
struct SimUpload {
    std::string key;
    SimFile file;
    objects::Conditions conditions;
    std::optional<std::uint32_t> content_before;
    bool foreign_upload = false;
};

/// One run of a Transfer over a simulated network, with everything in it drawn from the seed, and
/// what did not hold of what must always hold.
class SimRun {
  public:
    explicit SimRun(std::uint64_t seed) : dice_(seed) {
        draw_options();
        draw_files();
        store_.emplace(time_, dice_, draw_weather(dice_, time_.now()));
        weather_ = &store_->weather();
        for (const SimUpload& each : uploads_) {
            if (each.content_before) {
                store_->add_object(each.key, *each.content_before, 1000);
            }
            if (each.foreign_upload) {
                store_->add_foreign_upload(each.key, std::chrono::hours(5));
            }
        }
    }

    /// Broken promises; none if all is well.
    const std::vector<std::string>& run() {
        options_.ended = [this](engine::FileReport report) {
            const std::string key = report.key;
            expect(reports_.emplace(key, std::move(report)).second, key + " is reported twice");
        };
        options_.begun = [this](engine::Slot slot, const engine::FileReport& file) {
            key_of_[slot] = file.key;
        };
        options_.sent = [this](engine::Slot slot, std::int64_t bytes) {
            sent_[key_of_.at(slot)] += bytes;
        };
        options_.retried = [this](engine::Slot slot, const engine::FileReport& file) {
            expect(key_of_.at(slot) == file.key && file.error && !file.error->message.empty(),
                   file.key + " is tried again without a reason");
        };
        options_.random = [this] { return dice_.real(); };
        options_.timeline = &time_;
        if (pacer_) {
            options_.pacer = &*pacer_;
        }
        transfer_.emplace(*store_, options_);
        const Instant begin = time_.now();
        const auto outcome = time_.run(carry_out(), begin + longest());
        if (!outcome) {
            stuck_ = true;
            expect(false, fmt::format("it has not ended after {} s, {} requests under way",
                                      seconds(time_.now() - begin), store_->under_way));
            return problems_;
        }
        check(*outcome, begin);
        return problems_;
    }

    /// The run goes on in its loop: nothing of it can be destroyed.
    bool stuck() const { return stuck_; }

    /// How many files ended so, and requests of each kind: what the campaign adds up.
    const std::map<std::string, engine::FileReport>& reports() const { return reports_; }
    const std::map<std::string, unsigned>& requests() const { return store_->requests; }

    std::string describe() const {
        return fmt::format(
            "{} files, {} bytes, parts of {}, memory {}, {} requests at most, cancel after {} s, "
            "{} B/s; {}",
            uploads_.size(), bytes(), options_.scheduler.plan.part_bytes,
            options_.scheduler.memory_bytes, options_.scheduler.requests_max,
            cancel_after_ ? seconds(*cancel_after_) : -1, bytes_per_s_, fmt::streamed(*weather_));
    }

  private:
    static constexpr std::uint64_t mebibyte = 1ULL << 20U;

    static double seconds(std::chrono::nanoseconds time) {
        return std::chrono::duration<double>(time).count();
    }

    void draw_options() {
        engine::SchedulerOptions& scheduler = options_.scheduler;
        options_.bucket = "bucket";
        options_.checksum = dice_.happens(0.3) ? objects::ChecksumAlgorithm::crc32c
                                               : objects::ChecksumAlgorithm::crc64nvme;
        scheduler.plan.part_bytes = dice_.between(5, dice_.happens(0.1) ? 200 : 12) * mebibyte;
        scheduler.plan.multipart_bytes_min = dice_.between(5, 24) * mebibyte;
        scheduler.memory_bytes = dice_.between(1, 64) * mebibyte;
        scheduler.requests_max =
            static_cast<unsigned>(dice_.happens(0.5) ? 256 : dice_.between(1, 64));
        if (dice_.happens(0.3)) {
            cancel_after_ = std::chrono::microseconds(1ULL << dice_.below(26));
        }
        if (dice_.happens(0.05)) {
            feed_fails_after_ = dice_.below(50);
        }
        if (dice_.happens(0.1)) {
            feed_pause_ = std::chrono::microseconds(dice_.below(100'000));
        }
        if (dice_.happens(0.1)) {
            sleep_after_ = std::chrono::microseconds(dice_.below(20'000'000));
            slept_ = std::chrono::microseconds(dice_.below(600'000'000));
        }
        if (dice_.happens(0.1)) {
            bytes_per_s_ = 1ULL << dice_.between(20, 28);
            pacer_.emplace(bytes_per_s_, &time_);
        }
    }

    void draw_files() {
        const bool large = dice_.happens(0.5);
        const bool more_than_wait = !large && dice_.happens(0.02);
        const std::uint64_t files = more_than_wait ? limits::engine_queue_max + dice_.below(1000)
                                                   : dice_.below(large                ? 25
                                                                 : dice_.happens(0.3) ? 301
                                                                                      : 60);
        const std::uint64_t size_bits = large            ? dice_.between(24, 31)
                                        : more_than_wait ? 8
                                                         : dice_.between(8, 25);
        const std::uint64_t least_bits = large ? 23 : 2;
        std::uint64_t room = 1ULL << (size_bits + 1);  // of all files
        for (std::uint64_t i = 0; i < files; ++i) {
            SimUpload& each = uploads_.emplace_back();
            each.key = fmt::format("file-{}", i);
            SimFile& file = each.file;
            file.content = static_cast<std::uint32_t>(2 * i + 1);
            file.content_later = file.content + 1;
            file.size = dice_.happens(0.05)
                            ? 0
                            : 4 + dice_.below(1ULL << dice_.between(least_bits, size_bits));
            file.size = file.size < room ? file.size : 4 + dice_.below(1000);
            room -= std::min(room, file.size);
            draw_trouble(each);
        }
    }

    void draw_trouble(SimUpload& each) {
        if (dice_.happens(0.02)) {
            each.file.changes_at = time_.now() + std::chrono::microseconds(dice_.below(2'000'000));
        }
        if (dice_.happens(0.02)) {
            each.file.unreadable_from = dice_.below(each.file.size + 1);
        }
        if (dice_.happens(0.3)) {
            each.file.read_time = std::chrono::microseconds(dice_.below(5000));
        }
        if (dice_.happens(0.2)) {
            each.conditions.if_none_match = "*";
        }
        if (dice_.happens(0.1)) {
            each.content_before = each.file.content + 1'000'000;
        }
        each.foreign_upload = dice_.happens(0.05);
        if (dice_.happens(0.002)) {
            each.file.size = s3::object_bytes_max + 1;
        }
    }

    /// The files one after the other.
    class ListFeed final : public engine::Feed {
      public:
        explicit ListFeed(SimRun& run) : run_(run) {}
        Task<std::optional<engine::NewFile>> next() override {
            if (run_.feed_pause_.count() > 0) {
                co_await run_.time_.pause(run_.feed_pause_);
            }
            if (run_.taken_ == run_.feed_fails_after_) {
                co_return fail(ErrorKind::io, "cannot read the folder");
            }
            if (run_.taken_ == run_.uploads_.size()) {
                co_return std::nullopt;
            }
            const SimUpload& each = run_.uploads_[run_.taken_++];
            engine::NewFile file;
            file.key = each.key;
            file.source = std::make_unique<SimSource>(each.file, run_.time_, run_.chunks_most_);
            file.conditions = each.conditions;
            co_return file;
        }

      private:
        SimRun& run_;
    };

    Async<void> cancel_later() {
        co_await time_.pause(*cancel_after_);
        cancelled_at_ = time_.now();
        transfer_->cancel();
    }

    Async<void> sleep_later() {
        co_await time_.pause(*sleep_after_);
        time_.sleep(slept_);
    }

    Async<Result<>> carry_out() {
        const IoExecutor executor = co_await this_executor();
        if (cancel_after_) {
            spawn(executor, cancel_later());
        }
        if (sleep_after_) {
            spawn(executor, sleep_later());
        }
        ListFeed feed(*this);
        const auto outcome = co_await transfer_->run(feed);
        over_at_ = time_.now();
        co_return outcome;
    }

    std::uint64_t bytes() const {
        std::uint64_t sum = 0;
        for (const SimUpload& each : uploads_) {
            sum += can_be_stored(each) ? each.file.size : 0;
        }
        return sum;
    }

    static bool can_be_stored(const SimUpload& each) {
        return each.file.size <= s3::object_bytes_max;
    }

    /// No run takes longer: every byte ten times over the slowest connection, and an hour of
    /// storms, rests and answers that do not come.
    std::chrono::microseconds longest() const {
        double sending = static_cast<double>(bytes()) / weather_->connection_bytes_per_s;
        if (pacer_) {
            sending += static_cast<double>(bytes()) / static_cast<double>(bytes_per_s_);
        }
        return std::chrono::microseconds(static_cast<std::int64_t>(sending * 10e6)) + slept_ +
               std::chrono::hours(1);
    }

    void expect(bool holds, std::string words) {
        if (!holds) {
            problems_.push_back(std::move(words));
        }
    }

    void check(const Result<>& outcome, Instant begin) {
        const bool cancelled = cancelled_at_ <= over_at_;
        const bool feed_failed = feed_fails_after_ <= uploads_.size();
        const bool fatal = weather_->no_bucket && !outcome;
        expect(outcome || feed_failed || fatal, "run() failed although the feed did not");
        expect(!fatal || feed_failed || outcome.error().code == "NoSuchBucket",
               "run() does not say that there is no such bucket");
        expect(reports_.size() == taken_,
               fmt::format("{} files taken, {} reported", taken_, reports_.size()));
        expect(cancelled || feed_failed || fatal || taken_ == uploads_.size(),
               "not all files were taken");
        if (cancelled) {
            const auto late = over_at_ - cancelled_at_ - limits::engine_cancel_time_max - slept_;
            expect(late <= std::chrono::seconds(1),
                   fmt::format("it ended {} s after cancel()", seconds(over_at_ - cancelled_at_)));
        }
        expect(store_->under_way_most <= options_.scheduler.requests_max,
               fmt::format("{} requests at once", store_->under_way_most));
        const std::uint64_t memory_max =
            options_.scheduler.memory_bytes +
            (options_.scheduler.requests_max + 1) * limits::chunk_bytes;
        expect(chunks_most_ * limits::chunk_bytes <= memory_max,
               fmt::format("{} chunks in memory", chunks_most_));
        for (std::size_t i = 0; i < taken_; ++i) {
            const auto report = reports_.find(uploads_[i].key);
            if (report != reports_.end()) {
                check_file(uploads_[i], report->second);
            }
        }
        check_uploads(cancelled);
        check_requests(cancelled);
        check_rate(begin);
        expect(begin <= over_at_, "time ran backwards");
    }

    void check_file(const SimUpload& each, const engine::FileReport& report) {
        const auto found = store_->objects.find(each.key);
        const bool there = found != store_->objects.end();
        const bool ours = there &&
                          found->second.content == (each.file.size == 0 ? 0 : each.file.content) &&
                          found->second.info.size == each.file.size && found->second.whole;
        const bool before =
            each.content_before ? there && found->second.content == *each.content_before : !there;
        const std::string words = fmt::format("{} ({} bytes, {}): ", each.key, each.file.size,
                                              report.error ? report.error->message : "no error");
        if (report.end == engine::FileEnd::stored) {
            expect(ours, words + "said to be stored, and is not");
            expect(report.info.size == each.file.size, words + "its report has another size");
            expect(sent_[each.key] == static_cast<std::int64_t>(each.file.size),
                   fmt::format("{}{} bytes are told of", words, sent_[each.key]));
        } else {
            expect(ours || before, words + "failed and is torn");
            expect(report.error && !report.error->message.empty(), words + "failed without a word");
            const std::int64_t sent = sent_[each.key];
            expect(sent >= 0 && static_cast<std::uint64_t>(sent) <= each.file.size,
                   fmt::format("{}{} bytes are told of", words, sent));
        }
        expect(!report.upload_left || cancelled_at_ <= over_at_ || !weather_->mild(),
               words + "an upload is said to be left in mild weather");
        const bool flawless =
            weather_->mild() && can_be_stored(each) && each.file.changes_at == Instant::max() &&
            each.file.unreadable_from > each.file.size &&
            (each.conditions.none() || !each.content_before) && weather_->garbled == 0;
        if (flawless && cancelled_at_ > over_at_) {
            expect(report.end == engine::FileEnd::stored, words + "failed in mild weather");
        }
    }

    void check_uploads(bool cancelled) {
        std::size_t foreign = 0;
        for (const auto& [place, upload] : store_->uploads) {
            if (upload.foreign) {
                ++foreign;
                continue;
            }
            const auto report = reports_.find(place.first);
            expect(report != reports_.end() && report->second.upload_left,
                   place.first + ": an upload was left and nobody says so");
            expect(cancelled || !weather_->mild(), place.first + ": an upload was left");
        }
        std::size_t foreign_before = 0;
        for (const SimUpload& each : uploads_) {
            foreign_before += each.foreign_upload ? 1 : 0;
        }
        expect(foreign == foreign_before, "an upload of somebody else's was aborted");
    }

    void check_requests(bool cancelled) {
        if (!weather_->mild() || cancelled) {
            return;
        }
        double needed = 0;
        for (std::size_t i = 0; i < taken_; ++i) {
            const auto plan = engine::Plan::of(uploads_[i].file.size, options_.scheduler.plan);
            needed += !plan ? 0 : plan->parts() + (plan->multipart() ? 2 : 0);
        }
        unsigned made = 0;
        for (const auto& [kind, count] : store_->requests) {
            made += count;
        }
        expect(made <= 1.5 * needed + 20,
               fmt::format("{} requests where {} would do", made, needed));
    }

    void check_rate(Instant begin) {
        if (!pacer_) {
            return;
        }
        std::uint64_t stored = 0;
        for (const auto& [key, report] : reports_) {
            stored += report.end == engine::FileEnd::stored ? report.size : 0;
        }
        const double most = seconds(over_at_ - begin + limits::pacer_burst_time) *
                                static_cast<double>(bytes_per_s_) +
                            static_cast<double>(limits::chunk_bytes);
        expect(static_cast<double>(stored) <= most,
               fmt::format("{} bytes were sent, where {} may be", stored, most));
    }

    Dice dice_;
    VirtualTime time_;
    std::uint64_t bytes_per_s_ = 0;
    std::optional<engine::Pacer> pacer_;
    engine::TransferOptions options_;
    std::deque<SimUpload> uploads_;
    std::optional<std::chrono::microseconds> cancel_after_;
    std::optional<std::chrono::microseconds> sleep_after_;
    std::chrono::microseconds slept_{0};
    std::size_t feed_fails_after_ = ~std::size_t{0};
    std::chrono::microseconds feed_pause_{0};
    std::optional<SimStore> store_;
    const Weather* weather_ = nullptr;
    std::optional<engine::Transfer> transfer_;
    std::size_t taken_ = 0;
    std::size_t chunks_most_ = 0;
    std::map<std::string, engine::FileReport> reports_;
    std::map<engine::Slot, std::string> key_of_;
    std::map<std::string, std::int64_t> sent_;
    Instant cancelled_at_ = Instant::max();
    Instant over_at_{};
    std::vector<std::string> problems_;
    bool stuck_ = false;
};

}  // namespace slipway::test
