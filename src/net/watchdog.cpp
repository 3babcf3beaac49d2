// SPDX-License-Identifier: Apache-2.0
#include "net/watchdog.h"

#include "base/assert.h"

namespace slipway::net {
namespace {

constexpr std::chrono::milliseconds interval{250};

}  // namespace

Watched::~Watched() {
    if (watchdog_ != nullptr) {
        watchdog_->remove(*this);
    }
}

void Watchdog::add(Watched& watched) {
    SLIPWAY_ASSERT(watched.watchdog_ == nullptr);
    watched.watchdog_ = this;
    watched.previous_ = nullptr;
    watched.next_ = first_;
    if (first_ != nullptr) {
        first_->previous_ = &watched;
    }
    first_ = &watched;
    if (!timer_) {
        timer_.emplace(loop_.get_executor());
        look_later();
    }
}

void Watchdog::remove(Watched& watched) {
    SLIPWAY_ASSERT(watched.watchdog_ == this);
    if (watched.previous_ != nullptr) {
        watched.previous_->next_ = watched.next_;
    } else {
        first_ = watched.next_;
    }
    if (watched.next_ != nullptr) {
        watched.next_->previous_ = watched.previous_;
    }
    watched.watchdog_ = nullptr;
    if (first_ == nullptr) {
        timer_.reset();
    }
}

void Watchdog::look_later() {
    timer_->expires_after(interval);
    timer_->async_wait([this](const boost::system::error_code& error) {
        if (!error && timer_) {
            look();
        }
    });
}

void Watchdog::look() {
    const Instant now = std::chrono::steady_clock::now();
    for (Watched* each = first_; each != nullptr; each = each->next_) {
        if (each->deadline_ <= now) {
            each->clear_deadline();
            each->overdue();
        }
    }
    look_later();
}

}  // namespace slipway::net
