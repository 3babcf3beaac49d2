// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/download.h"

#include "engine/download.h"

#include <memory>
#include <string>
#include <vector>

namespace slipway::api {

/// Says where each object of a download goes. Immutable once made.
class DownloadTarget {
  public:
    /// Opens the directory, or makes it. Blocks. Errors: invalid_argument, and those of opening.
    static Result<DownloadTarget> open(const DownloadRequest& request);

    std::vector<engine::ObjectSource> sources() const { return sources_; }
    /// There is one object, and it goes to no file.
    bool is_stream() const { return standard_output_; }
    Result<engine::DownloadOptions::Place> place(const engine::FoundObject& found) const;

  private:
    DownloadTarget() = default;
    std::string path_of(const engine::FoundObject& found) const;

    bool standard_output_ = false;
    bool several_ = false;
    std::vector<engine::ObjectSource> sources_;
    std::string directory_path_;  // with a '/' at its end, or empty
    std::shared_ptr<engine::TargetDirectory> directory_;
    std::string file_name_;  // of the only object; empty: that of its key
};

}  // namespace slipway::api
