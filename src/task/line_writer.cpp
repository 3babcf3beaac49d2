// SPDX-License-Identifier: Apache-2.0
#include "task/line_writer.h"

#include "base/log.h"
#include "base/thread.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace slipway {

Result<std::unique_ptr<LineWriter>> LineWriter::open(const std::string& path,
                                                     std::size_t kept_bytes_max) {
    const int fd = path == "-" ? ::dup(STDOUT_FILENO)
                               : ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                                        S_IRUSR | S_IWUSR);
    if (fd < 0) {
        return fail(ErrorKind::io,
                    fmt::format("cannot write to {}: {}", path, std::strerror(errno)));
    }
    return std::make_unique<LineWriter>(fd, path, kept_bytes_max);
}

LineWriter::LineWriter(int fd, std::string name, std::size_t kept_bytes_max)
    : fd_(fd),
      name_(std::move(name)),
      kept_bytes_max_(kept_bytes_max),
      thread_(start_thread([this] { run(); })) {
}

LineWriter::~LineWriter() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
    ::close(fd_);
}

void LineWriter::write(std::string_view line) {
    bool was_empty = false;
    {
        const std::lock_guard lock(mutex_);
        was_empty = kept_.empty();
        keep_locked(line);
    }
    if (was_empty) {
        changed_.notify_one();
    }
}

void LineWriter::keep_locked(std::string_view line) {
    if (kept_.size() + line.size() + 1 > kept_bytes_max_) {
        ++dropped_;
        return;
    }
    kept_.append(line).push_back('\n');
}

void LineWriter::run() {
    std::string lines;
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return ending_ || !kept_.empty(); });
        if (kept_.empty()) {
            return;
        }
        lines.clear();
        lines.swap(kept_);
        if (const auto dropped = std::exchange(dropped_, 0); dropped > 0) {
            lines.append(fmt::format("{{\"dropped\":{}}}\n", dropped));
        }
        lock.unlock();
        write_out(lines);
        lock.lock();
    }
}

/// A file that takes nothing (a full disk) loses these lines; it is tried again with the next.
void LineWriter::write_out(std::string_view lines) {
    while (!lines.empty()) {
        const ssize_t written = ::write(fd_, lines.data(), lines.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            if (!std::exchange(failing_, true)) {
                log::warn(
                    "cannot write to {}: {}; its lines are lost until it can be written "
                    "again",
                    name_, std::strerror(errno));
            }
            return;
        }
        failing_ = false;
        lines.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace slipway
