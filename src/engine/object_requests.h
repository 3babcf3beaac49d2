// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/arrival.h"
#include "engine/content_check.h"
#include "engine/scheduler.h"
#include "engine/target_file.h"
#include "objects/running_checksum.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace slipway::engine {

/// An object that is to be brought, and where to.
struct WantedObject {
    std::string bucket;
    std::string key;
    std::uint64_t size = 0;                    ///< when it was found: what is planned
    std::shared_ptr<TargetFile> file;          ///< shared with disk threads, which outlive a cancel
    std::optional<objects::ObjectInfo> known;  ///< if it was looked at
};

/// What all requests of a download have in common.
struct ArrivalSettings {
    objects::ObjectStore& store;
    DiskThreads& disk;
    bool trust_etag = true;  ///< see ContentCheck
};

/// The requests that bring one object into its file, and what is known of it between them: what a
/// Scheduler's steps are in this direction.
///
/// - put: all of it in one GET.
/// - create: a HEAD tells the version that all parts are of, and its checksum; the file is made.
/// - part: a GET of a range of that version (If-Match), written where it belongs.
/// - complete: the bytes are verified, and the file gets its name. No request.
/// - abort: the file is dropped. No request.
///
/// A step that is tried again goes on where it was. Whether the bytes are the right ones: the CRC
/// of the whole object is put together from those of its parts; any other checksum of the whole,
/// and the MD5 that an ETag may be, cost a reading of the file. Where the store has neither, each
/// answer's length and version count. An object whose size is another than was planned comes as it
/// is: its last part is longer, or parts behind its end are nothing.
class ObjectRequests {
  public:
    ObjectRequests() = default;
    explicit ObjectRequests(WantedObject wanted) : wanted_(std::move(wanted)) {}

    /// Errors: those of Arrival and of the file; corrupted: other bytes than the store says.
    Task<> carry_out(const Step& step, const ArrivalSettings& with, const Arrival::Told& told);

    /// Once an answer is there.
    const std::optional<objects::ObjectInfo>& info() const { return info_; }

  private:
    /// Where bytes are written; shared with disk threads.
    struct Landing {
        std::shared_ptr<TargetFile> file;
        std::optional<ContentCheck> whole;                // of a put
        std::optional<objects::RunningChecksum> of_part;  // of a part
        std::uint64_t size = 0;                           // of a put: the object's
        Time last_modified{};
        Result<> write(std::uint64_t offset, std::span<const std::byte> bytes);
        Result<> finish();
    };
    /// A put or part that has been tried, until all of it is there.
    struct Piece {
        Arrival arrival;
        std::shared_ptr<Landing> landing;
    };

    Task<> bring_whole(const ArrivalSettings& with, const Arrival::Told& told);
    Task<> look(const ArrivalSettings& with, const Arrival::Told& told);
    Task<> bring_part(const Part& part, const ArrivalSettings& with, const Arrival::Told& told);
    Task<> complete(const ArrivalSettings& with);
    Piece& piece_of(const Part& part);

    WantedObject wanted_;
    std::optional<objects::ObjectInfo> info_;
    std::map<unsigned, Piece> pieces_;      // by part number; steps under way refer to them
    std::vector<objects::PartInfo> parts_;  // those that are there, by number
};

}  // namespace slipway::engine
