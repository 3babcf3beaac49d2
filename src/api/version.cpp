// SPDX-License-Identifier: Apache-2.0
#include "slipway/version.h"

namespace slipway {

std::string_view version() {
    return SLIPWAY_VERSION;  // that of the CMake project
}

}  // namespace slipway
