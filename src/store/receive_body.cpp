// SPDX-License-Identifier: Apache-2.0
#include "store/receive_body.h"

#include "base/limits.h"
#include "s3/errors.h"
#include "s3/limits.h"
#include "task/disk_call.h"

#include <fmt/format.h>

#include <span>
#include <utility>

namespace slipway::store {
namespace {

/// A body on its way in. Shared between its coroutine and the disk thread that works on a chunk of
/// it: the one waits for the other before it touches it again.
struct Arriving {
    BodyDigests digests;
    std::string head;  // the first bytes, until there are too many for the index
    std::unique_ptr<DataFile> file;
};

/// On a disk thread: hashing there keeps the I/O thread free for other connections.
Result<> write_chunk(DataFiles& files, Arriving& arriving, const Chunk& chunk) {
    if (arriving.file == nullptr) {
        SLIPWAY_TRY(file, files.create());
        arriving.file = std::move(file);
        SLIPWAY_CHECK(arriving.file->append(std::as_bytes(std::span(arriving.head))));
        arriving.head = std::string();
    }
    arriving.digests.update(chunk.bytes());
    return arriving.file->append(chunk.bytes());
}

/// The read of a chunk overlaps the writing of the one before. Returns the body's size. Nothing is
/// under way on a disk thread afterwards.
Task<std::uint64_t> receive(Storage& storage,
                            BodyReader& body,
                            std::shared_ptr<Arriving> arriving) {
    const auto executor = co_await this_executor();
    DiskCall writing(storage.disk);
    std::uint64_t size = 0;
    // What is announced as too large for the index goes to its file from the first byte on, so that
    // thousands of slow senders hold no memory for it.
    bool in_file = body.size().value_or(0) > limits::inline_object_bytes_max;
    while (true) {
        auto chunk = co_await body.read();
        const Result<> written = co_await writing.wait();
        if (!chunk) {
            co_return fail(std::move(chunk).error());
        }
        SLIPWAY_CO_CHECK(written);
        if (chunk->empty()) {
            break;
        }
        size += chunk->size();
        SLIPWAY_CO_CHECK(check_body_size(size));
        if (!in_file && size <= limits::inline_object_bytes_max) {
            arriving->digests.update(chunk->bytes());
            arriving->head.append(chunk->text());
            continue;
        }
        in_file = true;
        auto write = [&files = storage.files, arriving, piece = *std::move(chunk)]() mutable {
            // Given up before the answer is on its way: the chunk for the next one who waits for
            // memory, the rest so that its coroutine is the last to hold it.
            const std::shared_ptr<Arriving> held = std::move(arriving);
            const Chunk bytes = std::move(piece);
            return write_chunk(files, *held, bytes);
        };
        writing.start(executor, std::move(write));
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
