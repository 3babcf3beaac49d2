// SPDX-License-Identifier: Apache-2.0
#include "upload_job.h"

#include "slipway/digest.h"

#include "file_reader.h"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace slipway::python {
namespace {

// Contents that are read for their names at the same time; they may wait for Python.
constexpr std::size_t naming_threads_max = 8;
constexpr std::size_t read_bytes = 1U << 18;

Error cancelled_error() {
    Error error;
    error.kind = ErrorKind::cancelled;
    error.message = "cancelled before it was stored";
    return error;
}

/// SHA-256 of what `read` brings until it brings nothing.
template <class ReadSome>
Result<std::string> digest_until_end(const ReadSome& read) {
    Sha256 digest;
    std::vector<char> buffer(read_bytes);
    std::uint64_t offset = 0;
    while (true) {
        SLIPWAY_TRY(count, read(offset, std::span<char>(buffer)));
        if (count == 0) {
            return digest.finish();
        }
        digest.update(std::string_view(buffer.data(), count));
        offset += count;
    }
}

}  // namespace

UploadJob::UploadJob(UploadRequest request)
    : request_(std::move(request)), reads_([this] { wakeup_.signal(); }) {
}

std::size_t UploadJob::add(Item item) {
    const std::size_t number = items_.size();
    if (item.name.digits > 0) {
        unnamed_.push_back(number);
    } else {
        named_.push_back({number, item.name.begin});
    }
    items_.push_back(std::move(item));
    has_ended_.push_back(false);
    retries_.push_back(0);
    return number;
}

void UploadJob::start(Client& client) {
    client.run([self = shared_from_this(), &s3 = client.s3()] { self->run(s3); });
}

void UploadJob::run(S3& s3) {
    std::vector<std::jthread> naming;
    Result<UploadProgress> end;
    try {
        const std::size_t threads = std::min(unnamed_.size(), naming_threads_max);
        for (std::size_t i = 0; i < threads; ++i) {
            naming.emplace_back([this] { name_some(); });
        }
        end = send(s3);
    } catch (const std::exception& exception) {
        end = fail(ErrorKind::internal, std::string("a fault: ") + exception.what());
    }
    if (!end) {
        cancel();  // those who read for names wait for nothing any more
    }
    naming.clear();
    finish(std::move(end));
}

Result<UploadProgress> UploadJob::send(S3& s3) {
    UploadRequest request = request_;
    request.next_item = [this] { return next(); };
    SLIPWAY_TRY(started, Upload::start(s3, std::move(request),
                                       [this](const UploadEvent& event) { heard(event); }));
    const std::shared_ptr<Upload> upload = std::move(started);
    bool cancelled = false;
    {
        const std::lock_guard lock(mutex_);
        upload_ = upload;
        cancelled = cancelled_;
    }
    if (cancelled) {
        upload->cancel();
    }
    auto end = upload->wait();
    const std::lock_guard lock(mutex_);
    progress_ = upload->progress();
    upload_ = nullptr;
    return end;
}

// --- names ---------------------------------------------------------------------------------------

void UploadJob::name_some() {
    std::unique_lock lock(mutex_);
    while (!unnamed_.empty() && !cancelled_) {
        const std::size_t item = unnamed_.front();
        unnamed_.pop_front();
        ++being_named_;
        lock.unlock();
        auto digest = digest_of(item);
        if (!digest) {
            Outcome outcome;
            outcome.error = std::move(digest).error();
            ended(item, std::move(outcome));
        }
        lock.lock();
        --being_named_;
        if (digest) {
            const Name& name = items_[item].name;
            named_.push_back({item, name.begin + digest->substr(0, name.digits) + name.end});
        }
        changed_.notify_all();
    }
}

Result<std::string> UploadJob::digest_of(std::size_t item) {
    const auto& content = items_[item].content;
    if (const auto* memory = std::get_if<InMemory>(&content)) {
        Sha256 digest;
        digest.update(memory->bytes);
        return digest.finish();
    }
    if (const auto* disk = std::get_if<OnDisk>(&content)) {
        SLIPWAY_TRY(file, FileReader::open(disk->path));
        return digest_until_end([&file](std::uint64_t offset, std::span<char> into) {
            return file->read(offset, into);
        });
    }
    const auto* seekable = std::get_if<Seekable>(&content);
    if (seekable == nullptr) {
        return fail(ErrorKind::invalid_argument,
                    "what can be read once has no name by its content");
    }
    const std::uint64_t size = seekable->size;
    return digest_until_end(
        [this, item, size](std::uint64_t offset, std::span<char> into) -> Result<std::size_t> {
            const std::uint64_t left = size - std::min(offset, size);
            if (left == 0) {
                return 0;
            }
            return reads_.ask(item, offset, into.first(std::min<std::uint64_t>(into.size(), left)));
        });
}

/// On a thread of the upload's: the next one that has its name.
Result<std::optional<UploadItem>> UploadJob::next() {
    std::unique_lock lock(mutex_);
    while (true) {
        const auto ready = [this] {
            return cancelled_ || !named_.empty() || (unnamed_.empty() && being_named_ == 0);
        };
        changed_.wait(lock, ready);
        if (cancelled_ || named_.empty()) {
            return std::nullopt;
        }
        Named named = std::move(named_.front());
        named_.pop_front();
        Object& object = objects_[named.key];
        object.items.push_back(named.item);
        if (object.items.size() == 1) {
            return to_upload_item(named.item, std::move(named.key));
        }
        // The same content under the same name is one object, which ends for all.
        if (object.outcome) {
            ended_locked(named.item, *object.outcome);
        }
    }
}

UploadItem UploadJob::to_upload_item(std::size_t number, std::string key) {
    Item& item = items_[number];
    UploadItem made;
    made.key = std::move(key);
    made.headers = item.headers;
    if (auto* disk = std::get_if<OnDisk>(&item.content)) {
        made.content = FileContent{disk->path};
    } else if (auto* memory = std::get_if<InMemory>(&item.content)) {
        made.content = MemoryContent{memory->bytes, nullptr};
    } else if (auto* seekable = std::get_if<Seekable>(&item.content)) {
        made.content =
            ReadContent{seekable->size, [this, number](std::uint64_t offset, std::span<char> into) {
                            return reads_.ask(number, offset, into);
                        }};
    } else {
        made.content = StreamContent{[this, number](std::span<char> into) {
            return reads_.ask(number, std::nullopt, into);
        }};
    }
    return made;
}

// --- news ----------------------------------------------------------------------------------------

/// On the S3's thread.
void UploadJob::heard(const UploadEvent& event) {
    const std::lock_guard lock(mutex_);
    const auto found = objects_.find(event.key);
    if (found == objects_.end() || event.kind == UploadEvent::Kind::started) {
        return;
    }
    Object& object = found->second;
    if (event.kind == UploadEvent::Kind::retried) {
        ++retries_[object.items.front()];
        return;
    }
    Outcome outcome;
    outcome.key = event.key;
    outcome.size = event.size;
    outcome.etag = event.etag;
    outcome.checksum = event.checksum;
    outcome.retries = retries_[object.items.front()];
    outcome.skipped = event.kind == UploadEvent::Kind::skipped;
    if (outcome.skipped || event.kind == UploadEvent::Kind::failed) {
        outcome.error = event.error;
    }
    object.outcome = outcome;
    for (const std::size_t item : object.items) {
        ended_locked(item, outcome);
    }
}

void UploadJob::ended(std::size_t item, Outcome outcome) {
    const std::lock_guard lock(mutex_);
    ended_locked(item, std::move(outcome));
}

void UploadJob::ended_locked(std::size_t item, Outcome outcome) {
    if (has_ended_[item]) {
        return;
    }
    has_ended_[item] = true;
    ended_.push_back({item, std::move(outcome)});
    wakeup_.signal();
}

UploadJob::News UploadJob::take() {
    wakeup_.drain();
    News news;
    news.reads = reads_.take();
    const std::lock_guard lock(mutex_);
    news.ended = std::exchange(ended_, {});
    news.over = over_;
    return news;
}

std::shared_ptr<Upload> UploadJob::upload() {
    const std::lock_guard lock(mutex_);
    return upload_;
}

void UploadJob::cancel() {
    reads_.close();
    {
        const std::lock_guard lock(mutex_);
        cancelled_ = true;
    }
    changed_.notify_all();
    if (const auto started = upload()) {
        started->cancel();
    }
}

UploadProgress UploadJob::progress() {
    if (const auto started = upload()) {
        return started->progress();
    }
    const std::lock_guard lock(mutex_);
    return progress_;
}

void UploadJob::wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return over_; });
}

std::optional<Error> UploadJob::failure() {
    const std::lock_guard lock(mutex_);
    return failure_;
}

/// Those that nothing was heard of end as the whole did.
void UploadJob::finish(Result<UploadProgress> end) {
    reads_.close();
    {
        const std::lock_guard lock(mutex_);
        for (std::size_t item = 0; item < items_.size(); ++item) {
            Outcome outcome;
            outcome.error = end ? cancelled_error() : end.error();
            ended_locked(item, std::move(outcome));
        }
        if (!end) {
            failure_ = end.error();
        }
        over_ = true;
    }
    changed_.notify_all();
    wakeup_.signal();
}

}  // namespace slipway::python
