// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/upload.h"

#include "api/stream_uploads.h"
#include "engine/transfer.h"
#include "task/disk_threads.h"
#include "task/waiters.h"

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

namespace slipway::api {

/// The objects that a program brings (UploadRequest::next_item), as the engine takes them.
///
/// The program's function runs ahead on a thread of `callbacks`, up to limits::upload_items_ahead
/// objects, so that it costs no hop between threads an object, and an object is there as soon as it
/// is brought, however long the next one takes. For one I/O thread.
class ItemFeed {
  public:
    /// Files are read on `disk`.
    ItemFeed(const UploadRequest& request, DiskThreads& callbacks, DiskThreads& disk);

    /// One that is not to be had is a report of why; nothing: there are no more.
    using Item = std::variant<engine::NewFile, NewStream, engine::FileReport>;
    Task<std::optional<Item>> next();

    /// Whether next() need not wait.
    bool ready() const;

    /// No more objects, as of now. Any thread.
    void stop();
    /// Waits until the program's function is not called any more, after stop() or the end.
    Async<void> finish();

  private:
    Async<void> run_ahead();
    Result<> bring();
    Item to_item(UploadItem item) const;
    Result<Item> make(UploadItem item, const std::string& key) const;

    const NextItem next_item_;
    const std::string prefix_;
    const ObjectHeaders headers_;
    const bool if_absent_;
    DiskThreads& callbacks_;
    DiskThreads& disk_;
    bool running_ = false;  // run_ahead(), which the I/O thread starts
    Waiters changed_;
    mutable std::mutex mutex_;  // guards what follows
    std::deque<Item> brought_;
    bool over_ = false;
    std::optional<Error> failure_;
};

}  // namespace slipway::api
