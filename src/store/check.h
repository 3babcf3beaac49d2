// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "store/file_system.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace slipway::store {

/// Something in a store that is not as it should be.
struct CheckFinding {
    enum class What {
        index_damaged,   ///< SQLite finds the index at odds with itself
        object_damaged,  ///< an object's bytes are not those that were stored
        object_missing,  ///< there is a row, and its bytes are gone
        leftover_file,   ///< a file that nothing refers to; harmless
        leftover_bytes,  ///< small objects' bytes that nothing refers to; harmless
    };
    What what = What::index_damaged;
    std::string where;    ///< "photos/a.jpg", or a path in the store's directory
    std::string message;  ///< what is wrong, and what to do
    bool repaired = false;
};

/// "object_damaged", as scripts see it.
std::string_view to_string(CheckFinding::What what);

/// How far a check is.
struct CheckProgress {
    std::uint64_t objects = 0;
    std::uint64_t objects_all = 0;
    std::uint64_t bytes = 0;
    std::uint64_t bytes_all = 0;
    std::uint64_t files = 0;
};

struct CheckReport {
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0;  ///< of objects, read and compared
    std::uint64_t files = 0;
    std::uint64_t findings = 0;
    std::uint64_t repaired = 0;
};

struct CheckOptions {
    /// The store's: where index.db is.
    std::filesystem::path directory;
    /// nullptr: the operating system's.
    FileSystem* file_system = nullptr;
    /// Remove what nothing refers to. Nothing else is ever changed: what is damaged may be all that
    /// is left of an object, and only its owner knows whether there is another copy. While the
    /// index is damaged nothing is removed either, as a lost row makes its file look left over.
    bool repair = false;
    std::function<void(const CheckFinding&)> found;
    std::function<void(const CheckProgress&)> progress;
};

/// Compares all of a store that nobody serves with what it says of itself: SQLite's own structures,
/// each object's bytes with its ETag and checksum, the index with the files.
///
/// Holds the store's lock; blocks; reads every byte. Memory: a few hundred KiB, and one bit for
/// each small object.
/// Errors: not_found: no store there; unavailable: it is in use; unsupported: another format; io.
Result<CheckReport> check_store(const CheckOptions& options);

}  // namespace slipway::store
