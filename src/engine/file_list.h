// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/disk_feed.h"
#include "engine/list_text.h"
#include "engine/path_filter.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <vector>

namespace slipway::engine {

struct FileListOptions {
    /// What the keys begin with; listed_key() says how they go on.
    std::string prefix;
    /// Where relative paths start; empty: the current directory.
    std::string directory;
    /// Of the paths as their keys have them, without the prefix.
    PathFilter filter;
    /// Where the files are, if they are there, that other feeds of the run have brought under a key
    /// (TreeWalk::paths_of). May be empty. Called on disk threads.
    std::function<std::vector<std::string>(std::string_view key)> paths_of;
    DiskFeedOptions files;
};

/// The files that a list names, in its order (ListText says how it is written). It is read as files
/// are asked for, so it may be longer than memory, and a pipe that is written meanwhile; a disk
/// thread never waits for it.
///
/// A path that cannot be taken is reported and the rest goes on. Only an error of reading the list
/// ends the feed. Symlinks are followed; a directory is reported, not walked.
///
/// No two files get one key, and no listed path is remembered for that: which other paths have the
/// key of a path is known (the same one with or without the '/' at its start, where the list has
/// brought some of both kinds, and `paths_of`), and a file that comes second is refused where there
/// is another one at such a path now. It need not have been listed: a list with paths of both kinds
/// is rare, and too much is refused rather than too little. A file that comes again, by the same
/// path or another, is stored again: its bytes are the same.
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
    std::string full_path(const std::string& path) const;
    std::string other_of_key(const std::string& path,
                             const std::string& below_prefix,
                             const std::string& key,
                             const struct stat& status) const;

    const FileListOptions options_;
    const std::string name_;  // of the list, in messages
    const OpenFile file_;
    ListText text_;
    bool read_out_ = false;
    bool brought_absolute_ = false;
    bool brought_relative_ = false;
};

}  // namespace slipway::engine
