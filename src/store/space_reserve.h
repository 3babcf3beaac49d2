// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/file_system.h"

#include <cstdint>
#include <string>

namespace slipway::store {

/// A file that keeps some room of the disk free for what makes room: on a full disk a deletion has
/// to be written down as well. One thread at a time.
class SpaceReserve {
  public:
    /// Of `bytes`; `directory` is the store's.
    SpaceReserve(FileSystem& system, const std::string& directory, std::uint64_t bytes)
        : system_(system), path_(directory + "/reserve"), bytes_(bytes) {}

    /// Whether the room is kept; takes it where it is not and the disk has it.
    bool take();
    /// Lets others have it until the next take().
    void give();

  private:
    FileSystem& system_;
    const std::string path_;
    const std::uint64_t bytes_;
    bool held_ = false;
};

}  // namespace slipway::store
