// SPDX-License-Identifier: Apache-2.0
#include "store/data_files.h"

#include "base/random.h"
#include "codec/hex.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

namespace slipway::store {
namespace {

/// So many new files go to one directory before the next one's turn comes: uploads that run at the
/// same time mostly share a directory, and with it one sync of its names.
constexpr std::uint64_t files_in_a_row = 1024;
constexpr std::size_t id_digits = 32;
constexpr std::size_t copy_piece_bytes = 256 * 1024;

unsigned directory_of(std::string_view id) {
    unsigned directory = 0;
    std::from_chars(id.data(), id.data() + 2, directory, 16);
    return directory;
}

}  // namespace

DataFile::~DataFile() {
    if (fd_ >= 0) {
        files_.system_.close(fd_);
    }
    if (fate_ == Fate::discard) {
        files_.discard(id_);
    }
    if (fate_ == Fate::leave_to_scan) {
        files_.scan_wanted_ = true;
    }
    files_.release(id_);
}

Result<> DataFile::append(std::span<const std::byte> bytes) {
    SLIPWAY_CHECK(files_.system_.write(fd_, bytes, size_));
    size_ += bytes.size();
    return {};
}

Result<> DataFile::sync() {
    if (fd_ >= 0) {
        SLIPWAY_CHECK(files_.system_.sync_data(fd_));
        files_.system_.close(std::exchange(fd_, -1));
    }
    return files_.sync_name(id_);
}

DataFiles::DataFiles(FileSystem& system, std::string directory)
    : system_(system),
      root_(std::move(directory) + "/objects"),
      first_directory_(directory_of(random_hex(1))) {
}

Result<std::unique_ptr<DataFiles>> DataFiles::open(FileSystem& system, std::string directory) {
    std::unique_ptr<DataFiles> files(new DataFiles(system, std::move(directory)));
    SLIPWAY_CHECK(system.make_directory(files->root_));
    return files;
}

std::string DataFiles::directory_path(unsigned directory) const {
    return fmt::format("{}/{:02x}", root_, directory);
}

std::string DataFiles::name_of(std::string_view id) {
    return fmt::format("objects/{}/{}", id.substr(0, 2), id.substr(2));
}

std::string DataFiles::path(std::string_view id) const {
    return fmt::format("{}/{}/{}", root_, id.substr(0, 2), id.substr(2));
}

Result<> DataFiles::prepare_directory(unsigned directory) {
    {
        const std::lock_guard lock(mutex_);
        if (prepared_[directory]) {
            return {};
        }
    }
    // Synced once in each process even when it was there: the one that made it may have died first.
    SLIPWAY_CHECK(system_.make_directory(directory_path(directory)));
    SLIPWAY_CHECK(system_.sync_directory(root_));
    const std::lock_guard lock(mutex_);
    prepared_[directory] = true;
    return {};
}

Result<std::string> DataFiles::new_id() {
    const std::uint64_t turn = created_++ / files_in_a_row;
    const auto directory = static_cast<unsigned>((first_directory_ + turn) % directories_max);
    SLIPWAY_CHECK(prepare_directory(directory));
    std::string id = fmt::format("{:02x}", directory) + random_hex(id_digits / 2 - 1);
    const std::lock_guard lock(mutex_);
    under_construction_.insert(id);  // before the file is there: the janitor may be looking
    return id;
}

Result<std::unique_ptr<DataFile>> DataFiles::create() {
    SLIPWAY_TRY(id, new_id());
    std::unique_ptr<DataFile> file(new DataFile(*this, std::move(id)));
    auto fd = system_.create(path(file->id()));
    if (!fd) {
        return fail(std::move(fd).error());
    }
    file->fd_ = *fd;
    return file;
}

Result<std::unique_ptr<DataFile>> DataFiles::clone(std::string_view id,
                                                   const OpenFile& open,
                                                   std::uint64_t size) {
    SLIPWAY_TRY(new_name, new_id());
    std::unique_ptr<DataFile> file(new DataFile(*this, std::move(new_name)));
    auto linked = system_.link(path(id), path(file->id()));
    if (linked) {
        file->size_ = size;
        return file;
    }
    if (linked.error().kind != ErrorKind::unsupported &&
        linked.error().kind != ErrorKind::not_found) {
        return fail(std::move(linked).error());
    }
    SLIPWAY_TRY(fd, system_.create(path(file->id())));
    file->fd_ = fd;
    SLIPWAY_CHECK(copy_bytes(open, size, *file));
    return file;
}

Result<> DataFiles::copy_bytes(const OpenFile& from, std::uint64_t size, DataFile& to) {
    std::vector<std::byte> piece(copy_piece_bytes);
    for (std::uint64_t done = 0; done < size;) {
        const std::uint64_t wanted = std::min<std::uint64_t>(piece.size(), size - done);
        const auto bytes = std::span(piece).first(static_cast<std::size_t>(wanted));
        SLIPWAY_CHECK(system_.read(from.fd(), bytes, done));
        SLIPWAY_CHECK(to.append(bytes));
        done += wanted;
    }
    return {};
}

Result<std::shared_ptr<OpenFile>> DataFiles::open_to_read(std::string_view id) {
    SLIPWAY_TRY(fd, system_.open_to_read(path(id)));
    return std::make_shared<OpenFile>(fd);
}

Result<> DataFiles::sync_name(std::string_view id) {
    const unsigned directory = directory_of(id);
    SharedSync& shared = syncs_[directory];
    std::unique_lock lock(shared.mutex);
    // A sync that runs already may have missed our name; the next one to begin has it.
    const std::uint64_t needed = shared.begun + 1;
    while (shared.ended < needed) {
        if (shared.running) {
            shared.changed.wait(lock);
            continue;
        }
        shared.running = true;
        const std::uint64_t mine = ++shared.begun;
        lock.unlock();
        Result<> outcome = system_.sync_directory(directory_path(directory));
        lock.lock();
        shared.outcome = std::move(outcome);
        shared.ended = mine;
        shared.running = false;
        shared.changed.notify_all();
    }
    return shared.outcome;
}

void DataFiles::discard(std::string id) {
    {
        const std::lock_guard lock(mutex_);
        garbage_.push_back(std::move(id));
    }
    changed_.notify_all();
}

void DataFiles::wake_janitor() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    changed_.notify_all();
}

Result<> DataFiles::remove(std::string_view id) {
    return system_.remove(path(id));
}

bool DataFiles::wait_for_garbage(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, until, [this] { return stopping_ || woken_ || !garbage_.empty(); });
    woken_ = false;
    return !stopping_;
}

void DataFiles::stop_waiting() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
}

bool DataFiles::stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

std::vector<std::string> DataFiles::take_garbage() {
    const std::lock_guard lock(mutex_);
    return std::exchange(garbage_, {});
}

Result<std::vector<std::string>> DataFiles::list(unsigned directory) {
    auto names = system_.list_directory(directory_path(directory));
    if (!names) {
        if (names.error().kind == ErrorKind::not_found) {
            return std::vector<std::string>();
        }
        return fail(std::move(names).error());
    }
    std::vector<std::string> ids;
    for (const std::string& name : *names) {
        // Anything else here was put by somebody else and is none of our business.
        if (codec::is_lower_hex(name, id_digits - 2)) {
            ids.push_back(fmt::format("{:02x}", directory) + name);
        }
    }
    return ids;
}

bool DataFiles::under_construction(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    return under_construction_.contains(id);
}

void DataFiles::release(const std::string& id) {
    const std::lock_guard lock(mutex_);
    under_construction_.erase(id);
}

}  // namespace slipway::store
