// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace slipway::python {

/// A regular file, open for reading. Blocks: not for an I/O thread.
class FileReader {
  public:
    /// Errors: not_found, permission_denied, io, with the path.
    static Result<std::unique_ptr<FileReader>> open(const std::string& path);
    ~FileReader();
    FileReader(const FileReader&) = delete;
    FileReader& operator=(const FileReader&) = delete;

    /// How many bytes it put into `into`; 0: there are no more.
    Result<std::size_t> read(std::uint64_t offset, std::span<char> into) const;

  private:
    FileReader(int descriptor, std::string path)
        : descriptor_(descriptor), path_(std::move(path)) {}

    const int descriptor_;
    const std::string path_;
};

}  // namespace slipway::python
