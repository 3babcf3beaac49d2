// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "engine/adaptive_limit.h"
#include "engine/patience.h"
#include "engine/plan.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <optional>
#include <queue>
#include <string_view>
#include <vector>

namespace slipway::engine {

/// Which file: an index that the scheduler gives out, and uses again once the file has ended.
using Slot = std::uint32_t;

/// One step towards a file in the store.
struct Step {
    enum class Kind : std::uint8_t {
        put,       ///< the whole file in one request
        create,    ///< begin a multipart upload
        part,      ///< one part of it
        complete,  ///< make it an object
        abort,     ///< give it up: a part or the completion failed for good
    };
    Kind kind = Kind::put;
    Slot slot = 0;
    Part part;               ///< of put and part
    bool in_pieces = false;  ///< more than memory bears: read piece by piece while it is sent
    unsigned attempt = 1;    ///< 1 is the first
    /// When it failed first; the scheduler's.
    Instant failing_since = Instant::max();

    friend bool operator==(const Step&, const Step&) = default;
};

inline bool moves_bytes(const Step& step) {
    return step.kind == Step::Kind::put || step.kind == Step::Kind::part;
}

/// How a file ended.
enum class FileEnd : std::uint8_t {
    stored,
    failed,     ///< its last step's error says why
    gave_up,    ///< nothing had got through for too long
    cancelled,  ///< it was never begun, or given up by cancel()
};

/// What the scheduler answers to "what next?".
struct Decision {
    enum class Kind : std::uint8_t {
        step,   ///< carry out `step`, and report sent() and finished()
        ended,  ///< the file of `step.slot` has ended as `end` says; the slot may come again
        wait,   ///< nothing now: ask again after the next report or add(), or at `until`
        feed,   ///< as wait, and more files would help: add() some, or say no_more_files()
        done,   ///< everything has ended
    };
    Kind kind = Kind::wait;
    Step step;
    FileEnd end = FileEnd::stored;
    Instant until = Instant::max();
};

/// What came of a step.
struct StepResult {
    enum class Kind : std::uint8_t {
        ok,
        again,     ///< failed for a reason that passes
        failed,    ///< failed for good
        no_parts,  ///< of create: the store does not know uploads in parts
    };
    Kind kind = Kind::ok;
    /// Of again: the store was overloaded, or the connection was lost. Lowers the limit.
    bool pushed_back = false;
    /// Of again: the store said when (Retry-After).
    std::optional<std::chrono::milliseconds> retry_after;
    /// Of ok: the time between the last byte and the answer; nothing: no request was needed.
    std::optional<std::chrono::microseconds> latency;
};

struct SchedulerOptions {
    PlanOptions plan;
    /// A ceiling for requests under way, if the user sets one.
    unsigned requests_max = limits::engine_requests_max;
    std::uint64_t memory_bytes = limits::engine_memory_bytes;
    std::chrono::milliseconds no_progress_time_max = limits::engine_no_progress_time_max;
    AdaptiveLimit::BusyTime busy_time = {};
};

/// Decides what is sent next, how many at once, when something is tried again, and when to give up.
///
/// A value: no I/O, no clock, no randomness of its own, so that tests drive it through hours of
/// faults in milliseconds, and the same calls give the same answers. One thread. Files of any
/// number: it knows those that are begun, and at most limits::engine_queue_max that wait.
///
/// - Small files and parts of large ones share the line by bytes: of the two kinds the one with
///   fewer bytes on their way goes first. So small files do not queue behind a large one, and a
///   large one is begun early and does not end alone.
/// - What is read and not yet sent stays within memory_bytes: a part that is more (of a file beyond
///   470 GiB) goes in pieces.
/// - A failed step is tried again after a random rest (objects::backoff; not growing beyond the
///   fourth's while others get through), for as long as anything at all gets through: no count of
///   attempts is right for a store that fails every second request. When nothing got through for
///   as long as Patience has, although a step was tried for no_progress_time_max and at least
///   limits::retry_attempts_max times, everything still open is given up.
/// - A part that fails for good ends its file: parts under way are waited for, then abort, which is
///   tried as long and as often, or limits::retry_attempts_max times when the run was given up.
class Scheduler {
  public:
    explicit Scheduler(const SchedulerOptions& options);

    /// Whether a further add() is welcome.
    bool wants_files() const;
    /// Errors: those of Plan::of; the file is not taken then.
    Result<Slot> add(std::uint64_t size);
    void no_more_files() { no_more_files_ = true; }

    Decision next(Instant now);

    /// The step's bytes have left, or are not needed any more: their memory is free. Once for each
    /// put and part, before finished() at the latest.
    void sent(const Step& step);

    /// Of a download, after sent(): its bytes begin to come, which keeps us at work as sending
    /// does, until sent() is called once more.
    void receiving(const Step& step);
    /// Something got through, although the step it is for goes on.
    void progressed(Instant now) { patience_.progressed(now); }

    /// `random` is in [0, 1): the jitter of a rest.
    void finished(const Step& step, const StepResult& result, Instant now, double random);

    /// Whether uploads in parts that are open when the run stops are left as they are, for another
    /// run to go on with, instead of aborted.
    void keep_uploads(bool keep) { keep_uploads_ = keep; }

    /// No further steps but aborts; what has not been stored ends as cancelled.
    void cancel() { stop(FileEnd::cancelled); }

    /// After cancel(): no further steps at all. Uploads that were not aborted are left.
    void give_up_aborts();

    /// For how long nothing got through when files end as gave_up.
    std::chrono::milliseconds patience() const { return patience_.time(); }
    unsigned limit() const { return limit_.limit(); }
    unsigned under_way() const { return under_way_; }

  private:
    struct File {
        Plan plan;
        bool begun = false;    // a step of it was given out
        bool created = false;  // a multipart upload exists at the store
        bool aborting = false;
        bool over = true;        // it is told, or about to be
        unsigned next_part = 1;  // of parts never tried
        unsigned parts_stored = 0;
        unsigned steps_under_way = 0;
        unsigned generation = 0;     // of the slot: a retry of the file before is none of ours
        std::optional<FileEnd> end;  // decided; steps under way and the abort are waited for
    };

    struct Retry {
        Instant due;
        std::uint64_t order = 0;  // equal times: as they came
        unsigned generation = 0;
        Step step;
        bool operator>(const Retry& other) const {
            return due != other.due ? due > other.due : order > other.order;
        }
    };

    void stop(FileEnd end);
    Decision begin(const Step& step);
    Decision end_waiting();
    Decision idle(Instant now) const;
    bool has_step(Instant now);
    std::optional<Step> choose(Instant now);
    std::optional<Step> choose_data();
    void drop_ended();
    bool fits(std::uint64_t bytes) const;

    void send_whole(Slot slot);
    void succeeded(const Step& step);
    void try_again(const Step& step, const StepResult& result, Instant now, double random);
    void end_file(Slot slot, FileEnd end);
    void settle(Slot slot);

    const SchedulerOptions options_;
    PlanOptions plan_;  // as the user wants it, and as the store can
    AdaptiveLimit limit_;

    std::vector<File> files_;
    std::vector<Slot> free_;
    std::deque<Slot> small_;    // not begun, to go in one PUT
    std::deque<Slot> large_;    // not begun, to go in parts
    std::deque<Slot> open_;     // have parts that were never tried
    std::deque<Step> control_;  // complete and abort
    std::priority_queue<Retry, std::vector<Retry>, std::greater<>> retries_;
    std::deque<std::pair<Slot, FileEnd>> ended_;

    bool no_more_files_ = false;
    std::optional<FileEnd> stopped_;
    bool keep_uploads_ = false;
    bool aborts_given_up_ = false;
    unsigned creating_ = 0;
    unsigned under_way_ = 0;
    unsigned unsent_ = 0;
    std::uint64_t unsent_bytes_ = 0;  // in memory
    std::uint64_t put_bytes_under_way_ = 0;
    std::uint64_t part_bytes_under_way_ = 0;
    std::uint64_t retries_made_ = 0;
    Patience patience_;
};

}  // namespace slipway::engine
