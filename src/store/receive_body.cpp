// SPDX-License-Identifier: Apache-2.0
#include "store/receive_body.h"

#include "base/limits.h"
#include "s3/errors.h"
#include "s3/limits.h"
#include "task/disk_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

namespace slipway::store {
namespace {

/// A body on its way in. Shared between its coroutine and the disk threads that work on a chunk of
/// it, one on its MD5 and one on the rest: the coroutine waits for them before it touches it again.
struct Arriving {
    BodyDigests digests;
    std::string head;  // the first bytes, until there are too many for the index
    std::unique_ptr<DataFile> file;
};

/// Appends to what is at most an object of the index, with no more room than such a one needs:
/// thousands of slow senders hold it. (A string's own growth doubles whatever reserve() asks for.)
void append_to_head(std::string& head, std::string_view bytes) {
    const std::size_t size = head.size() + bytes.size();
    if (size > head.capacity()) {
        std::string larger;
        larger.reserve(std::min(limits::inline_object_bytes_max, std::max(size, 2 * head.size())));
        larger.append(head);
        head.swap(larger);
    }
    head.append(bytes);
}

/// Its MD5 is that of HashLanes, while a disk thread writes it.
bool is_hashed_apart(const Chunk& chunk) {
    return chunk.size() >= limits::hash_apart_bytes_min;
}

/// On a disk thread: hashing there keeps the I/O thread free for other connections.
Result<> write_chunk(DataFiles& files, Arriving& arriving, const Chunk& chunk) {
    if (is_hashed_apart(chunk)) {
        arriving.digests.update_but_md5(chunk.bytes());
    } else {
        arriving.digests.update(chunk.bytes());
    }
    if (arriving.file == nullptr) {
        SLIPWAY_TRY(file, files.create());
        arriving.file = std::move(file);
        SLIPWAY_CHECK(arriving.file->append(std::as_bytes(std::span(arriving.head))));
        arriving.head = std::string();
    }
    return arriving.file->append(chunk.bytes());
}

/// A chunk of a body on its way to disk and into the digests.
class ChunkCall {
  public:
    explicit ChunkCall(Storage& storage)
        : storage_(storage), writing_(storage.disk), hashing_(storage.disk) {}

    void start(const IoExecutor& executor, const std::shared_ptr<Arriving>& arriving, Chunk chunk) {
        auto bytes = std::make_shared<const Chunk>(std::move(chunk));
        if (is_hashed_apart(*bytes)) {
            auto md5 = std::shared_ptr<codec::Md5>(arriving, &arriving->digests.md5());
            hashing_.start_task(executor, storage_.hash_lanes.update(std::move(md5), bytes));
        }
        // `held`: captured by its name alone the reference's const would come along, and be copied.
        auto write = [&files = storage_.files, held = arriving,
                      bytes = std::move(bytes)]() mutable {
            // Given up before the answer is on its way: the chunk for the next one who waits for
            // memory, the rest so that its coroutine is the last to hold it.
            const std::shared_ptr<Arriving> body = std::move(held);
            const std::shared_ptr<const Chunk> piece = std::move(bytes);
            return write_chunk(files, *body, *piece);
        };
        writing_.start(executor, std::move(write));
    }

    /// Waits for all that start() began.
    Task<> wait() {
        const Result<> hashed = co_await hashing_.wait();
        SLIPWAY_CO_CHECK(co_await writing_.wait());
        co_return hashed;
    }

  private:
    Storage& storage_;
    DiskCall writing_;
    DiskCall hashing_;
};

/// The read of a chunk overlaps the writing of the one before. Returns the body's size. Nothing is
/// under way on a disk thread afterwards.
Task<std::uint64_t> receive(Storage& storage,
                            BodyReader& body,
                            std::shared_ptr<Arriving> arriving) {
    const auto executor = co_await this_executor();
    ChunkCall storing(storage);
    std::uint64_t size = 0;
    // What is announced as too large for the index goes to its file from the first byte on, so that
    // thousands of slow senders hold no memory for it.
    bool in_file = body.size().value_or(0) > limits::inline_object_bytes_max;
    while (true) {
        auto chunk = co_await body.read();
        const Result<> stored = co_await storing.wait();
        if (!chunk) {
            co_return fail(std::move(chunk).error());
        }
        SLIPWAY_CO_CHECK(stored);
        if (chunk->empty()) {
            break;
        }
        size += chunk->size();
        SLIPWAY_CO_CHECK(check_body_size(size));
        if (!in_file && size <= limits::inline_object_bytes_max) {
            arriving->digests.update(chunk->bytes());
            append_to_head(arriving->head, chunk->text());
            continue;
        }
        in_file = true;
        storing.start(executor, arriving, *std::move(chunk));
    }
    if (body.size().value_or(size) != size) {
        co_return s3::s3_fail("IncompleteBody");
    }
    co_return size;
}

}  // namespace

Result<> check_body_size(std::uint64_t size) {
    if (size > s3::single_put_bytes_max) {
        return s3::s3_fail("EntityTooLarge",
                           fmt::format("Your proposed upload exceeds the maximum allowed size of "
                                       "{} bytes; upload it in parts.",
                                       s3::single_put_bytes_max));
    }
    return {};
}

// What is done before the body comes and after it is in functions of their own, so that a slow
// sender does not hold what only they need in a coroutine's frame.
namespace {

Result<std::shared_ptr<Arriving>> begin(DeclaredDigests declared) {
    SLIPWAY_TRY(digests, BodyDigests::start(std::move(declared)));
    return std::make_shared<Arriving>(Arriving{std::move(digests), {}, nullptr});
}

Result<std::unique_ptr<ReceivedBody>> finish(Arriving& arriving, std::uint64_t size) {
    SLIPWAY_TRY(values, arriving.digests.finish());
    auto received = std::make_unique<ReceivedBody>();
    received->size = size;
    received->digests = std::move(values);
    received->data = std::move(arriving.head);
    received->file = std::move(arriving.file);
    return received;
}

}  // namespace

Task<std::unique_ptr<ReceivedBody>> receive_body(Storage& storage,
                                                 DeclaredDigests declared,
                                                 BodyReader& body) {
    SLIPWAY_CO_TRY(arriving, begin(std::move(declared)));
    SLIPWAY_CO_TRY(size, co_await receive(storage, body, arriving));
    SLIPWAY_CO_TRY(received, finish(*arriving, size));
    if (received->file != nullptr) {
        auto sync = [file = received->file.get()] { return file->sync(); };
        SLIPWAY_CO_CHECK(co_await storage.disk.run(std::move(sync)));
    }
    co_return received;
}

}  // namespace slipway::store
