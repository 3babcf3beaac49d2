// SPDX-License-Identifier: Apache-2.0
// Runs that are stopped or killed at any moment, and others that go on, on virtual time.
//   SLIPWAY_SIM_SEED=7   only that one
//   SLIPWAY_LONG=1       10,000 of them
#include "base/limits.h"
#include "engine/left_uploads.h"
#include "engine/transfer.h"
#include "support/sim/campaign.h"
#include "support/sim/sim_source.h"
#include "support/sim/sim_store.h"
#include "support/temporary_directory.h"
#include "task/spawn.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace slipway::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t mebibyte = 1ULL << 20U;

/// Some files of a folder, and run after run that tries to bring them into a store.
class ResumedRuns {
  public:
    explicit ResumedRuns(std::uint64_t seed) : dice_(seed) {
        Weather weather;
        weather.link_bytes_per_s = 1e8;
        weather.connection_bytes_per_s = 5e7;
        weather.lost_answer = dice_.happens(0.5) ? 0.02 : 0;
        weather.reset = dice_.happens(0.3) ? 0.02 : 0;
        weather.refused = dice_.happens(0.3) ? 0.05 : 0;
        weather.gone_is_error = dice_.happens(0.5);
        store_.emplace(time_, dice_, weather);
        options_.bucket = "bucket";
        options_.scheduler.plan.part_bytes = 5 * mebibyte;
        options_.scheduler.plan.multipart_bytes_min = 5 * mebibyte;
        options_.timeline = &time_;
        options_.random = [this] { return dice_.real(); };
        options_.ended = [this](engine::FileReport report) {
            last_words_[report.key] = report.error ? report.error->message : "";
        };
        for (std::uint64_t i = dice_.between(1, 6); i > 0; --i) {
            SimFile& file = files_.emplace_back();
            file.content = static_cast<std::uint32_t>(2 * i + 1);
            file.size = dice_.between(4, 100 * mebibyte);
            parts_needed_ += (file.size + 5 * mebibyte - 1) / (5 * mebibyte);
        }
        foreign_ = dice_.happens(0.3);
        if (foreign_) {
            store_->add_foreign_upload(key(0), 5h);
        }
        options_.resume = true;
    }

    /// What did not hold; empty if all did.
    std::string run() {
        const std::uint64_t stops = dice_.between(1, 4);
        for (std::uint64_t i = 0; i < stops; ++i) {
            if (!attempt(std::chrono::microseconds(dice_.below(4'000'000)))) {
                return "a run that was stopped did not end";
            }
        }
        if (dice_.happens(0.2)) {
            replace_a_file();
        }
        if (!attempt(std::nullopt)) {
            return "the last run did not end";
        }
        return check(stops);
    }

    std::uint64_t parts_saved() const { return parts_saved_; }
    std::uint64_t unheard() const { return unheard_; }

  private:
    static std::string key(std::size_t file) { return "file-" + std::to_string(file); }

    class Files final : public engine::Feed {
      public:
        explicit Files(ResumedRuns& runs) : runs_(runs) {}
        Task<std::optional<engine::NewFile>> next() override {
            // As --resume does: what is in the store is not sent.
            while (next_ < runs_.files_.size() && runs_.is_stored(next_)) {
                runs_.journal_->give_up(key(next_++));
            }
            if (next_ == runs_.files_.size()) {
                co_return std::nullopt;
            }
            engine::NewFile file;
            file.key = key(next_);
            file.source =
                std::make_unique<SimSource>(runs_.files_[next_++], runs_.time_, runs_.chunks_most_);
            co_return file;
        }

      private:
        ResumedRuns& runs_;
        std::size_t next_ = 0;
    };

    /// By its checksum: files differ in their first bytes, so that parts behind these are the same
    /// whichever file they came from.
    bool is_stored(std::size_t file) const {
        const auto found = store_->objects.find(key(file));
        return found != store_->objects.end() && found->second.info.size == files_[file].size &&
               found->second.info.checksum ==
                   checksum_of_content(objects::ChecksumAlgorithm::crc64nvme, files_[file].content,
                                       0, files_[file].size);
    }

    /// A run; one that is stopped leaves its journal either as it is at its end, or as it was when
    /// it was stopped: then it was killed, and what it did afterwards is what was on its way.
    bool attempt(std::optional<std::chrono::microseconds> stop_after) {
        auto opened = engine::UploadJournal::open(folder(), "http://sim", "bucket", clock_);
        journal_ = std::move(opened).value();
        options_.journal = journal_.get();
        const bool killed = stop_after && dice_.happens(0.5);
        engine::Transfer transfer(*store_, options_);
        if (stop_after) {
            spawn(time_.executor(), stop(attempts_, *stop_after, killed));
        }
        running_ = &transfer;
        const auto outcome = time_.run(carry_out(transfer, !stop_after), time_.now() + 1h);
        running_ = nullptr;
        ++attempts_;
        journal_.reset();
        if (killed && std::filesystem::exists(snapshot())) {
            std::filesystem::remove_all(folder());
            std::filesystem::rename(snapshot(), folder());
        }
        return outcome.has_value();
    }

    Async<Result<>> carry_out(engine::Transfer& transfer, bool to_its_end) {
        Files feed(*this);
        auto outcome = co_await transfer.run(feed);
        if (to_its_end) {
            for (const auto& left : journal_->given_up()) {
                unheard_ += left.upload_id.empty() ? 1U : 0U;
            }
            // The real one repeats what fails; here it is asked until nothing is left to do.
            for (int i = 0; i < 20 && !journal_->given_up().empty(); ++i) {
                co_await engine::abort_given_up(*store_, "bucket", *journal_);
            }
        }
        co_return outcome;
    }

    Async<void> stop(unsigned attempt, std::chrono::microseconds after, bool killed) {
        co_await time_.pause(after);
        if (running_ == nullptr || attempt != attempts_) {
            co_return;  // that run ended by itself
        }
        if (killed) {
            std::filesystem::copy(folder(), snapshot());
        }
        running_->cancel();
    }

    void replace_a_file() {
        SimFile& file = files_[dice_.below(files_.size())];
        file.content += 1000;
        file.size = dice_.between(4, 100 * mebibyte);
        replaced_ = true;
    }

    std::string check(std::uint64_t stops) {
        for (std::size_t i = 0; i < files_.size(); ++i) {
            if (!is_stored(i)) {
                return key(i) + " is not stored: " + last_words_[key(i)];
            }
        }
        std::size_t foreign = 0;
        for (const auto& [place, upload] : store_->uploads) {
            if (!upload.foreign) {
                return "an upload of " + place.first + " was left";
            }
            ++foreign;
        }
        if (foreign != (foreign_ ? 1U : 0U)) {
            return "an upload of somebody else's was aborted";
        }
        if (!std::filesystem::is_empty(folder())) {
            return "a journal was left";
        }
        // Each stop costs at most what was on its way; without faults nothing else is sent twice.
        const std::uint64_t sent = store_->requests["part"] + store_->requests["put"];
        const std::uint64_t under_way = limits::engine_memory_bytes / (5 * mebibyte) + 16;
        const bool fair = store_->weather().faults() == 0 && !replaced_;
        if (fair && sent > parts_needed_ + stops * under_way) {
            return fmt::format("{} parts sent where {} would do, and {} stops", sent, parts_needed_,
                               stops);
        }
        parts_saved_ = store_->requests["list parts"];
        return {};
    }

    std::string folder() const { return directory_.path() + "/journal"; }
    std::string snapshot() const { return directory_.path() + "/snapshot"; }

    TemporaryDirectory directory_;
    Dice dice_;
    VirtualTime time_;
    SimClock clock_{time_};
    std::optional<SimStore> store_;
    engine::TransferOptions options_;
    std::vector<SimFile> files_;
    std::unique_ptr<engine::UploadJournal> journal_;
    engine::Transfer* running_ = nullptr;
    unsigned attempts_ = 0;
    std::size_t chunks_most_ = 0;
    std::uint64_t parts_needed_ = 0;
    std::uint64_t parts_saved_ = 0;
    std::uint64_t unheard_ = 0;
    bool foreign_ = false;
    bool replaced_ = false;
    std::map<std::string, std::string> last_words_;
};

TEST(ResumeCampaign, WheneverARunIsStoppedTheNextOneSendsOnlyWhatIsMissing) {
    const Seeds seeds(300, 10'000);
    std::uint64_t saved = 0;
    std::uint64_t unheard = 0;
    for (std::uint64_t seed = seeds.first; seed <= seeds.last; ++seed) {
        ResumedRuns runs(seed);
        ASSERT_EQ(runs.run(), "") << replay(seed, "ResumeCampaign");
        saved += runs.parts_saved();
        unheard += runs.unheard();
    }
    if (!seeds.is_replay()) {  // a campaign in which something never happens proves nothing of it
        EXPECT_GT(saved, 50U);
        EXPECT_GT(unheard, 0U);
    }
}

}  // namespace
}  // namespace slipway::test
