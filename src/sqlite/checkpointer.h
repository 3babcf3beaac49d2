// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sqlite/database.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace slipway::sqlite {

/// When the log of a database in WAL mode is moved into the database, in pages of the log.
struct CheckpointLimits {
    int log_pages_soft_max = 0;
    int log_pages_hard_max = 0;
};

/// Moves a database's log into the database on a thread of its own: commits do not wait for it.
///
/// Beyond log_pages_soft_max that thread moves what the log holds while commits go on. While they
/// never pause the log never starts anew, so beyond log_pages_hard_max whoever commits has to pause
/// and catch_up() with the rest, of which there is little by then. All but the destructor is for
/// the thread that is committing.
class Checkpointer {
  public:
    /// `writer` is the connection that commits; it must outlive this. `options` are those it was
    /// opened with.
    Checkpointer(Database& writer, DatabaseOptions options, CheckpointLimits limits);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// To be called after each commit. Waits for nothing.
    void after_commit();

    /// Whether the log has grown beyond log_pages_hard_max.
    bool behind() const { return log_pages_ > limits_.log_pages_hard_max; }

    /// Moves the log into the database now: waits for the disk. A failure is not told: it shows at
    /// the next commit, or goes away, as the log is as good as the database.
    void catch_up();

    /// As catch_up(), and waits for whoever reads from the log, so that its room is free again.
    void empty_log();

  private:
    void serve(const DatabaseOptions& options);

    Database& writer_;
    const CheckpointLimits limits_;
    int log_pages_ = 0;  // as of the last commit; of the committing thread

    std::mutex mutex_;
    std::condition_variable changed_;
    bool asked_ = false;
    bool stopping_ = false;
    std::mutex moving_;    // who moves the log and must not find another at it
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace slipway::sqlite
