// SPDX-License-Identifier: Apache-2.0
#include "store/object_put.h"

#include "base/limits.h"
#include "objects/conditions.h"
#include "s3/errors.h"
#include "s3/limits.h"
#include "s3/names.h"
#include "store/body_digests.h"
#include "task/disk_call.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

namespace slipway::store {
namespace {

using objects::ObjectInfo;
using objects::PutRequest;

/// A body on its way in. Shared between its coroutine and the disk thread that works on a chunk of
/// it: the one waits for the other before it touches it again.
struct Upload {
    BodyDigests digests;
    std::string head;  // the first bytes, until there are too many for the index
    std::unique_ptr<DataFile> file;
};

/// On a disk thread: hashing there keeps the I/O thread free for other connections.
Result<> write_chunk(DataFiles& files, Upload& upload, const Chunk& chunk) {
    if (upload.file == nullptr) {
        SLIPWAY_TRY(file, files.create());
        upload.file = std::move(file);
        SLIPWAY_CHECK(upload.file->append(std::as_bytes(std::span(upload.head))));
        upload.head = std::string();
    }
    upload.digests.update(chunk.bytes());
    return upload.file->append(chunk.bytes());
}

Result<> too_large(std::uint64_t size) {
    if (size > s3::single_put_bytes_max) {
        return s3::s3_fail("EntityTooLarge",
                           fmt::format("Your proposed upload exceeds the maximum allowed size of "
                                       "{} bytes; upload it in parts.",
                                       s3::single_put_bytes_max));
    }
    return {};
}

/// Reads the body to its end into `upload`; the read of a chunk overlaps the writing of the one
/// before. Returns its size. Nothing is under way on a disk thread afterwards.
Task<std::uint64_t> receive(Parts& parts, BodyReader& body, std::shared_ptr<Upload> upload) {
    const auto executor = co_await this_executor();
    DiskCall writing(parts.disk);
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
        SLIPWAY_CO_CHECK(too_large(size));
        if (!in_file && size <= limits::inline_object_bytes_max) {
            upload->digests.update(chunk->bytes());
            upload->head.append(chunk->text());
            continue;
        }
        in_file = true;
        auto write = [&files = parts.files, upload, piece = *std::move(chunk)]() mutable {
            // Given up before the answer is on its way: the chunk for the next one who waits for
            // memory, the upload so that its coroutine is the last to hold it.
            const std::shared_ptr<Upload> held = std::move(upload);
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

/// Refuses before the body is read what could not be stored anyway; the commit decides again.
Result<> check_early(Parts& parts, const PutRequest& request, const BodyReader& body) {
    SLIPWAY_CHECK(s3::check_object_key(request.key));
    SLIPWAY_CHECK(too_large(body.size().value_or(0)));
    SLIPWAY_CHECK(check_attributes(request.attributes));
    SLIPWAY_CHECK(parts.index.find_bucket(request.bucket));
    if (request.conditions.none()) {
        return {};
    }
    const auto row = find_object(parts, request.bucket, request.key, IndexReader::Data::leave);
    return objects::check_write(request.conditions, row ? &row->info.etag : nullptr);
}

}  // namespace

Result<> check_attributes(const objects::ObjectAttributes& attributes) {
    if (!attributes.tagging.empty()) {
        return s3::s3_fail("NotImplemented", "the embedded store keeps no tags; leave them out");
    }
    return {};
}

Task<ObjectInfo> put_object(Parts& parts, const PutRequest& request, BodyReader& body) {
    SLIPWAY_CO_CHECK(check_early(parts, request, body));
    SLIPWAY_CO_TRY(digests, BodyDigests::start(request));
    auto upload = std::make_shared<Upload>(Upload{std::move(digests), {}, nullptr});
    SLIPWAY_CO_TRY(size, co_await receive(parts, body, upload));
    SLIPWAY_CO_TRY(values, upload->digests.finish());
    if (upload->file != nullptr) {
        auto sync = [file = upload->file.get()] { return file->sync(); };
        SLIPWAY_CO_CHECK(co_await parts.disk.run(std::move(sync)));
    }
    ObjectInfo info;
    info.key = request.key;
    info.size = size;
    info.etag = std::move(values.etag);
    info.last_modified = parts.clock.now();
    info.attributes = request.attributes;
    info.checksum = std::move(values.checksum);
    auto change = std::make_unique<IndexChange>();
    change->what = PutObject{request.bucket, info, request.conditions, std::move(upload->head),
                             std::move(upload->file)};
    SLIPWAY_CO_CHECK(co_await commit(parts, std::move(change)));
    co_return info;
}

}  // namespace slipway::store
