// SPDX-License-Identifier: Apache-2.0
#include "arrivals.h"

#include "options.h"

#include <fstream>

namespace slipway::sink {

void Arrivals::store(const std::string& path, std::uint64_t size) {
    sizes_[path] = size;
    if (++stored_ % 1000 == 0) {
        const auto now = std::chrono::steady_clock::now().time_since_epoch();
        each_thousandth_.push_back(std::chrono::duration<double>(now).count());
    }
}

void Arrivals::put(const std::string& path, std::uint64_t size) {
    const std::lock_guard lock(mutex_);
    store(path, size);
}

std::string Arrivals::start_upload() {
    const std::lock_guard lock(mutex_);
    std::string id = "upload-" + std::to_string(++started_);
    uploads_.try_emplace(id);
    return id;
}

bool Arrivals::put_part(std::string_view upload, unsigned number, std::uint64_t size) {
    const std::lock_guard lock(mutex_);
    const auto found = uploads_.find(upload);
    if (found == uploads_.end())
        return false;
    found->second[number] = size;
    return true;
}

bool Arrivals::complete(std::string_view upload, const std::string& path) {
    const std::lock_guard lock(mutex_);
    const auto found = uploads_.find(upload);
    if (found == uploads_.end())
        return false;
    std::uint64_t size = 0;
    for (const auto& [number, part_size] : found->second)
        size += part_size;
    uploads_.erase(found);
    store(path, size);
    return true;
}

void Arrivals::abort(std::string_view upload) {
    const std::lock_guard lock(mutex_);
    if (const auto found = uploads_.find(upload); found != uploads_.end())
        uploads_.erase(found);
}

void Arrivals::remove(const std::string& path) {
    const std::lock_guard lock(mutex_);
    sizes_.erase(path);
}

std::int64_t Arrivals::size_of(const std::string& path) {
    const std::lock_guard lock(mutex_);
    const auto found = sizes_.find(path);
    return found == sizes_.end() ? -1 : static_cast<std::int64_t>(found->second);
}

std::size_t Arrivals::objects() {
    const std::lock_guard lock(mutex_);
    return sizes_.size();
}

std::size_t Arrivals::open_uploads() {
    const std::lock_guard lock(mutex_);
    return uploads_.size();
}

std::vector<double> Arrivals::each_thousandth() {
    const std::lock_guard lock(mutex_);
    return each_thousandth_;
}

void Arrivals::write_list(const std::string& file) {
    const std::lock_guard lock(mutex_);
    std::ofstream out(file);
    for (const auto& [path, size] : sizes_)
        out << size << ' ' << path << '\n';
    if (!out.flush())
        die("cannot write " + file);
}

}  // namespace slipway::sink
