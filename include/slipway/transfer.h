// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace slipway {

/// Something that happened to one file of an upload or a download.
struct TransferEvent {
    enum class Kind {
        started,
        retried,  ///< `error` says why
        stored,
        would_store,  ///< of a dry run
        skipped,      ///< `error` says why
        failed,
    };
    Kind kind = Kind::started;
    std::string path;  ///< as it was given or found; empty: not a file of the disk
    std::string bucket;
    std::string key;
    std::uint64_t size = 0;
    unsigned requests = 0;  ///< sent for it so far
    std::string etag;       ///< of a stored one
    std::string checksum;   ///< of a stored one, as S3 writes it
    std::optional<Error> error;
};

/// A file that is on its way.
struct FileProgress {
    std::string key;
    std::uint64_t size = 0;
    std::uint64_t bytes_moved = 0;
};

/// How far it is. Counts only grow; found grows until found_all.
struct TransferProgress {
    std::uint64_t files_found = 0;
    std::uint64_t bytes_found = 0;
    bool found_all = false;
    bool cancelled = false;  ///< cancel() came before its end
    std::uint64_t files_stored = 0;
    std::uint64_t files_skipped = 0;
    std::uint64_t files_failed = 0;
    std::uint64_t files_cancelled = 0;
    std::uint64_t bytes_stored = 0;  ///< of files that are stored
    /// Sent or received; those of parts and files still on their way included.
    std::uint64_t bytes_moved = 0;
    std::uint64_t requests = 0;
    std::uint64_t retries = 0;
    std::vector<FileProgress> files_under_way;  ///< the largest first, at most 8
};

}  // namespace slipway
