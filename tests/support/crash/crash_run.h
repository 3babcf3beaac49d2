// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/check.h"
#include "store/local_store.h"
#include "support/crash/crash_load.h"
#include "support/crash/history.h"
#include "support/crash/lossy_disk.h"
#include "support/temporary_directory.h"

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace slipway::test {

/// A store that lives a few times, each time until the power goes, and what it holds after that.
/// Everything but the timing of its threads comes from the seed.
class CrashRun {
  public:
    /// Which sync the store forgets, for tests of the run itself.
    enum class Forgets { nothing, data_sync, directory_sync, database_sync };

    explicit CrashRun(std::uint64_t seed, Forgets forgets = Forgets::nothing)
        : dice_(seed), forgets_(forgets) {}

    /// Answers what was broken: nothing, when the store keeps its promises.
    const std::vector<std::string>& run() {
        std::filesystem::create_directory(path());
        make_bucket();
        const std::uint64_t lives = dice_.between(1, 3);
        for (std::uint64_t life = 1; life <= lives && problems_.empty(); ++life) {
            live(std::to_string(life));
            look_after_the_crash();
        }
        return problems_;
    }

    std::string describe() { return "what the store was asked and what it holds do not agree:"; }
    static bool stuck() { return false; }

    std::size_t acknowledged() { return history_.acknowledged(); }
    /// How many lives ended in a call, and not in a rest.
    unsigned crashes() const { return crashes_; }
    std::uint64_t leftovers() const { return leftovers_; }

  private:
    std::filesystem::path path() const {
        return std::filesystem::path(directory_.path()) / "store";
    }

    Result<std::unique_ptr<store::LocalStore>> open(LossyDisk& disk) {
        store::LocalStoreOptions options;
        options.directory = path();
        options.file_system = &disk;
        // So low that the log begins anew again and again.
        options.log_limits = {static_cast<int>(dice_.between(1, 30)),
                              static_cast<int>(dice_.between(30, 60))};
        options.janitor_interval = std::chrono::milliseconds(dice_.between(1, 50));
        return store::LocalStore::open(options, threads_, clock_);
    }

    void make_bucket() {
        LossyDisk disk(path(), dice_.below(UINT64_MAX));
        auto store = open(disk);
        objects::PutRequest tagged;
        tagged.bucket = CrashLoad::bucket;
        tagged.key = CrashLoad::tagged_key;
        MemoryBodyReader body("it is the tags that change");
        if (!store || !test::run((*store)->create_bucket(CrashLoad::bucket)) ||
            !test::run((*store)->put(tagged, body))) {
            problems_.emplace_back("a new store cannot be made");
        }
    }

    /// From a start to the loss of power, which may come during the start.
    void live(const std::string& name) {
        LossyDisk disk(path(), dice_.below(UINT64_MAX));
        disk.skips_data_sync = forgets_ == Forgets::data_sync;
        disk.skips_directory_sync = forgets_ == Forgets::directory_sync;
        disk.skips_database_sync = forgets_ == Forgets::database_sync;
        disk.no_links = dice_.happens(0.1);
        const bool early = dice_.happens(0.2);
        disk.cut_power_at(early ? dice_.between(1, 30) : dice_.between(1, 1200));
        if (dice_.happens(0.3)) {
            disk.fail_at(dice_.between(1, 300), dice_.happens(0.5) ? EIO : ENOSPC);
        }
        {
            const auto store = open(disk);
            if (store) {
                work(**store, disk, name);
            } else if (!disk.dead() && !disk.tripped()) {
                problems_.push_back("it does not open: " + store.error().message);
            }
        }
        crashes_ += disk.dead() ? 1U : 0U;
        disk.lose_power();
        for (const std::string& complaint : history_.complaints()) {
            problems_.push_back(complaint);
        }
    }

    void work(store::LocalStore& store, const LossyDisk& disk, const std::string& life) {
        const std::uint64_t clients = dice_.between(1, 4);
        const std::uint64_t requests = dice_.between(5, 60);
        std::vector<std::jthread> threads;
        for (std::uint64_t client = 0; client < clients; ++client) {
            const std::string name = fmt::format("{}.{}", life, client);
            threads.emplace_back([&, seed = dice_.below(UINT64_MAX), name] {
                CrashLoad load({store, disk, history_, name}, uploads_, seed);
                for (std::uint64_t i = 0; i < requests && !disk.dead(); ++i) {
                    load.do_something();
                }
            });
        }
    }

    void look_after_the_crash() {
        LossyDisk disk(path(), dice_.below(UINT64_MAX));
        {
            const auto store = open(disk);
            if (!store) {
                problems_.push_back("after the crash it does not open: " + store.error().message);
                return;
            }
            for (const std::string& key : history_.keys()) {
                if (key.starts_with("key")) {
                    look_at(**store, key);
                }
            }
            look_at_buckets(**store);
            for (const std::string& wrong : uploads_.look(**store)) {
                expect(wrong);
            }
            const auto report = (*store)->clean();
            expect(report ? "" : "the janitor fails: " + report.error().message);
            leftovers_ += report ? report->leftovers_removed : 0;
        }
        check(disk);
    }

    void look_at(store::LocalStore& store, const std::string& key) {
        std::string wrong;
        const auto found = CrashLoad::find(store, key, wrong);
        if (!found) {
            wrong = key + " cannot be read: " + found.error().message;
        }
        expect(wrong.empty() ? history_.check(key, *found, history_.now()) : wrong);
    }

    void look_at_buckets(store::LocalStore& store) {
        State other;
        if (test::run(store.head_bucket(CrashLoad::other_bucket))) {
            other = Found{CrashLoad::other_bucket, {}};
        }
        expect(history_.check(CrashLoad::other_bucket, other, history_.now()));
        expect(
            history_.check(CrashLoad::settings, CrashLoad::find_settings(store), history_.now()));
        expect(history_.check(CrashLoad::tagged_key, CrashLoad::find_tags(store), history_.now()));
    }

    /// What the store's own check finds: no file without an object, no object without its bytes.
    void check(LossyDisk& disk) {
        store::CheckOptions options;
        options.directory = path();
        options.file_system = &disk;
        options.found = [this](const store::CheckFinding& finding) {
            expect(fmt::format("check: {}: {}", finding.where, finding.message));
        };
        const auto report = store::check_store(options);
        expect(report ? "" : "check fails: " + report.error().message);
    }

    void expect(const std::string& wrong) {
        if (!wrong.empty()) {
            problems_.push_back(wrong);
        }
    }

    const TemporaryDirectory directory_{memory_parent()};
    SystemClock clock_;
    DiskThreads threads_{2};
    Dice dice_;
    const Forgets forgets_;
    History history_;
    OpenUploads uploads_;
    std::vector<std::string> problems_;
    unsigned crashes_ = 0;
    std::uint64_t leftovers_ = 0;
};

}  // namespace slipway::test
