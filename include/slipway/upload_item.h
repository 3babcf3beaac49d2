// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/export.h"
#include "slipway/result.h"
#include "slipway/s3.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace slipway {

/// A regular file of the disk.
struct FileContent {
    std::string path;
};

/// Bytes that the program holds, sent from where they are: Slipway makes no copy.
///
/// They stay as they are until the item's last event. `owner`, where it is given, is held until
/// then and keeps them alive; without it the program does. Bytes that are changed meanwhile are not
/// what their checksum says: the item fails.
struct MemoryContent {
    std::string_view bytes;
    std::shared_ptr<const void> owner;  ///< shared with the program, which may let go of its own
};

/// Bytes that a function brings, as pread does.
///
/// `read` fills `into` with what lies from `offset` on, and answers with how many bytes: fewer than
/// asked only where that is convenient, 0 never before `size`. The same bytes are asked for again
/// when they have to be sent again, and before with `if_changed`; others then, or fewer than
/// `size`, and the item fails. An error that passes (unavailable, timeout) is asked again, too.
struct ReadContent {
    std::uint64_t size = 0;
    std::function<Result<std::size_t>(std::uint64_t offset, std::span<char> into)> read;
};

/// Bytes that a function brings one after the other, of a size that nobody knows before their end.
///
/// `read` waits for bytes, puts some into `into` and answers how many; 0 is the end. Each is asked
/// for once: a part is held until it is stored. So it is always sent, also with `if_changed`.
/// Cost: up to 16 MiB of memory; beyond the first 8 MiB it goes in parts, which the store must
/// take.
struct StreamContent {
    std::function<Result<std::size_t>(std::span<char> into)> read;
};

/// One object to be stored.
///
/// Functions of contents are called on threads that the upload has for this (up to 8), so they may
/// wait; those of different items at the same time, those of one item one call at a time. An error
/// of theirs, or an exception, fails the item.
struct UploadItem {
    std::string key;  ///< below the target's prefix
    std::variant<FileContent, MemoryContent, ReadContent, StreamContent> content;
    /// What is said here goes before what the request says: each text, all metadata, all tags.
    ObjectHeaders headers = {};
};

/// The next object to be stored, or nothing: there are no more. An error ends the upload with it;
/// objects before it are stored.
using NextItem = std::function<Result<std::optional<UploadItem>>()>;

/// For UploadRequest::next_item: these, in their order. Each is let go of as it is stored.
SLIPWAY_API NextItem each_of(std::vector<UploadItem> items);

}  // namespace slipway
