// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "task/task.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::catalog {

/// What to do when a key is taken, by a confirmed file or by an upload under way.
enum class OnConflict { rename, replace, fail };

/// A file somebody wants to upload.
struct NewUpload {
    std::string user;
    /// The path below the user's prefix, checked by the caller: "photos/a.jpg".
    std::string file_name;
    std::uint64_t file_size = 0;
    std::string content_type;
    std::string tier;
    /// "sha256:<base64>" and the like; empty: none declared.
    std::string checksum;
    OnConflict on_conflict = OnConflict::rename;
    /// Set: the key of the caller's own pending upload, whose permission is to be renewed. It must
    /// have been declared with the same size and type.
    std::string renew_key;
    Time expires_at{};
};

/// An upload that was permitted and is not confirmed yet: a ticket.
struct Upload {
    std::string id;      ///< the key with '/' written as '-', made unique; names the file later
    std::string s3_key;  ///< "username/photos/a.jpg"
    std::string user;
    std::uint64_t file_size = 0;
    std::string content_type;
    std::string tier;
    std::string checksum;
    Time expires_at{};
};

/// A confirmed file.
struct File {
    std::string id;
    std::string s3_key;
    std::string user;
    std::uint64_t file_size = 0;
    std::string content_type;
    std::string tier;
    std::string checksum;  ///< what the store reported, "crc64nvme:<base64>"; may be empty
    std::string etag;
    Time uploaded_at{};

    /// The path below the user's prefix.
    std::string_view file_name() const { return std::string_view(s3_key).substr(user.size() + 1); }
};

/// What a key means to its owner when it is to be confirmed.
struct Pending {
    std::optional<Upload> upload;  ///< waits for confirmation
    std::optional<File> file;      ///< confirmed before (both are set while a file is replaced)
};

struct ListRequest {
    std::string user;
    std::string prefix;  ///< of the file name
    std::string cursor;  ///< from the page before; empty: the first page
    unsigned limit = 100;
};

struct FilePage {
    std::vector<File> files;  ///< in order of their keys' bytes
    std::string next_cursor;  ///< empty: that was all
};

/// What users have uploaded and are uploading. One interface, several engines (design decision 6),
/// one conformance suite.
///
/// Calls come from any I/O thread and answer there. Concurrent changes share a commit. A change is
/// answered once it survives kill -9; confirm and remove once they survive power loss as well.
/// Errors of all: unavailable, no_space, io.
class Catalog {
  public:
    virtual ~Catalog() = default;

    /// Permits uploads, all in one transaction, an outcome for each in the order given.
    /// An outcome's errors: already_exists `file_exists` (fail, or rename found no free name),
    /// not_found `unknown_upload` and invalid_argument `renewal_differs` (renew_key), unavailable
    /// `being_removed` (replace, while the reaper holds the key's expired upload).
    virtual Task<std::vector<Result<Upload>>> reserve(std::vector<NewUpload> uploads) = 0;

    /// What each of the user's keys waits for; an entry without either is unknown to us.
    virtual Task<std::vector<Pending>> pending(std::string_view user,
                                               std::vector<std::string> s3_keys) = 0;

    /// Turns uploads into files, an outcome for each. Idempotent.
    /// An outcome's errors: not_found `unknown_upload`, or `upload_expired` when it was claimed;
    /// precondition_failed `upload_replaced` when an upload of another size, type or tier is
    /// waited for meanwhile.
    virtual Task<std::vector<Result<File>>> confirm(std::vector<File> files) = 0;

    virtual Task<FilePage> list(const ListRequest& request) = 0;
    /// Errors: not_found `unknown_file`.
    virtual Task<File> find(std::string_view user, std::string_view id) = 0;
    /// Errors: not_found `unknown_file`.
    virtual Task<> remove(std::string_view user, std::string_view id) = 0;

    /// Uploads that expired before `expired_before`, at most `count_max`, now claimed by the
    /// caller: nobody else gets them until `claimed_until`, and nobody can confirm, renew or
    /// replace them any more.
    virtual Task<std::vector<Upload>> claim_expired(Time expired_before,
                                                    Time now,
                                                    Time claimed_until,
                                                    std::size_t count_max) = 0;
    /// Forgets claimed uploads once their objects are gone.
    virtual Task<> forget(std::vector<Upload> uploads) = 0;

    /// Whether it answers; for readiness probes.
    virtual Task<> check() = 0;
};

}  // namespace slipway::catalog
