// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/disk_feed.h"
#include "engine/list_text.h"
#include "engine/path_filter.h"

#include <memory>
#include <string>

namespace slipway::engine {

struct FileListOptions {
    /// What the keys begin with; listed_key() says how they go on.
    std::string prefix;
    /// Where relative paths start; empty: the current directory.
    std::string directory;
    /// Of the paths as their keys have them, without the prefix.
    PathFilter filter;
    DiskFeedOptions files;
};

/// The files that a list names, in its order (ListText says how it is written). It is read as files
/// are asked for, so it may be longer than memory, and a pipe that is written meanwhile; a disk
/// thread never waits for it.
///
/// A path that cannot be taken is reported and the rest goes on. Only an error of reading the list
/// ends the feed. Symlinks are followed; a directory is reported, not walked. A path that is listed
/// twice is stored twice.
class FileList final : public DiskFeed {
  public:
    /// `path` is that of the list, "-" for standard input.
    /// Errors: not_found, permission_denied, io: it cannot be opened.
    static Result<std::unique_ptr<FileList>> open(const std::string& path,
                                                  FileListOptions options,
                                                  DiskThreads& disk);

  private:
    FileList(std::string name, int fd, FileListOptions options, DiskThreads& disk);
    Result<Look> look() override;
    Result<Look> read_more();
    void look_at(const ListText::Line& line);

    const FileListOptions options_;
    const std::string name_;  // of the list, in messages
    const OpenFile file_;
    ListText text_;
    bool read_out_ = false;
};

}  // namespace slipway::engine
