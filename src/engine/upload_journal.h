// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/clock.h"
#include "objects/object_store.h"

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::engine {

/// An upload in parts that a run which is over left at the store.
struct LeftUpload {
    std::string key;
    /// Empty: the store was asked for it, and its answer was never heard.
    std::string upload_id;
    Time asked_at{};    ///< on our clock
    std::string shape;  ///< upload_shape() of what it was begun with
};

/// What an upload in parts is bound to from its beginning, besides its key. Bytes are not: those
/// tell by themselves, part by part.
std::string upload_shape(const objects::CreateMultipartRequest& request);

/// Which uploads in parts are open, on disk, so that the next run can go on with them or abort
/// them. Nothing else is in it: whether a file is in the store, and which parts of another, the
/// store says itself, with checksums.
///
/// A folder holds one file for each run that has uploads open, locked for as long as the run lives
/// and gone when none is left; those without a lock are of runs that were killed, and the next run
/// for the same bucket takes them over. Records are single lines of JSON, written before a request
/// that they are about, or after its answer. They survive the process; what was written within
/// seconds of a power failure may be lost, and then the upload is the store's lifecycle rules' to
/// abort.
///
/// A disk that takes no records stops no upload: see broken(). One thread; each call that changes
/// something costs a write(2) of some 200 bytes.
class UploadJournal {
  public:
    /// `store` says which one as its URL does. The folder is made where it is not there.
    /// Errors: io, permission_denied, naming the folder.
    static Result<std::unique_ptr<UploadJournal>> open(const std::string& folder,
                                                       const std::string& store,
                                                       const std::string& bucket,
                                                       const Clock& clock);
    ~UploadJournal();
    UploadJournal(const UploadJournal&) = delete;
    UploadJournal& operator=(const UploadJournal&) = delete;

    // --- of this run's uploads
    /// The store is about to be asked for one.
    void asking(const std::string& key);
    /// It has answered. `alone`: so no other one was begun, as an answer that got lost may have.
    void begun(const objects::MultipartUpload& upload, const std::string& shape, bool alone);
    /// What asking() announced and begun() did not name is not there.
    void settled(const std::string& key);
    /// Completed or aborted, or not there; of this run or of an earlier one.
    void over(const objects::MultipartUpload& upload);

    // --- of those that earlier runs left
    /// One to go on with, for `owner` alone, who may ask again; nothing: there is none.
    const LeftUpload* adopt(const std::string& key, const std::string& shape, const void* owner);
    /// The file is in the store: those of its key that nobody adopted are to be aborted.
    void give_up(const std::string& key);
    /// To be aborted: what was given up, and what is older than limits::journal_age_max.
    std::vector<LeftUpload> given_up() const;
    void aborted(const LeftUpload& left);

    /// A record could not be written: an upload that is left now is known to nobody.
    bool broken() const { return broken_; }

  private:
    class File;
    struct Left {
        LeftUpload upload;
        File* file = nullptr;
        const void* owner = nullptr;
        bool given_up = false;
    };

    UploadJournal(std::string folder, std::string store, std::string bucket, const Clock& clock);
    void take_over(const std::string& path);
    void record(const std::string& line);
    void close(std::multimap<std::string, Left>::iterator left);
    void clear_if_done();

    const std::string folder_;
    const std::string store_;
    const std::string bucket_;
    const Clock& clock_;
    bool broken_ = false;
    std::unique_ptr<File> own_;  // nullptr: nothing was begun yet
    std::set<std::string> open_ids_;
    std::set<std::string> unanswered_keys_;
    std::vector<std::unique_ptr<File>> earlier_;
    std::multimap<std::string, Left> left_;  // by key
};

}  // namespace slipway::engine
