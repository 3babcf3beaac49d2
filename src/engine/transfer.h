// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/pacer.h"
#include "engine/scheduler.h"
#include "engine/source.h"
#include "engine/upload_journal.h"
#include "objects/object_store.h"
#include "task/spread.h"
#include "task/timeline.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace slipway::engine {

/// One file to be stored.
struct NewFile {
    std::string key;
    std::string path;  ///< where it is on disk, for reports; empty: nowhere
    std::unique_ptr<Source> source;
    objects::ObjectAttributes attributes;
    objects::Conditions conditions;  ///< if_match, if_none_match only
};

/// Brings the files, one at a time: a list, or the walk of a tree.
class Feed {
  public:
    virtual ~Feed() = default;
    /// Nothing: there are no more. An error ends the feed; files before it are stored.
    virtual Task<std::optional<NewFile>> next() = 0;
};

/// What became of one file.
struct FileReport {
    std::optional<Slot> slot;  ///< as the other calls have it; nothing: the file was never begun
    std::string bucket;        ///< of a download; that of an upload is its target's
    std::string key;
    std::string path;
    std::uint64_t size = 0;
    FileEnd end = FileEnd::stored;
    objects::ObjectInfo info;    ///< of a stored one
    std::optional<Error> error;  ///< of the others: what failed it, or the last one met
    unsigned requests = 0;       ///< sent for it, retries among them
    /// An upload in parts of it may have been left at the store: its abort, or an answer to its
    /// beginning, never got through. The store's lifecycle rules have to do.
    bool upload_left = false;
    /// It was left for a later run to go on with: the journal has it.
    bool upload_kept = false;
};

struct TransferOptions {
    std::string bucket;
    SchedulerOptions scheduler;
    objects::ChecksumAlgorithm checksum = objects::ChecksumAlgorithm::crc64nvme;
    Pacer* pacer = nullptr;  ///< what is sent passes it; nullptr: no limit. Outlives the transfer
    /// Where uploads in parts are written down; nullptr: nowhere. What is open when the run is
    /// cancelled or gives up is kept for the next one instead of aborted. Outlives the transfer.
    UploadJournal* journal = nullptr;
    /// The threads that read and send what is large; nullptr: that of run(). Outlives the transfer
    Spread* spread = nullptr;
    bool resume = false;  ///< goes on with what the journal has from runs before
    // What is told, on the I/O thread of run(); each may be empty.
    std::function<void(Slot slot, const FileReport& so_far)> begun;
    /// Handed to a connection; below 0 what a failed request has to send again.
    std::function<void(Slot slot, std::int64_t bytes)> sent;
    std::function<void(Slot slot, const FileReport& so_far)> retried;  ///< its `error` says why
    std::function<void(FileReport)> ended;                             ///< once for each file
    /// In [0, 1); tests replace it.
    std::function<double()> random;
    /// nullptr: the machine's time. Outlives the transfer.
    Timeline* timeline = nullptr;
};

/// Gets many files into a store at once: carries out what a Scheduler decides.
///
/// Bytes of a file are in memory from their reading until they have been sent; for a retry they
/// are read again. One I/O thread decides: that of the coroutine which awaits run(). A request with
/// a large body is read, checked and sent by one of `spread`, so that the bytes stay in one
/// processor's cache.
class Transfer {
  public:
    /// `store` should send each request once: repeating is the scheduler's. Both outlive this.
    Transfer(objects::ObjectStore& store, TransferOptions options);
    ~Transfer();
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    /// Ends when every file of the feed has been reported. Once. Errors: those of the feed; and
    /// when the first answers say that no file can be stored (no such bucket, keys that are not
    /// known), that, with the rest cancelled.
    Task<> run(Feed& feed);

    /// The feed is asked no more, puts and parts under way are broken off, and uploads in parts are
    /// aborted; what is known and not stored ends as cancelled. A put that was broken off may still
    /// have got through, whole. run() ends within limits::engine_cancel_time_max, but for a feed or
    /// a disk that does not come back. On the thread of run(), which itself is not to be cancelled.
    void cancel();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace slipway::engine
