// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/clock.h"
#include "task/body.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace slipway::engine {

/// Where the bytes of one object go, in their order. All calls block: they are for disk threads.
class ByteSink {
  public:
    virtual ~ByteSink() = default;
    virtual Result<> write(std::span<const std::byte> bytes) = 0;
    /// All bytes are there and are the right ones.
    virtual Result<> finish(Time last_modified) = 0;
};

/// A directory that files are made below and never outside of: its path is followed once, and from
/// there on no symbolic link is, nor "..".
class TargetDirectory {
  public:
    /// Made where it is not there, with what leads to it. Blocks.
    static Result<std::shared_ptr<TargetDirectory>> open(const std::string& path);

    /// The folder that holds `path`, made if it is not there. `path` has passed
    /// check_object_path(). Blocks.
    Result<std::shared_ptr<OpenFile>> open_folder_of(std::string_view path) const;

  private:
    explicit TargetDirectory(std::shared_ptr<OpenFile> directory)
        : directory_(std::move(directory)) {}
    std::shared_ptr<OpenFile> directory_;
};

/// A file that has its name only when it is whole; until then what was there stays. One that is
/// dropped before finish() leaves nothing.
class TargetFile final : public ByteSink {
  public:
    /// `path` has passed check_object_path(). Nothing is made before the first write or finish.
    TargetFile(std::shared_ptr<const TargetDirectory> directory, std::string path);
    ~TargetFile() override;
    TargetFile(const TargetFile&) = delete;
    TargetFile& operator=(const TargetFile&) = delete;

    Result<> write(std::span<const std::byte> bytes) override;
    Result<> finish(Time last_modified) override;

  private:
    Result<> open();
    Result<> check_free_name() const;
    Result<> make_file();
    Result<> take_name();

    const std::shared_ptr<const TargetDirectory> directory_;  // of all files of a download
    const std::string path_;
    const std::string name_;  // its last part
    std::shared_ptr<OpenFile> folder_;
    std::unique_ptr<OpenFile> file_;
    std::string temporary_name_;  // in the folder; empty: the file has no name yet
};

/// A descriptor that somebody else opened, such as standard output.
class DescriptorSink final : public ByteSink {
  public:
    explicit DescriptorSink(int fd) : fd_(fd) {}
    Result<> write(std::span<const std::byte> bytes) override;
    Result<> finish(Time) override { return {}; }

  private:
    const int fd_;
};

}  // namespace slipway::engine
