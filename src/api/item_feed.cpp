// SPDX-License-Identifier: Apache-2.0
#include "api/item_feed.h"

#include "api/object_sources.h"
#include "api/s3_state.h"
#include "engine/callback_source.h"
#include "engine/content_type.h"
#include "engine/disk_feed.h"
#include "engine/object_path.h"
#include "engine/readable.h"
#include "s3/names.h"
#include "task/spawn.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <memory>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace slipway::api {
namespace {

Result<std::optional<UploadItem>> ask(const NextItem& next_item) {
    try {
        return next_item();
    } catch (const std::exception& exception) {
        return fail(ErrorKind::io, fmt::format("next_item threw: {}", exception.what()));
    } catch (...) {
        return fail(ErrorKind::io, "next_item threw");
    }
}

template <class T>
const T& first_said(const T& item, const T& request) {
    return item.empty() ? request : item;
}

ObjectHeaders merged(const ObjectHeaders& item, const ObjectHeaders& request) {
    ObjectHeaders headers;
    headers.content_type = first_said(item.content_type, request.content_type);
    headers.cache_control = first_said(item.cache_control, request.cache_control);
    headers.content_disposition = first_said(item.content_disposition, request.content_disposition);
    headers.content_encoding = first_said(item.content_encoding, request.content_encoding);
    headers.content_language = first_said(item.content_language, request.content_language);
    headers.expires = first_said(item.expires, request.expires);
    headers.storage_class = first_said(item.storage_class, request.storage_class);
    headers.metadata = first_said(item.metadata, request.metadata);
    headers.tags = first_said(item.tags, request.tags);
    return headers;
}

Result<struct stat> look_at(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        const int error = errno;
        return fail(
            engine::kind_of_errno(error),
            fmt::format("cannot look at {}: {}", engine::readable(path), std::strerror(error)));
    }
    if (!S_ISREG(status.st_mode)) {
        return fail(ErrorKind::unsupported,
                    fmt::format("{} is no regular file", engine::readable(path)), "NotAFile");
    }
    return status;
}

/// Nothing where it cannot be read, which its source reports.
std::string read_first_bytes(const std::string& path) {
    std::array<char, engine::content_type_bytes> buffer{};
    const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return {};
    }
    const auto count = ::pread(fd, buffer.data(), buffer.size(), 0);
    ::close(fd);
    return {buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

/// Functions are not called for a guess.
std::string_view guess_content_type(const UploadItem& item) {
    const std::string_view key = item.key;
    const std::string_view name = engine::last_part(key);
    const std::string_view by_name = engine::content_type_by_name(name);
    if (!by_name.empty()) {
        return by_name;
    }
    if (const auto* file = std::get_if<FileContent>(&item.content)) {
        return engine::content_type_by_bytes(read_first_bytes(file->path));
    }
    if (const auto* memory = std::get_if<MemoryContent>(&item.content)) {
        return engine::content_type_by_bytes(memory->bytes.substr(0, engine::content_type_bytes));
    }
    return engine::content_type_by_bytes({});
}

tl::unexpected<Error> no_function() {
    return fail(ErrorKind::invalid_argument, "its content has no function");
}

}  // namespace

ItemFeed::ItemFeed(const UploadRequest& request, DiskThreads& callbacks, DiskThreads& disk)
    : next_item_(request.next_item),
      prefix_(folder_of(request.target.key)),
      headers_(request.headers),
      if_absent_(request.if_absent),
      callbacks_(callbacks),
      disk_(disk) {
}

Task<std::optional<ItemFeed::Item>> ItemFeed::next() {
    const IoExecutor executor = co_await this_executor();
    while (true) {
        const auto ticket = changed_.ticket();
        std::optional<Item> item;
        {
            const std::lock_guard lock(mutex_);
            if (!brought_.empty()) {
                item = std::move(brought_.front());
                brought_.pop_front();
            } else if (failure_) {
                co_return fail(*failure_);
            } else if (over_) {
                co_return std::nullopt;
            }
            if (!running_ && !over_ && brought_.size() <= limits::upload_items_ahead / 2) {
                running_ = true;
                spawn(executor, run_ahead());
            }
        }
        if (item) {
            co_return std::move(item);
        }
        co_await changed_.wait(ticket);
    }
}

bool ItemFeed::ready() const {
    const std::lock_guard lock(mutex_);
    return !brought_.empty() || over_;
}

Async<void> ItemFeed::run_ahead() {
    auto work = [this] { return bring(); };
    static_cast<void>(co_await callbacks_.run(std::move(work)));
    running_ = false;
    changed_.wake_all();
}

/// On a thread of callbacks_.
Result<> ItemFeed::bring() {
    while (true) {
        {
            const std::lock_guard lock(mutex_);
            if (over_ || brought_.size() >= limits::upload_items_ahead) {
                return {};
            }
        }
        auto brought = ask(next_item_);
        std::optional<Item> item;
        if (brought && *brought) {
            item = to_item(**std::move(brought));
        }
        const std::lock_guard lock(mutex_);
        if (item && !over_) {
            brought_.push_back(*std::move(item));
        } else {
            over_ = true;
            if (!brought) {
                failure_ = brought.error();
            }
        }
        changed_.wake_all();
    }
}

ItemFeed::Item ItemFeed::to_item(UploadItem item) const {
    engine::FileReport report;
    report.key = prefix_ + item.key;
    if (const auto* file = std::get_if<FileContent>(&item.content)) {
        report.path = file->path;
    }
    auto made = make(std::move(item), report.key);
    if (made) {
        return *std::move(made);
    }
    report.end = engine::FileEnd::failed;
    Error error = std::move(made).error();
    error.message = fmt::format("cannot store {}: {}", engine::readable(report.key), error.message);
    report.error = std::move(error);
    return report;
}

Result<ItemFeed::Item> ItemFeed::make(UploadItem item, const std::string& key) const {
    if (item.key.empty()) {
        return fail(ErrorKind::invalid_argument, "an object needs a key");
    }
    SLIPWAY_CHECK(s3::check_object_key(key));
    ObjectHeaders headers = merged(item.headers, headers_);
    if (headers.content_type.empty()) {
        headers.content_type = guess_content_type(item);
    }
    if (auto* stream = std::get_if<StreamContent>(&item.content)) {
        if (!stream->read) {
            return no_function();
        }
        NewStream made;
        made.key = key;
        made.attributes = to_attributes(headers);
        made.pool = NewStream::make_pool(made.memory_bytes);
        auto reader = std::make_unique<engine::CallbackReader>(key, std::move(stream->read),
                                                               *made.pool, callbacks_);
        made.stop = [to_stop = reader.get()] { to_stop->stop(); };
        made.reader = std::move(reader);
        return made;
    }
    engine::NewFile made;
    made.key = key;
    made.attributes = to_attributes(headers);
    if (if_absent_) {
        made.conditions.if_none_match = std::string("*");
    }
    if (auto* file = std::get_if<FileContent>(&item.content)) {
        SLIPWAY_TRY(status, look_at(file->path));
        made.path = file->path;
        made.source = std::make_unique<engine::FileSource>(std::move(file->path), status, disk_);
    } else if (auto* memory = std::get_if<MemoryContent>(&item.content)) {
        made.source =
            std::make_unique<engine::MemorySource>(memory->bytes, std::move(memory->owner));
    } else if (auto* read = std::get_if<ReadContent>(&item.content)) {
        if (!read->read) {
            return no_function();
        }
        made.source = std::make_unique<engine::CallbackSource>(key, read->size,
                                                               std::move(read->read), callbacks_);
    }
    return made;
}

void ItemFeed::stop() {
    std::deque<Item> dropped;  // goes after the lock: what it holds is the program's
    const std::lock_guard lock(mutex_);
    over_ = true;
    dropped.swap(brought_);
    changed_.wake_all();
}

Async<void> ItemFeed::finish() {
    while (true) {
        const auto ticket = changed_.ticket();
        if (!running_) {
            co_return;
        }
        co_await changed_.wait(ticket);
    }
}

}  // namespace slipway::api

namespace slipway {

NextItem each_of(std::vector<UploadItem> items) {
    struct List {
        std::vector<UploadItem> items;
        std::size_t next = 0;
    };
    // Shared by the copies that are made of a std::function.
    auto list = std::make_shared<List>(List{std::move(items), 0});
    return [list]() -> Result<std::optional<UploadItem>> {
        if (list->next == list->items.size()) {
            return std::nullopt;
        }
        return std::move(list->items[list->next++]);
    };
}

}  // namespace slipway
