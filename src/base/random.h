// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace slipway {

/// `bytes` random bytes from the operating system, as lower-case hex. Any thread.
std::string random_hex(unsigned bytes);

/// In [0, 1), for what only has to be spread, such as rests before a retry. Any thread.
double random_fraction();

/// A 16-digit id for a request: unique in the process, cheap, not a secret. Any thread.
std::string next_request_id();

}  // namespace slipway
