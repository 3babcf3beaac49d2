// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/upload_journal.h"
#include "objects/object_store.h"

#include <map>
#include <string>
#include <vector>

/// What uploads in parts a store has.
namespace slipway::engine {

/// Those of exactly this key that are open, in the order they were begun.
Task<std::vector<objects::ListedMultipartUpload>> uploads_of_key(objects::ObjectStore& store,
                                                                 const std::string& bucket,
                                                                 const std::string& key);

/// A time in which uploads were begun, by the store's clock; both ends belong to it.
struct BegunWithin {
    Time earliest;
    Time latest;
};

/// Aborts it. That it is gone already is what was wanted: the answer before may have been lost.
Task<> abort_upload(objects::ObjectStore& store, const objects::MultipartUpload& upload);

/// Aborts those of the uploads that were begun in that time, but for the one of that id.
Task<> abort_begun(objects::ObjectStore& store,
                   const std::vector<objects::ListedMultipartUpload>& uploads,
                   BegunWithin time,
                   std::string spared_id = {});

/// All parts of an upload by their numbers. Errors: not_found `NoSuchUpload`.
Task<std::map<unsigned, objects::PartInfo>> parts_of(objects::ObjectStore& store,
                                                     const objects::MultipartUpload& upload);

/// Aborts what the journal has given up. One whose name was never heard is any of its key that was
/// begun within limits::journal_unanswered_time of the asking, by the store's clock and ours.
/// Errors: those of the store; the journal keeps what was not aborted for the next run.
Task<> abort_given_up(objects::ObjectStore& store,
                      const std::string& bucket,
                      UploadJournal& journal);

}  // namespace slipway::engine
