// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/disk_feed.h"
#include "engine/path_filter.h"

#include <cstdint>
#include <dirent.h>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace slipway::engine {

enum class Symlinks : std::uint8_t {
    follow,  ///< what they lead to is stored under their name, as aws cli does
    skip,    ///< as if they were not there, without a word; a root is followed all the same
};

struct WalkOptions {
    /// Files and directories; root_key() says under which keys they go.
    std::vector<std::string> roots;
    /// What the keys begin with.
    std::string prefix;
    Symlinks symlinks = Symlinks::follow;
    /// Of paths relative to their root; of a root that is a file its name.
    PathFilter filter;
    DiskFeedOptions files;
};

/// The regular files below some roots, depth first, each directory read as it is walked: memory is
/// that of one batch of names for each level, however many files there are.
///
/// Whatever cannot be taken is reported and the walk goes on; the feed itself never fails. Names
/// come sorted within each feed_batch_entries of a directory, so a directory of no more is in order
/// as a whole, a larger one is not. Open descriptors: one a level, at most walk_depth_max. Symlinks
/// that lead back to an open directory are reported and not followed; two that lead to the same
/// place are two copies.
///
/// No two files get one key. Below one root different paths are different keys, and each of several
/// roots has its name in front of its keys. So two can meet only where roots have one name, or
/// where right below a root without a name ("." or "..") there is the name of another root, as
/// "photos" in `put . ../other/photos`. What comes second is refused then, a directory as a whole
/// and whatever is in it. Memory for this: the names of the roots, not of files.
class TreeWalk final : public DiskFeed {
  public:
    TreeWalk(WalkOptions options, DiskThreads& disk);

    /// Where the files of that key would be below the roots that were walked, whether they are
    /// there or not. For a disk thread, once the walk has ended: a list that comes after it has
    /// such keys.
    std::vector<std::string> paths_of(std::string_view key) const;

  private:
    struct CloseDirectory {
        void operator()(DIR* stream) const { ::closedir(stream); }
    };
    struct Entry {
        std::string name;
        unsigned char type = DT_UNKNOWN;
    };
    /// One that is being walked.
    struct Directory {
        std::unique_ptr<DIR, CloseDirectory> stream;
        dev_t device = 0;
        ino_t inode = 0;
        std::size_t path_bytes = 0;  // of path_, up to and with its '/'
        std::vector<Entry> entries;  // a batch of its names
        std::size_t next = 0;
        bool read_out = false;  // entries are the last ones
    };

    Result<Look> look() override;
    Look look_at_root();
    void look_at(const Entry& entry);
    bool read_entries(Directory& directory);
    bool is_free(std::string_view path, const std::string& key);
    bool claim_entry(std::string_view end);
    void enter(const std::string& name);
    void enter_root(const std::string& root, std::string key);
    bool may_enter();
    void open_directory(int parent, const char* name, int flags);
    bool push(int fd, const struct stat& status);

    std::string_view relative() const { return std::string_view(path_).substr(root_bytes_); }
    std::string key() const { return root_key_ + std::string(relative()); }

    const WalkOptions options_;
    std::size_t roots_begun_ = 0;
    std::map<std::string, std::size_t, std::less<>> root_keys_;  // of those begun, and which
    // Where one root has no name: the keys of all roots, without a '/' at their end ...
    std::set<std::string, std::less<>> contested_;
    // ... and of those the ones that were met right below it, as it is, and their paths.
    std::map<std::string, std::string, std::less<>> entry_keys_;

    std::string root_key_;        // what keys of the root under way begin with
    std::size_t root_bytes_ = 0;  // of path_: the root and its '/'
    std::string path_;            // of what is looked at; between, of the innermost directory
    std::vector<Directory> open_;
};

}  // namespace slipway::engine
