// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/pacer.h"
#include "engine/transfer.h"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace slipway::engine {

/// Called with the size of each piece of a body that a connection takes, and with 0 after the last.
using Gave = std::function<void(std::size_t)>;

class PartBody;

/// What all requests of a transfer have in common.
struct RequestSettings {
    objects::ObjectStore& store;
    const TransferOptions& options;
    ChunkPool& pool;
    Pacer* pacer;  ///< nullptr: no limit
};

/// The requests that bring one file into the store, and what is known of it between them.
///
/// An answer that does not come leaves open whether the store did what was asked. So:
/// - A put or a completion that is repeated and refused looks at the object
/// (objects/lost_answer.h).
/// - A create that is repeated may leave an upload that nobody knows. Before the file's own upload
///   ends, the uploads of its key are listed, and those begun in the time in which the lost one
///   must have been are aborted. The store's own times are compared, with
///   limits::engine_stray_slack; an upload of the same key that somebody else began in those very
///   seconds is taken for ours, an older or a younger one is not. Where the list cannot be had, not
///   within limits::engine_stray_time_max either, or no create was ever answered, the report says
///   that an upload may be left.
/// - With a journal an upload is in it from before its beginning until it is over. To resume is to
/// take one over from there: its parts are listed instead of an upload begun, and a part is sent
/// only when the store has another size or checksum for it than the file has now.
/// - Whether what is stored is what was read is proved by checksums: each request's, and the whole
///   object's, put together from those of its parts.
class FileRequests {
  public:
    explicit FileRequests(NewFile file) : file_(std::move(file)) {}

    /// Makes the step's request; false: none was needed, as the store has the part already from a
    /// run before. Errors: those of the store and of the source; corrupted `BadDigest` when the
    /// store says it has something else, `MissingETag` for a part without one.
    Task<bool> carry_out(const Step& step, const RequestSettings& with, const Gave& gave);

    /// What the store has of the file when it has ended and was stored.
    objects::ObjectInfo info() && { return std::move(info_); }
    /// An upload in parts of it is at the store, or may be.
    bool upload_left() const { return upload_open_ || create_lost_since_.has_value(); }

  private:
    Task<objects::Checksum> checksum_ahead(const Part& part, const RequestSettings& with);
    /// A request with a body. Of a part: what the store has of it, and whether it was sent now.
    struct Sent {
        std::optional<objects::PartInfo> part;
        bool now = true;
    };
    Task<bool> send(const Step& step, const RequestSettings& with, const Gave& gave);
    Task<Sent> send_here(const Step& step, const RequestSettings& with, const Gave& gave);
    Task<> put(const Step& step, const RequestSettings& with, const Gave& gave);
    Task<> check_sent(bool from_file,
                      objects::Checksum sent,
                      std::optional<objects::Checksum> stored);
    Task<> create(const RequestSettings& with);
    Task<bool> go_on(const RequestSettings& with, const std::string& shape);
    Task<bool> is_there(objects::PartInfo& there,
                        const Part& part,
                        PartBody& body,
                        const RequestSettings& with);
    Task<Sent> put_part(const Step& step, const RequestSettings& with, const Gave& gave);
    Task<> complete(const Step& step, const RequestSettings& with);
    Task<> abort(const Step& step, const RequestSettings& with);
    Task<> abort_strays(const RequestSettings& with);
    bool may_pass(const Error& error, const Timeline* timeline);
    void upload_over(const RequestSettings& with);

    NewFile file_;
    objects::ObjectInfo info_;
    objects::MultipartUpload upload_;
    std::vector<objects::PartInfo> parts_;
    std::map<unsigned, objects::PartInfo> listed_;  // what a run before has sent
    bool upload_open_ = false;
    std::optional<Instant> create_lost_since_;  // when the first one without an answer was sent
    Instant created_at_{};
    std::optional<Instant> strays_failing_since_;  // their list, or an abort
};

}  // namespace slipway::engine
