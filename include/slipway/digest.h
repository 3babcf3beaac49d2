// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/export.h"

#include <memory>
#include <string>
#include <string_view>

namespace slipway {

/// A running SHA-256, e.g. for keys that are named after what they hold. One thread at a time.
class SLIPWAY_API Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void update(std::string_view bytes);
    /// The 64 hex digits of all bytes so far, as the last call.
    std::string finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace slipway
