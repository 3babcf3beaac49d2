// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/download.h"

#include "engine/download.h"

#include <memory>
#include <string>
#include <vector>

namespace slipway::api {

/// Says where each object of a download goes. Immutable once made.
///
/// No two go to one file. Of one source, different keys are different paths: those that would be
/// written another way, as "a//b", are no paths (check_object_path). Each of several sources goes
/// to one name right below the directory, as a file or a folder, so two can meet only by having the
/// same name; then all of them are refused before anything is brought. Nothing is remembered.
class DownloadTarget {
  public:
    /// Opens the directory, or makes it. Blocks. Errors: invalid_argument; already_exists: two
    /// sources go to one place; and those of opening.
    static Result<DownloadTarget> open(const DownloadRequest& request);

    std::vector<engine::ObjectSource> sources() const { return sources_; }
    /// There is one object, and it goes to no file.
    bool is_stream() const { return standard_output_; }
    Result<engine::DownloadOptions::Place> place(const engine::FoundObject& found) const;

  private:
    DownloadTarget() = default;
    Result<> check_names() const;
    std::string path_of(const engine::FoundObject& found) const;

    bool standard_output_ = false;
    bool several_ = false;
    std::vector<engine::ObjectSource> sources_;
    std::string directory_path_;  // with a '/' at its end, or empty
    std::shared_ptr<engine::TargetDirectory> directory_;
    std::string file_name_;  // of the only object; empty: that of its key
};

}  // namespace slipway::api
