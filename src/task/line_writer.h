// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace slipway {

/// Appends lines to a file by a thread of its own, so that no caller ever waits for a disk. Any
/// thread.
///
/// What the file has not taken yet is kept, up to a bound. Beyond it lines are dropped and counted,
/// and how many they were is the next line: `{"dropped":3}`. A crash loses what was kept.
class LineWriter {
  public:
    /// `path`: a file, made with mode 0600 when it is missing; "-" for standard output.
    /// Errors: io naming the path.
    static Result<std::unique_ptr<LineWriter>> open(const std::string& path,
                                                    std::size_t kept_bytes_max);
    /// Of an open file, which is closed at the end.
    LineWriter(int fd, std::string name, std::size_t kept_bytes_max);
    /// Waits until all that is kept is written.
    ~LineWriter();
    LineWriter(const LineWriter&) = delete;
    LineWriter& operator=(const LineWriter&) = delete;

    /// A line without its end.
    void write(std::string_view line);

  private:
    void run();
    void write_out(std::string_view lines);
    void keep_locked(std::string_view line);

    const int fd_;
    const std::string name_;
    const std::size_t kept_bytes_max_;
    bool failing_ = false;  // of the thread alone

    std::mutex mutex_;
    std::condition_variable changed_;
    std::string kept_;
    std::uint64_t dropped_ = 0;
    bool ending_ = false;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace slipway
