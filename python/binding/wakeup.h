// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace slipway::python {

/// A descriptor that becomes readable when something has happened (eventfd). Any thread may signal.
class Wakeup {
  public:
    Wakeup();
    ~Wakeup();
    Wakeup(const Wakeup&) = delete;
    Wakeup& operator=(const Wakeup&) = delete;

    int descriptor() const { return descriptor_; }
    bool valid() const { return descriptor_ >= 0; }
    void signal() const;
    void drain() const;
    /// Blocks until signalled.
    void wait() const;

  private:
    int descriptor_;
};

}  // namespace slipway::python
