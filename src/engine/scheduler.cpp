// SPDX-License-Identifier: Apache-2.0
#include "engine/scheduler.h"

#include "objects/retry.h"
#include "s3/limits.h"

#include <algorithm>
#include <utility>

namespace slipway::engine {
namespace {

/// Multipart uploads with parts to send: one, and the next one that is begun beside its end.
constexpr std::size_t open_uploads_max = 2;

std::uint64_t bytes_of(const Step& step) {
    return step.part.size;  // 0 of steps that move none
}

/// What it has in memory until it is sent.
std::uint64_t held_bytes(const Step& step) {
    return step.in_pieces ? limits::engine_piece_bytes : bytes_of(step);
}

}  // namespace

Scheduler::Scheduler(const SchedulerOptions& options)
    : options_(options),
      plan_(options.plan),
      limit_(options.requests_max, options.busy_time),
      patience_(options.no_progress_time_max) {
}

bool Scheduler::wants_files() const {
    return !no_more_files_ && small_.size() + large_.size() < limits::engine_queue_max;
}

Result<Slot> Scheduler::add(std::uint64_t size) {
    SLIPWAY_TRY(plan, Plan::of(size, plan_));
    if (free_.empty()) {
        free_.push_back(static_cast<Slot>(files_.size()));
        files_.emplace_back();
    }
    const Slot slot = free_.back();
    free_.pop_back();
    const unsigned generation = files_[slot].generation + 1;
    files_[slot] = File();
    files_[slot].generation = generation;
    files_[slot].plan = plan;
    files_[slot].over = false;
    (plan.multipart() ? large_ : small_).push_back(slot);
    return slot;
}

Decision Scheduler::next(Instant now) {
    patience_.begin(now);
    if (!ended_.empty()) {
        Decision decision;
        decision.kind = Decision::Kind::ended;
        decision.step.slot = ended_.front().first;
        decision.end = ended_.front().second;
        ended_.pop_front();
        free_.push_back(decision.step.slot);
        return decision;
    }
    if (stopped_ && !(small_.empty() && large_.empty())) {
        return end_waiting();
    }
    drop_ended();
    if (!has_step(now)) {
        return idle(now);
    }
    if (under_way_ >= limit_.limit()) {
        limit_.reached(now, under_way_, unsent_);
    }
    if (under_way_ >= limit_.limit()) {
        Decision decision;
        // With nothing left to send, time alone may raise the limit.
        const bool may_grow = unsent_ == 0 && !limit_.at_ceiling();
        decision.until = may_grow ? now + limits::engine_idle_growth_time : Instant::max();
        return decision;
    }
    const std::optional<Step> step = choose(now);
    return step ? begin(*step) : Decision();  // memory is full: sent() will come
}

/// Files that were not begun when the run stopped.
Decision Scheduler::end_waiting() {
    std::deque<Slot>& waiting = small_.empty() ? large_ : small_;
    Decision decision;
    decision.kind = Decision::Kind::ended;
    decision.step.slot = waiting.front();
    decision.end = *stopped_;
    waiting.pop_front();
    files_[decision.step.slot].over = true;
    free_.push_back(decision.step.slot);
    return decision;
}

Decision Scheduler::idle(Instant now) const {
    Decision decision;
    if (!retries_.empty()) {
        decision.until = std::max(now, retries_.top().due);
    }
    if (wants_files()) {
        decision.kind = Decision::Kind::feed;
    } else if (under_way_ == 0 && retries_.empty()) {
        decision.kind = Decision::Kind::done;
    }
    return decision;
}

/// Takes what has become pointless off the queues' fronts.
void Scheduler::drop_ended() {
    while (!open_.empty()) {
        const File& file = files_[open_.front()];
        if (!file.end && file.next_part <= file.plan.parts()) {
            break;
        }
        open_.pop_front();
    }
    while (!retries_.empty()) {
        const Retry& retry = retries_.top();
        const File& file = files_[retry.step.slot];
        const bool wanted = !file.end || retry.step.kind == Step::Kind::abort;
        if (retry.generation == file.generation && wanted) {
            break;
        }
        retries_.pop();
    }
}

bool Scheduler::has_step(Instant now) {
    return !control_.empty() || (!retries_.empty() && retries_.top().due <= now) ||
           !small_.empty() || !open_.empty() ||
           (!large_.empty() && open_.size() + creating_ < open_uploads_max);
}

std::optional<Step> Scheduler::choose(Instant now) {
    if (!control_.empty()) {
        Step step = control_.front();
        control_.pop_front();
        return step;
    }
    if (!retries_.empty() && retries_.top().due <= now) {
        const Step step = retries_.top().step;
        if (!fits(held_bytes(step))) {
            return std::nullopt;
        }
        retries_.pop();
        return step;
    }
    if (!large_.empty() && open_.size() + creating_ < open_uploads_max) {
        Step step;
        step.kind = Step::Kind::create;
        step.slot = large_.front();
        large_.pop_front();
        return step;
    }
    return choose_data();
}

/// Of small files and parts, the kind with fewer bytes on their way. If its bytes do not fit into
/// memory nothing goes: else small files would keep a part waiting for ever.
std::optional<Step> Scheduler::choose_data() {
    const bool a_part =
        !open_.empty() && (small_.empty() || part_bytes_under_way_ <= put_bytes_under_way_);
    if (!a_part && small_.empty()) {
        return std::nullopt;
    }
    Step step;
    step.kind = a_part ? Step::Kind::part : Step::Kind::put;
    step.slot = a_part ? open_.front() : small_.front();
    File& file = files_[step.slot];
    step.part = file.plan.part(file.next_part);
    step.in_pieces = bytes_of(step) > options_.memory_bytes;
    if (!fits(held_bytes(step))) {
        return std::nullopt;
    }
    if (a_part) {
        ++file.next_part;
    } else {
        small_.pop_front();
    }
    return step;
}

bool Scheduler::fits(std::uint64_t bytes) const {
    // A piece may be more than all memory: it goes alone.
    return unsent_bytes_ == 0 || unsent_bytes_ + bytes <= options_.memory_bytes;
}

Decision Scheduler::begin(const Step& step) {
    ++under_way_;
    ++files_[step.slot].steps_under_way;
    files_[step.slot].begun = true;
    if (step.kind == Step::Kind::create) {
        ++creating_;
    }
    if (moves_bytes(step)) {
        ++unsent_;
        unsent_bytes_ += held_bytes(step);
        (step.kind == Step::Kind::part ? part_bytes_under_way_ : put_bytes_under_way_) +=
            bytes_of(step);
    }
    Decision decision;
    decision.kind = Decision::Kind::step;
    decision.step = step;
    return decision;
}

void Scheduler::sent(const Step& step) {
    --unsent_;
    unsent_bytes_ -= held_bytes(step);
}

void Scheduler::receiving(const Step& step) {
    ++unsent_;
    unsent_bytes_ += held_bytes(step);
}

void Scheduler::finished(const Step& step, const StepResult& result, Instant now, double random) {
    --under_way_;
    --files_[step.slot].steps_under_way;
    if (moves_bytes(step)) {
        (step.kind == Step::Kind::part ? part_bytes_under_way_ : put_bytes_under_way_) -=
            bytes_of(step);
    }
    if (step.kind == Step::Kind::create) {
        --creating_;
    }
    if (result.kind == StepResult::Kind::ok) {
        patience_.progressed(now);
        if (result.latency) {
            limit_.succeeded(now, bytes_of(step), *result.latency);
        }
        succeeded(step);
    } else if (result.kind == StepResult::Kind::again) {
        if (result.pushed_back) {
            limit_.pushed_back(now);
        }
        try_again(step, result, now, random);
    } else if (result.kind == StepResult::Kind::no_parts) {
        patience_.progressed(now);  // it does answer
        send_whole(step.slot);
    } else if (step.kind != Step::Kind::abort) {
        end_file(step.slot, FileEnd::failed);
    } else {
        files_[step.slot].created = false;  // the store's lifecycle rules have to do
    }
    settle(step.slot);
}

/// Files known from now on are planned so at once. What is too large for that fails.
void Scheduler::send_whole(Slot slot) {
    File& file = files_[slot];
    plan_.multipart_bytes_min = s3::single_put_bytes_max + 1;
    file.plan = Plan::of(file.plan.size(), plan_).value();
    if (file.plan.multipart()) {
        end_file(slot, FileEnd::failed);
    } else if (!file.end) {
        file.begun = false;  // it waits with the others, and ends as they do when the run stops
        small_.push_back(slot);
    }
}

void Scheduler::succeeded(const Step& step) {
    File& file = files_[step.slot];
    switch (step.kind) {
        case Step::Kind::put:
            file.end = FileEnd::stored;  // even when the run was stopped meanwhile
            break;
        case Step::Kind::create:
            file.created = true;
            open_.push_back(step.slot);
            break;
        case Step::Kind::part:
            if (++file.parts_stored == file.plan.parts() && !file.end) {
                Step complete;
                complete.kind = Step::Kind::complete;
                complete.slot = step.slot;
                control_.push_back(complete);
            }
            break;
        case Step::Kind::complete:
            file.created = false;
            file.end = FileEnd::stored;
            break;
        case Step::Kind::abort:
            file.created = false;
            break;
    }
}

void Scheduler::try_again(const Step& step, const StepResult& result, Instant now, double random) {
    File& file = files_[step.slot];
    Step again = step;
    again.failing_since = std::min(step.failing_since, now);
    ++again.attempt;
    const auto asked =
        patience_.grant(now, result.retry_after.value_or(std::chrono::milliseconds(0)));
    const bool often = again.attempt > limits::retry_attempts_max;
    const bool failing_long = often && now - again.failing_since >= options_.no_progress_time_max;
    if (step.kind == Step::Kind::abort) {
        const bool dead = stopped_ == FileEnd::gave_up && often;
        if (failing_long || dead || aborts_given_up_) {
            file.created = false;  // the store's lifecycle rules have to do
            return;
        }
    } else if (file.end) {
        return;
    } else if (failing_long && patience_.over(now)) {
        end_file(step.slot, FileEnd::gave_up);
        stop(FileEnd::gave_up);
        return;
    }
    // Rests that grow are for a store that takes nothing. Where others get through, this one was
    // unlucky: the last of many would else rest for most of the run's time.
    const bool others_pass = patience_.silence(now) < limits::engine_success_recent_time;
    const auto rest = objects::backoff(
        others_pass ? std::min(step.attempt, limits::engine_short_rests_max) : step.attempt,
        random);
    retries_.push(Retry{now + std::max(rest, asked), retries_made_++, file.generation, again});
}

void Scheduler::give_up_aborts() {
    if (std::exchange(aborts_given_up_, true)) {
        return;
    }
    control_.clear();
    retries_ = {};
    for (Slot slot = 0; slot < files_.size(); ++slot) {
        if (files_[slot].begun && !files_[slot].over && files_[slot].end) {
            files_[slot].created = false;
            settle(slot);
        }
    }
}

void Scheduler::stop(FileEnd end) {
    if (stopped_) {
        return;
    }
    stopped_ = end;
    // A completion that was not begun: the file ends without it.
    std::erase_if(control_, [](const Step& step) { return step.kind == Step::Kind::complete; });
    for (Slot slot = 0; slot < files_.size(); ++slot) {
        if (files_[slot].begun && !files_[slot].over) {
            end_file(slot, end);
            settle(slot);
        }
    }
}

void Scheduler::end_file(Slot slot, FileEnd end) {
    File& file = files_[slot];
    if (!file.end) {
        file.end = end;
    }
}

/// Ends the file once nothing of it is under way; an upload that is left behind is aborted first.
void Scheduler::settle(Slot slot) {
    File& file = files_[slot];
    if (!file.end || file.steps_under_way > 0 || file.over) {
        return;
    }
    const bool kept = keep_uploads_ && *file.end != FileEnd::failed && !file.aborting;
    if (!file.created || aborts_given_up_ || kept) {
        file.over = true;
        ended_.emplace_back(slot, *file.end);
        return;
    }
    if (!std::exchange(file.aborting, true)) {
        Step abort;
        abort.kind = Step::Kind::abort;
        abort.slot = slot;
        control_.push_back(abort);
    }
}

}  // namespace slipway::engine
