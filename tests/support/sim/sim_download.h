// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/download.h"
#include "support/sim/sim_disk.h"
#include "support/sim/sim_objects.h"
#include "support/temporary_directory.h"
#include "task/spawn.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::test {

/// An object to be brought, what becomes of it meanwhile, and what is at its file's place before.
struct SimDownload {
    std::string key;
    std::vector<std::string_view> versions;  ///< those it has, one after the other
    std::optional<Instant> replaced_at;      ///< from the first to the second
    std::optional<Instant> removed_at;
    std::optional<std::string_view> before;  ///< in its file
    bool folder_before = false;              ///< in its file's place
    bool has_no_place = false;               ///< it is told that it can be nowhere
};

/// One run of a Download over a simulated network into real files, with everything in it drawn
/// from the seed, and what did not hold of what must always hold.
class DownloadRun {
  public:
    explicit DownloadRun(std::uint64_t seed) : dice_(seed) {
        draw_network();
        store_.emplace(clock_, time_, dice_, weather_);
        draw_options();
        draw_objects();
        disk_.emplace(time_, dice_, std::chrono::microseconds(dice_.below(20'000)));
    }

    /// Broken promises; none if all is well.
    const std::vector<std::string>& run() {
        const auto outcome = time_.run(carry_out(), time_.now() + longest());
        if (!outcome) {
            stuck_ = true;
            expect(false, fmt::format("it has not ended, {} GETs under way", store_->under_way));
            return problems_;
        }
        download_.reset();
        check(*outcome);
        return problems_;
    }

    bool stuck() const { return stuck_; }
    const std::map<std::string, engine::FileReport>& reports() const { return reports_; }
    const std::map<std::string, unsigned>& requests() const { return store_->requests; }
    std::size_t left_as_they_were() const { return present_.size(); }

    std::string describe() const {
        return fmt::format(
            "{} objects, {} bytes, {} requests at most, cancel after {} us{}{}{}; {}",
            objects_.size(), bytes(), options_.scheduler.requests_max,
            cancel_after_ ? cancel_after_->count() : -1, named_ ? ", named" : "",
            options_.if_changed ? ", if changed" : "", unnamed_files_ ? "" : ", temporary names",
            fmt::streamed(weather_));
    }

  private:
    static constexpr std::uint64_t mebibyte = 1ULL << 20U;
    static constexpr std::uint64_t bytes_max = 24 * mebibyte;  // of an object

    /// Different content differs from its first bytes on.
    static std::string_view content(std::uint64_t number, std::uint64_t size) {
        static const std::string noise = [] {
            std::mt19937_64 random(1);
            std::string made(bytes_max + mebibyte, '\0');
            for (std::size_t i = 0; i < made.size(); i += sizeof(std::uint64_t)) {
                const std::uint64_t word = random();
                std::memcpy(&made[i], &word, sizeof(word));
            }
            return made;
        }();
        return std::string_view(noise).substr(number * 16 % mebibyte, size);
    }

    /// As for uploads; and some are so slow that objects change on their way, or gone for long.
    void draw_network() {
        weather_ = draw_weather(dice_, time_.now());
        if (dice_.happens(0.3)) {
            weather_.link_bytes_per_s /= 64;
            weather_.connection_bytes_per_s /= 64;
        }
        if (dice_.happens(0.04)) {
            Storm storm;
            storm.kind = static_cast<Storm::Kind>(dice_.below(3));
            storm.begin = time_.now() + std::chrono::microseconds(dice_.below(2'000'000));
            storm.end = storm.begin + std::chrono::minutes(20);
            weather_.storms.push_back(storm);
        }
    }

    void draw_options() {
        engine::SchedulerOptions& scheduler = options_.scheduler;
        scheduler.requests_max =
            static_cast<unsigned>(dice_.happens(0.5) ? 256 : dice_.between(1, 64));
        scheduler.plan.part_bytes = 5 * mebibyte;
        scheduler.plan.multipart_bytes_min = dice_.between(5, 12) * mebibyte;
        options_.if_changed = dice_.happens(0.3);
        options_.trust_etag = store_->etags_count = dice_.happens(0.8);
        named_ = dice_.happens(0.2);
        unnamed_files_ = dice_.happens(0.5);
        if (dice_.happens(0.3)) {
            cancel_after_ = std::chrono::microseconds(1ULL << dice_.below(26));
        }
    }

    void draw_objects() {
        const bool large = dice_.happens(0.15);
        const std::uint64_t count = dice_.below(large ? 4 : 41);
        const std::uint64_t size_bits = large ? 24 : dice_.between(4, 20);
        for (std::uint64_t i = 0; i < count; ++i) {
            SimDownload& each = objects_.emplace_back();
            each.key = fmt::format("{}file-{}", dice_.happens(0.3) ? "folder/" : "", i);
            each.versions.push_back(draw_content(size_bits));
            if (dice_.happens(0.3)) {
                store_->without_checksum.insert(each.key);
            }
            draw_trouble(each, size_bits);
        }
    }

    std::string_view draw_content(std::uint64_t size_bits) {
        const std::uint64_t size =
            dice_.happens(0.05) ? 0 : 16 + dice_.below(1ULL << size_bits) * 5 / 4;
        return content(++contents_, std::min(size, bytes_max));
    }

    void draw_trouble(SimDownload& each, std::uint64_t size_bits) {
        const auto soon = [this] {
            return time_.now() + std::chrono::microseconds(1ULL << dice_.between(14, 24));
        };
        if (dice_.happens(size_bits == 24 ? 0.4 : 0.08)) {
            each.versions.push_back(draw_content(size_bits));
            each.replaced_at = soon();
        } else if (dice_.happens(0.02)) {
            each.removed_at = soon();
        }
        if (dice_.happens(0.3)) {
            each.before = dice_.happens(0.5) ? each.versions.front() : draw_content(size_bits);
        } else {
            each.folder_before = dice_.happens(0.02);
        }
        each.has_no_place = dice_.happens(0.02);
    }

    Task<> put(const SimDownload& each, std::size_t version) {
        objects::PutRequest request;
        request.bucket = bucket;
        request.key = each.key;
        MemoryBodyReader body{std::string(each.versions[version])};
        SLIPWAY_CO_TRY(info, co_await store_->put(request, body));
        etags_[each.key].push_back(std::move(info.etag));
        co_return Result<>();
    }

    Task<> prepare() {
        SLIPWAY_CO_CHECK(co_await store_->create_bucket(bucket));
        for (const SimDownload& each : objects_) {
            SLIPWAY_CO_CHECK(co_await put(each, 0));
            if (each.before) {
                directory_.write(each.key, *each.before);
            } else if (each.folder_before) {
                std::filesystem::create_directories(path_of(each));
            }
            if (each.replaced_at || each.removed_at) {
                spawn(time_.executor(), change(each));
            }
        }
        co_return Result<>();
    }

    Async<void> change(const SimDownload& each) {
        const Instant at = each.replaced_at ? *each.replaced_at : *each.removed_at;
        ++changing_;
        co_await time_.pause(
            std::chrono::duration_cast<std::chrono::microseconds>(at - time_.now()));
        if (each.replaced_at) {
            co_await put(each, 1);
        } else {
            co_await store_->remove(bucket, each.key);
        }
        --changing_;
    }

    Result<engine::DownloadOptions::Place> place(const engine::FoundObject& found) {
        const auto wanted = std::ranges::find(objects_, found.key, &SimDownload::key);
        expect(found_.insert(found.key).second, found.key + " is found twice");
        if (wanted->has_no_place) {
            return fail(ErrorKind::invalid_argument, "its key is no path");
        }
        engine::DownloadOptions::Place place;
        place.path = found.key;
        place.file = std::make_shared<engine::TargetFile>(target_, found.key);
        return place;
    }

    void tell() {
        options_.place = [this](const engine::FoundObject& found) { return place(found); };
        options_.ended = [this](engine::FileReport report) {
            const std::string key = report.key;
            expect(!present_.contains(key) && reports_.emplace(key, std::move(report)).second,
                   key + " is reported twice");
        };
        options_.present = [this](const engine::FileReport& report) {
            expect(!reports_.contains(report.key) && present_.insert(report.key).second,
                   report.key + " is reported twice");
        };
        options_.begun = [this](engine::Slot slot, const engine::FileReport& file) {
            key_of_[slot] = file.key;
        };
        options_.received = [this](engine::Slot slot, std::int64_t bytes) {
            received_[key_of_.at(slot)] += bytes;
        };
        options_.random = [this] { return dice_.real(); };
        options_.timeline = &time_;
    }

    Async<void> cancel_later() {
        co_await time_.pause(*cancel_after_);
        cancelled_at_ = time_.now();
        if (download_) {
            download_->cancel();
        }
    }

    std::vector<engine::ObjectSource> sources() const {
        if (!named_) {
            return {{bucket, "", true}};
        }
        std::vector<engine::ObjectSource> sources;
        for (const SimDownload& each : objects_) {
            sources.push_back({bucket, each.key, false});
        }
        return sources;
    }

    Async<Result<>> carry_out() {
        auto prepared = co_await prepare();
        if (!prepared) {
            co_return prepared;
        }
        // A file system without unnamed files, in half of the runs.
        engine::TargetDirectory::MakeUnnamed make_unnamed;
        if (!unnamed_files_) {
            make_unnamed = [](int) {
                errno = EOPNOTSUPP;
                return -1;
            };
        }
        target_ = *engine::TargetDirectory::open(directory_.path(), std::move(make_unnamed));
        tell();
        download_.emplace(*store_, *disk_, options_);
        if (cancel_after_) {
            spawn(time_.executor(), cancel_later());
        }
        engine::ObjectFeed feed(download_->patient_store(), sources(), engine::PathFilter());
        auto outcome = co_await download_->run(feed);
        over_at_ = time_.now();
        co_await disk_->idle();
        while (changing_ > 0) {
            co_await time_.pause(std::chrono::milliseconds(10));
        }
        co_return outcome;
    }

    std::uint64_t bytes() const {
        std::uint64_t sum = 0;
        for (const SimDownload& each : objects_) {
            for (const std::string_view version : each.versions) {
                sum += version.size();
            }
        }
        return sum;
    }

    std::chrono::microseconds longest() const {
        const double coming = static_cast<double>(bytes()) / weather_.connection_bytes_per_s;
        return std::chrono::microseconds(static_cast<std::int64_t>(coming * 10e6)) +
               std::chrono::hours(1);
    }

    void expect(bool holds, std::string words) {
        if (!holds) {
            problems_.push_back(std::move(words));
        }
    }

    void check(const Result<>& outcome) {
        const bool cancelled = cancelled_at_ <= over_at_;
        expect(outcome || !weather_.mild(), "the objects could not be listed in mild weather");
        expect(found_.size() == present_.size() + reports_.size() || cancelled || !outcome,
               fmt::format("{} objects found, {} left as they were, {} ended", found_.size(),
                           present_.size(), reports_.size()));
        if (cancelled) {
            expect(over_at_ - cancelled_at_ <= std::chrono::seconds(1), "cancel() is not heard");
        }
        expect(store_->under_way_most <= options_.scheduler.requests_max,
               fmt::format("{} GETs at once", store_->under_way_most));
        for (const SimDownload& each : objects_) {
            check_object(each, cancelled);
        }
        check_nothing_else();
        if (weather_.mild() && !cancelled) {
            check_requests();
        }
    }

    std::string path_of(const SimDownload& each) const {
        return directory_.path() + "/" + each.key;
    }

    void check_object(const SimDownload& each, bool cancelled) {
        const bool is_file = std::filesystem::is_regular_file(path_of(each));
        const std::string bytes = is_file ? directory_.read(each.key) : "";
        const bool is_as_before =
            each.before
                ? is_file && bytes == *each.before
                : !is_file && std::filesystem::is_directory(path_of(each)) == each.folder_before;
        const auto version = std::ranges::find(each.versions, std::string_view(bytes));
        const bool is_whole = is_file && version != each.versions.end();
        const auto report = reports_.find(each.key);
        if (report == reports_.end()) {
            expect(is_as_before, each.key + ": was not reported, and is not what it was");
            expect(!present_.contains(each.key) || is_whole, each.key + ": is said to be there");
            return;
        }
        const engine::FileReport& told = report->second;
        const std::string words =
            fmt::format("{} ({} bytes, {}): ", each.key, each.versions.front().size(),
                        told.error ? told.error->message : "no error");
        if (told.end == engine::FileEnd::stored) {
            expect(is_whole, words + "said to be there, and is not");
            const auto number = static_cast<std::size_t>(version - each.versions.begin());
            expect(!is_whole || told.info.etag == etags_.at(each.key).at(number),
                   words + "is another version than it is said to be");
            expect(static_cast<std::size_t>(received_[each.key]) == bytes.size(),
                   fmt::format("{}{} bytes are told of", words, received_[each.key]));
        } else {
            // What was with the disk when it was cancelled is done.
            expect(is_as_before || (cancelled && is_whole), words + "failed and is torn");
            expect(told.error && !told.error->message.empty() &&
                       told.error->kind != ErrorKind::internal,
                   words + "failed without a reason");
        }
        const bool flawless = weather_.mild() && weather_.garbled == 0 &&
                              each.versions.size() == 1 && !each.removed_at &&
                              !each.folder_before && !each.has_no_place;
        expect(!flawless || cancelled || told.end == engine::FileEnd::stored,
               words + "failed in mild weather");
    }

    /// No temporary file is left, whatever became of what was begun.
    void check_nothing_else() {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.path())) {
            const std::string name =
                std::filesystem::path(entry.path()).lexically_relative(directory_.path());
            const bool known =
                std::ranges::find(objects_, name, &SimDownload::key) != objects_.end();
            expect(entry.is_directory() || known, name + " is left");
        }
    }

    void check_requests() {
        double needed = 1;
        for (const SimDownload& each : objects_) {
            const auto plan =
                engine::Plan::of(each.versions.back().size(), options_.scheduler.plan);
            needed += plan->parts() + 1;
        }
        unsigned made = 0;
        for (const auto& [kind, count] : store_->requests) {
            made += count;
        }
        expect(made <= 1.5 * needed + 20,
               fmt::format("{} requests where {} would do", made, needed));
    }

    static constexpr const char* bucket = "bucket";

    Dice dice_;
    TemporaryDirectory directory_;
    VirtualTime time_;
    SimClock clock_{time_};
    Weather weather_;
    std::optional<SimObjects> store_;
    std::optional<SimDisk> disk_;
    engine::DownloadOptions options_;
    std::deque<SimDownload> objects_;
    std::uint64_t contents_ = 0;
    bool named_ = false;          // each by its key; else all that is in the bucket
    bool unnamed_files_ = false;  // the file system has them
    std::optional<std::chrono::microseconds> cancel_after_;
    std::shared_ptr<engine::TargetDirectory> target_;
    std::optional<engine::Download> download_;
    std::map<std::string, std::vector<std::string>> etags_;  // of the versions
    std::set<std::string> found_;
    std::map<std::string, engine::FileReport> reports_;
    std::set<std::string> present_;
    std::map<engine::Slot, std::string> key_of_;
    std::map<std::string, std::int64_t> received_;
    unsigned changing_ = 0;
    Instant cancelled_at_ = Instant::max();
    Instant over_at_{};
    std::vector<std::string> problems_;
    bool stuck_ = false;
};

}  // namespace slipway::test
