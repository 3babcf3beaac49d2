// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/upload.h"

#include "client.h"
#include "read_queue.h"
#include "wakeup.h"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

namespace slipway::python {

/// A name for an object: `begin`, then with `digits` so many of its content's SHA-256, then `end`.
struct Name {
    std::string begin;
    std::string end;
    unsigned digits = 0;
};

/// A file on the disk, bytes in memory that stay, bytes that Python reads from any offset, and
/// those that it reads from first to last.
struct OnDisk {
    std::string path;
};
struct InMemory {
    std::string_view bytes;
};
struct Seekable {
    std::uint64_t size = 0;
};
struct Stream {};

struct Item {
    Name name;
    std::variant<OnDisk, InMemory, Seekable, Stream> content;
    ObjectHeaders headers;
};

/// What became of an item.
struct Outcome {
    std::string key;
    bool skipped = false;  ///< `error` says why
    std::optional<Error> error;
    std::uint64_t size = 0;
    std::string etag;
    std::string checksum;
    unsigned retries = 0;
};

struct Ended {
    std::size_t item = 0;
    Outcome outcome;
};

/// An upload of some items. The descriptor becomes readable when there is something to take.
///
/// Any thread, but one of them takes. What it was given to read stays until it is over.
class UploadJob : public std::enable_shared_from_this<UploadJob> {
  public:
    explicit UploadJob(UploadRequest request);

    /// Before start. Answers the item's number.
    std::size_t add(Item item);
    /// `client` outlives it.
    void start(Client& client);

    int descriptor() const { return wakeup_.descriptor(); }
    struct News {
        std::vector<Read> reads;
        std::vector<Ended> ended;
        bool over = false;
    };
    /// What happened since the last time. After over nothing that was given is touched any more.
    News take();
    ReadQueue& reads() { return reads_; }
    /// What is not stored ends as cancelled. Does not wait.
    void cancel();
    /// Blocks until it is over.
    void wait();
    UploadProgress progress();
    std::size_t items() const { return items_.size(); }
    /// Once it is over: why all of it failed, or nothing.
    std::optional<Error> failure();

  private:
    void run(S3& s3);
    Result<UploadProgress> send(S3& s3);
    void name_some();
    Result<std::string> digest_of(std::size_t item);
    Result<std::optional<UploadItem>> next();
    UploadItem to_upload_item(std::size_t item, std::string key);
    std::shared_ptr<Upload> upload();
    void heard(const UploadEvent& event);
    void ended(std::size_t item, Outcome outcome);
    void ended_locked(std::size_t item, Outcome outcome);
    void finish(Result<UploadProgress> end);

    const UploadRequest request_;
    const Wakeup wakeup_;
    ReadQueue reads_;
    std::vector<Item> items_;

    struct Named {
        std::size_t item = 0;
        std::string key;
    };
    std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    std::deque<std::size_t> unnamed_;
    std::size_t being_named_ = 0;
    std::deque<Named> named_;
    /// Items of one key, which have the same content, and what became of them.
    struct Object {
        std::vector<std::size_t> items;
        std::optional<Outcome> outcome;
    };
    std::map<std::string, Object> objects_;
    std::vector<Ended> ended_;
    std::vector<bool> has_ended_;
    std::vector<unsigned> retries_;
    std::shared_ptr<Upload> upload_;  // shared with who is calling it just now
    UploadProgress progress_;
    std::optional<Error> failure_;
    bool cancelled_ = false;
    bool over_ = false;
};

}  // namespace slipway::python
