// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/scheduler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <random>
#include <set>
#include <vector>

namespace slipway::engine::test {

using std::chrono::microseconds;

/// How a simulated store takes one step.
struct Reply {
    microseconds sending{0};  ///< until its bytes have left
    microseconds answer{0};   ///< from then to the answer
    StepResult::Kind kind = StepResult::Kind::ok;
    bool pushed_back = false;
};

/// Drives a Scheduler through virtual time against a store that `reply` describes, and checks at
/// each step what must always hold.
class Simulation {
  public:
    using Store = std::function<Reply(const Step&, Instant now)>;

    Simulation(const SchedulerOptions& options, Store store, std::uint64_t seed = 1)
        : options_(options), scheduler_(options), store_(std::move(store)), random_(seed) {}

    /// Runs files of these sizes to their ends; answers how long that took.
    microseconds run(const std::vector<std::uint64_t>& sizes) {
        const Instant begin = now_;
        while (true) {
            feed(sizes);
            const Decision decision = scheduler_.next(now_);
            switch (decision.kind) {
                case Decision::Kind::step:
                    start(decision.step);
                    continue;
                case Decision::Kind::ended:
                    end(decision);
                    continue;
                case Decision::Kind::done:
                    EXPECT_TRUE(events_.empty());
                    EXPECT_TRUE(files_.empty()) << "every file has its end";
                    return std::chrono::duration_cast<microseconds>(now_ - begin);
                case Decision::Kind::feed:
                    ADD_FAILURE() << "it was fed all it wants";
                    return microseconds(0);
                case Decision::Kind::wait:
                    break;
            }
            if (!advance(decision.until)) {
                ADD_FAILURE() << "it waits for nothing";
                return microseconds(0);
            }
            if (cancel_at_ <= now_) {
                scheduler_.cancel();
                cancel_at_ = Instant::max();
            }
        }
    }

    void cancel_after(microseconds time) { cancel_at_ = now_ + time; }
    Scheduler& scheduler() { return scheduler_; }

    std::map<FileEnd, std::size_t> ends;
    std::map<Step::Kind, std::size_t> steps;
    unsigned under_way_most = 0;
    /// Size of each file in the order in which they ended.
    std::vector<std::uint64_t> ended_sizes;

  private:
    struct Event {
        Instant at;
        std::uint64_t order = 0;
        bool is_answer = false;
        Step step;
        Reply reply;
        bool operator>(const Event& other) const {
            return at != other.at ? at > other.at : order > other.order;
        }
    };

    struct File {
        std::uint64_t size = 0;
        std::set<unsigned> parts;
        std::uint64_t bytes_stored = 0;
        bool upload_open = false;
        bool stored = false;
        unsigned steps = 0;
    };

    void feed(const std::vector<std::uint64_t>& sizes) {
        while (scheduler_.wants_files()) {
            if (fed_ == sizes.size()) {
                scheduler_.no_more_files();
                return;
            }
            add(sizes[fed_++]);
        }
    }

    void add(std::uint64_t size) {
        const Result<Slot> slot = scheduler_.add(size);
        ASSERT_TRUE(slot);
        ASSERT_FALSE(files_.contains(*slot)) << "a slot has one file at a time";
        files_[*slot].size = size;
    }

    void start(const Step& step) {
        const Reply reply = store_(step, now_);
        File& file = files_.at(step.slot);
        ++steps[step.kind];
        ++under_way_;
        ++file.steps;
        under_way_most = std::max(under_way_most, under_way_);
        EXPECT_LE(under_way_, options_.requests_max);
        unsent_bytes_ += held(step);
        EXPECT_TRUE(unsent_bytes_ <= options_.memory_bytes || unsent_bytes_ == held(step));
        const bool control = step.kind != Step::Kind::put && step.kind != Step::Kind::part;
        if (control) {
            push(now_ + reply.sending + reply.answer, true, step, reply);
        } else {
            push(now_ + reply.sending, false, step, reply);
        }
    }

    static std::uint64_t held(const Step& step) {
        return step.in_pieces ? limits::engine_piece_bytes : step.part.size;
    }

    void push(Instant at, bool is_answer, const Step& step, const Reply& reply) {
        events_.push(Event{at, order_++, is_answer, step, reply});
    }

    bool advance(Instant until) {
        const Instant next = events_.empty() ? Instant::max() : events_.top().at;
        const Instant to = std::min({until, next, cancel_at_});
        if (to == Instant::max()) {
            return false;
        }
        EXPECT_GE(to, now_);
        now_ = std::max(now_, to);
        while (!events_.empty() && events_.top().at <= now_) {
            const Event event = events_.top();
            events_.pop();
            event.is_answer ? answer(event) : sent(event);
        }
        return true;
    }

    void sent(const Event& event) {
        unsent_bytes_ -= held(event.step);
        scheduler_.sent(event.step);
        push(now_ + event.reply.answer, true, event.step, event.reply);
    }

    void answer(const Event& event) {
        --under_way_;
        File& file = files_.at(event.step.slot);
        --file.steps;
        if (event.reply.kind == StepResult::Kind::ok) {
            store(file, event.step);
        }
        StepResult result;
        result.kind = event.reply.kind;
        result.pushed_back = event.reply.pushed_back;
        result.latency = event.reply.answer;
        const double random = std::uniform_real_distribution<double>(0, 1)(random_);
        scheduler_.finished(event.step, result, now_, random);
    }

    /// What the store does with a step that succeeds, and what S3 would not let pass.
    static void store(File& file, const Step& step) {
        switch (step.kind) {
            case Step::Kind::put:
                file.bytes_stored = step.part.size;
                file.stored = true;
                break;
            case Step::Kind::create:
                EXPECT_FALSE(file.upload_open);
                file.upload_open = true;
                break;
            case Step::Kind::part:
                EXPECT_TRUE(file.upload_open);
                EXPECT_TRUE(file.parts.insert(step.part.number).second) << "sent twice";
                file.bytes_stored += step.part.size;
                break;
            case Step::Kind::complete:
                EXPECT_TRUE(file.upload_open);
                file.upload_open = false;
                file.stored = true;
                break;
            case Step::Kind::abort:
                EXPECT_TRUE(file.upload_open);
                EXPECT_EQ(file.steps, 0U) << "parts under way are waited for";
                file.upload_open = false;
                break;
        }
    }

    void end(const Decision& decision) {
        const File& file = files_.at(decision.step.slot);
        EXPECT_EQ(file.steps, 0U);
        EXPECT_EQ(decision.end == FileEnd::stored, file.stored);
        if (file.stored) {
            EXPECT_EQ(file.bytes_stored, file.size);
        }
        if (file.upload_open) {
            ++uploads_left;
        }
        ++ends[decision.end];
        ended_sizes.push_back(file.size);
        files_.erase(decision.step.slot);
    }

  public:
    /// Multipart uploads that were left behind.
    unsigned uploads_left = 0;

  private:
    const SchedulerOptions options_;
    Scheduler scheduler_;
    Store store_;
    std::mt19937_64 random_;
    Instant now_ = Instant(std::chrono::hours(1));
    Instant cancel_at_ = Instant::max();
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
    std::uint64_t order_ = 0;
    std::map<Slot, File> files_;
    std::size_t fed_ = 0;
    unsigned under_way_ = 0;
    std::uint64_t unsent_bytes_ = 0;
};

}  // namespace slipway::engine::test
