// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace slipway::python {

/// Bytes that a native thread waits for. Whoever called the upload reads them and answers.
struct Read {
    std::uint64_t id = 0;
    std::size_t item = 0;
    std::optional<std::uint64_t> offset;  ///< none: what comes next
    std::size_t size = 0;
};

/// Native threads ask for bytes here, Python's answer. Any thread; an answer that comes after the
/// asking one has given up is dropped.
class ReadQueue {
  public:
    /// `asked` is called when there is something to take.
    explicit ReadQueue(std::function<void()> asked) : asked_(std::move(asked)) {}

    /// Waits for the bytes. Errors: cancelled; what the reader's failure was.
    Result<std::size_t> ask(std::size_t item,
                            std::optional<std::uint64_t> offset,
                            std::span<char> into);

    /// What has been asked for since the last time.
    std::vector<Read> take();
    /// The bytes, at most as many as asked for; none: there are no more.
    void answer(std::uint64_t id, std::string_view bytes);
    void refuse(std::uint64_t id, Error error);
    /// Nobody reads any more: all who wait, and will, get `cancelled`.
    void close();

  private:
    struct Waiting {
        std::span<char> into;
        std::optional<Result<std::size_t>> answer;
    };

    const std::function<void()> asked_;
    std::mutex mutex_;  // guards what follows
    std::condition_variable answered_;
    std::map<std::uint64_t, Waiting*> waiting_;
    std::vector<Read> asked_for_;
    std::uint64_t last_id_ = 0;
    bool closed_ = false;
};

}  // namespace slipway::python
