// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sqlite/database.h"
#include "store/check_log.h"
#include "store/content_check.h"
#include "store/data_files.h"
#include "store/id_set.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace slipway::store {

/// The part of a check that compares objects and parts with their bytes, and objects in parts with
/// their parts.
class ContentsCheck {
  public:
    ContentsCheck(sqlite::Database& database, DataFiles& files, CheckLog& log)
        : database_(database), files_(files), log_(log) {}

    /// Errors: corrupted when the index cannot be read to its end; those of files but not_found.
    Result<> run();

    /// Rows of `blobs` that somebody's bytes are in; complete after run().
    const IdSet& blobs() const { return blobs_; }

  private:
    /// Where some bytes are: two columns of a row and the blob's own bytes.
    struct Place {
        int file_column;
        int blob_column;
        int data_column;
    };

    Result<> count_all();
    Result<> check_objects();
    Result<> check_object(const sqlite::Statement& row);
    Result<> check_made_of(const std::string& where, const sqlite::Statement& row);
    Result<> check_parts();
    Result<> check_part(const sqlite::Statement& row);
    Result<> check_uploads();
    Result<> check_bytes(const std::string& where,
                         const RecordedContent& recorded,
                         const sqlite::Statement& row,
                         const Place& place);
    Result<> check_file(const std::string& where,
                        const RecordedContent& recorded,
                        const std::string& id);
    void tell_index(const std::string& where, std::string_view words);
    void tell_damage(const std::string& where, const std::string& words);

    sqlite::Database& database_;
    DataFiles& files_;
    CheckLog& log_;
    sqlite::Statement parts_of_;
    IdSet blobs_;
    std::vector<std::byte> piece_;
};

}  // namespace slipway::store
