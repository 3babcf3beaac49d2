// SPDX-License-Identifier: Apache-2.0
#include "engine/walk.h"

#include "engine/object_path.h"
#include "engine/readable.h"
#include "engine/target_key.h"
#include "s3/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace slipway::engine {
namespace {

constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

bool is_dot(std::string_view name) {
    return name == "." || name == "..";
}

}  // namespace

TreeWalk::TreeWalk(WalkOptions options, DiskThreads& disk)
    : DiskFeed(options.files, disk), options_(std::move(options)) {
    const std::string nameless = root_key(options_.prefix, Root{".", RootKind::directory, false});
    for (const std::string& path : options_.roots) {
        contested_.insert(root_key(options_.prefix, Root{path, RootKind::file, false}));
    }
    if (contested_.size() == 1 || !contested_.contains(nameless)) {
        contested_.clear();
    }
}

std::vector<std::string> TreeWalk::paths_of(std::string_view key) const {
    std::vector<std::string> paths;
    const auto look_below = [&](std::string_view begin) {
        const auto root = root_keys_.find(begin);
        if (root == root_keys_.end()) {
            return;
        }
        std::string path = options_.roots[root->second];
        const std::string_view rest = key.substr(begin.size());
        if (rest.empty()) {  // a file
            paths.push_back(std::move(path));
        } else if (options_.filter.includes(rest)) {
            path += path.ends_with('/') ? "" : "/";
            paths.push_back(path.append(rest));
        }
    };
    look_below("");
    for (auto slash = key.find('/'); slash != key.npos; slash = key.find('/', slash + 1)) {
        look_below(key.substr(0, slash + 1));
    }
    look_below(key);
    return paths;
}

Result<DiskFeed::Look> TreeWalk::look() {
    if (open_.empty()) {
        return look_at_root();
    }
    Directory& innermost = open_.back();
    if (innermost.next == innermost.entries.size() && !read_entries(innermost)) {
        open_.pop_back();
        path_.resize(open_.empty() ? 0 : open_.back().path_bytes);
        return Look::more;
    }
    // Moved: entering a directory lets open_ grow.
    const Entry entry = std::move(innermost.entries[innermost.next++]);
    const std::size_t depth = open_.size();
    path_ += entry.name;
    look_at(entry);
    if (open_.size() == depth) {
        path_.resize(open_.back().path_bytes);
    }
    return Look::more;
}

DiskFeed::Look TreeWalk::look_at_root() {
    if (roots_begun_ == options_.roots.size()) {
        return Look::over;
    }
    const std::string& path = options_.roots[roots_begun_++];
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        pass_over(path, "look at", errno);
        return Look::more;
    }
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
        refuse_special(path, status);
        return Look::more;
    }
    const RootKind kind = S_ISDIR(status.st_mode) ? RootKind::directory : RootKind::file;
    std::string key = root_key(options_.prefix, Root{path, kind, options_.roots.size() == 1});
    const bool included = kind == RootKind::directory || options_.filter.includes(last_part(path));
    if (!included || !is_free(path, key)) {
        return Look::more;
    }
    root_keys_.emplace(key, roots_begun_ - 1);
    if (kind == RootKind::directory) {
        enter_root(path, std::move(key));
    } else {
        found(path, std::move(key), status, Place{AT_FDCWD, path.c_str()});
    }
    return Look::more;
}

/// Whether nothing before has the key; reports it else.
bool TreeWalk::is_free(std::string_view path, const std::string& key) {
    const auto root = root_keys_.find(key);
    const auto entry = entry_keys_.find(key);
    if (root != root_keys_.end()) {
        pass_over(path, key_is_taken(path, options_.roots[root->second], key));
    } else if (entry != entry_keys_.end()) {
        pass_over(path, key_is_taken(path, entry->second, key));
    } else {
        return true;
    }
    return false;
}

/// Right below a root without a name is where the other roots go as well. `end` is a '/' for a
/// directory: it has no key in common with a file of its name.
bool TreeWalk::claim_entry(std::string_view end) {
    if (open_.size() > 1 || contested_.empty()) {
        return true;
    }
    std::string key = this->key();
    if (!contested_.contains(key)) {
        return true;
    }
    if (!is_free(path_, key.append(end))) {
        return false;
    }
    entry_keys_.emplace(std::move(key), path_);
    return true;
}

void TreeWalk::look_at(const Entry& entry) {
    const bool follow = options_.symlinks == Symlinks::follow;
    if (entry.type == DT_DIR) {
        return enter(entry.name);
    }
    if (entry.type == DT_LNK && !follow) {
        return;
    }
    // Of a symlink and of an unknown type it is not known yet whether it is a directory.
    const bool known = entry.type != DT_LNK && entry.type != DT_UNKNOWN;
    if (known && !options_.filter.includes(relative())) {
        return;
    }
    const Place place{::dirfd(open_.back().stream.get()), entry.name.c_str()};
    struct stat status {};
    if (::fstatat(place.directory, place.name, &status, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0) {
        if (options_.filter.includes(relative())) {
            const int error = errno;
            pass_over(path_, entry.type == DT_LNK ? "follow the symlink" : "look at", error);
        }
        return;
    }
    if (S_ISDIR(status.st_mode)) {
        return enter(entry.name);
    }
    if (S_ISLNK(status.st_mode) || !(known || options_.filter.includes(relative()))) {
        return;
    }
    if (!S_ISREG(status.st_mode)) {
        return pass_over_special(path_, status);
    }
    if (claim_entry("")) {
        found(path_, key(), status, place);
    }
}

/// The next batch of names; false when there are none.
bool TreeWalk::read_entries(Directory& directory) {
    directory.entries.clear();
    directory.next = 0;
    while (!directory.read_out && directory.entries.size() < limits::feed_batch_entries) {
        errno = 0;
        const dirent* entry = ::readdir(directory.stream.get());
        if (entry == nullptr) {
            directory.read_out = true;
            if (errno != 0) {
                pass_over(path_, "read the rest of the directory", errno);
            }
        } else if (!is_dot(entry->d_name)) {
            directory.entries.push_back(Entry{entry->d_name, entry->d_type});
        }
    }
    std::ranges::sort(directory.entries, {}, &Entry::name);
    return !directory.entries.empty();
}

/// A directory in the innermost one; path_ has its name already.
void TreeWalk::enter(const std::string& name) {
    if (!may_enter() || !claim_entry("/")) {
        return;
    }
    const bool follow = options_.symlinks == Symlinks::follow;
    open_directory(::dirfd(open_.back().stream.get()), name.c_str(), follow ? 0 : O_NOFOLLOW);
}

void TreeWalk::enter_root(const std::string& root, std::string key) {
    root_key_ = std::move(key);
    path_ = root;
    root_bytes_ = root.size() + (root.ends_with('/') ? 0 : 1);
    open_directory(AT_FDCWD, root.c_str(), 0);
    if (open_.empty()) {
        path_.clear();
    }
}

/// Whether anything in the directory could be stored; reports it once if not, instead of each file.
bool TreeWalk::may_enter() {
    if (!options_.filter.may_include_below(relative())) {
        return false;
    }
    if (open_.size() >= limits::walk_depth_max) {
        auto words = fmt::format("cannot go into {}: at most {} directories deep", readable(path_),
                                 limits::walk_depth_max);
        pass_over(path_, fail(ErrorKind::too_large, std::move(words), "TooDeep").value());
        return false;
    }
    if (auto valid = s3::check_object_key(key() + "/?"); !valid) {
        Error error = std::move(valid).error();
        error.message =
            fmt::format("cannot store what is in {}: {}", readable(path_), error.message);
        pass_over(path_, std::move(error));
        return false;
    }
    return true;
}

void TreeWalk::open_directory(int parent, const char* name, int flags) {
    const int fd = ::openat(parent, name, directory_flags | flags);
    if (fd < 0) {
        return pass_over(path_, "open the directory", errno);
    }
    struct stat status {};
    if (::fstat(fd, &status) != 0) {
        pass_over(path_, "look at", errno);
        ::close(fd);
    } else if (!push(fd, status)) {
        ::close(fd);
    }
}

/// Takes the descriptor when it answers true.
bool TreeWalk::push(int fd, const struct stat& status) {
    const auto same = std::ranges::find_if(open_, [&status](const Directory& outer) {
        return outer.device == status.st_dev && outer.inode == status.st_ino;
    });
    if (same != open_.end()) {
        auto words = fmt::format("{} leads back to {}: not followed", readable(path_),
                                 readable(path_.substr(0, same->path_bytes)));
        pass_over(path_,
                  fail(ErrorKind::invalid_argument, std::move(words), "SymlinkLoop").value());
        return false;
    }
    DIR* stream = ::fdopendir(fd);
    if (stream == nullptr) {
        pass_over(path_, "open the directory", errno);
        return false;
    }
    if (!path_.ends_with('/')) {
        path_ += '/';
    }
    Directory directory;
    directory.stream.reset(stream);
    directory.device = status.st_dev;
    directory.inode = status.st_ino;
    directory.path_bytes = path_.size();
    open_.push_back(std::move(directory));
    return true;
}

}  // namespace slipway::engine
