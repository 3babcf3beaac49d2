// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

namespace slipway::store {

/// Completed uploads whose parts are being read: the janitor leaves them alone although their
/// object may be gone meanwhile. So an answer opens the file of a part when it comes to it, and ten
/// thousand parts need no more descriptors than one.
///
/// Who pins looks at the object once more afterwards: if it still is made of that upload, whoever
/// removes it later finds the pin. Any thread.
class UploadPins {
  public:
    class Pin {
      public:
        Pin() = default;
        Pin(UploadPins& pins, std::int64_t row) : pins_(&pins), row_(row) { pins.count(row, 1); }
        Pin(Pin&& other) noexcept : pins_(std::exchange(other.pins_, nullptr)), row_(other.row_) {}
        Pin& operator=(Pin&& other) noexcept {
            std::swap(pins_, other.pins_);
            std::swap(row_, other.row_);
            return *this;
        }
        ~Pin() {
            if (pins_ != nullptr) {
                pins_->count(row_, -1);
            }
        }

      private:
        UploadPins* pins_ = nullptr;
        std::int64_t row_ = 0;
    };

    bool pinned(std::int64_t row) const {
        const std::lock_guard lock(mutex_);
        return readers_.contains(row);
    }

  private:
    void count(std::int64_t row, int by) {
        const std::lock_guard lock(mutex_);
        int& readers = readers_[row];
        readers += by;
        if (readers == 0) {
            readers_.erase(row);
        }
    }

    mutable std::mutex mutex_;
    std::map<std::int64_t, int> readers_;
};

}  // namespace slipway::store
