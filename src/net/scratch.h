// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace slipway::net {

/// Memory of this thread to receive into before anybody knows how much there is: a whole message is
/// usually there at once, and so no connection needs a buffer of its own while it waits. Used
/// between two suspensions only.
inline std::span<std::byte> scratch() {
    constexpr std::size_t bytes = 64 * 1024;
    thread_local const auto memory = std::make_unique_for_overwrite<std::array<std::byte, bytes>>();
    return *memory;
}

/// The first `size` bytes of `memory` as text.
inline std::string_view text_of(std::span<const std::byte> memory, std::size_t size) {
    return {reinterpret_cast<const char*>(memory.data()), size};
}

}  // namespace slipway::net
