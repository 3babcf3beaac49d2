// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
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
    struct Readers;

  public:
    /// May outlive the pins, as an answer that nobody took may outlive the store.
    class Pin {
      public:
        Pin() = default;
        Pin(const UploadPins& pins, std::int64_t row) : readers_(pins.readers_), row_(row) {
            readers_->count(row, 1);
        }
        Pin(Pin&& other) noexcept : readers_(std::move(other.readers_)), row_(other.row_) {}
        Pin& operator=(Pin&& other) noexcept {
            std::swap(readers_, other.readers_);
            std::swap(row_, other.row_);
            return *this;
        }
        ~Pin() {
            if (readers_ != nullptr) {
                readers_->count(row_, -1);
            }
        }

      private:
        std::shared_ptr<Readers> readers_;  // with the pins
        std::int64_t row_ = 0;
    };

    bool pinned(std::int64_t row) const {
        const std::lock_guard lock(readers_->mutex);
        return readers_->of_row.contains(row);
    }

  private:
    struct Readers {
        void count(std::int64_t row, int by) {
            const std::lock_guard lock(mutex);
            int& readers = of_row[row];
            readers += by;
            if (readers == 0) {
                of_row.erase(row);
            }
        }
        std::mutex mutex;
        std::map<std::int64_t, int> of_row;
    };

    std::shared_ptr<Readers> readers_ = std::make_shared<Readers>();  // with every pin
};

}  // namespace slipway::store
