// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/s3.h"

#include "cli/program.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace slipway::cli {

/// The flags of every command that talks to an S3: where it is and who we are. They have aws cli's
/// names.
class S3Flags {
  public:
    /// The flags refer to this object.
    void add_to(CLI::App& command);

    const S3Options& options() const { return options_; }

  private:
    S3Options options_;
};

/// Says on `err` what went wrong and answers the exit code for it: exit_usage for what the caller
/// wrote, else exit_failed.
int complain(const Surroundings& around, const Error& error);

/// "12.3 MiB", for people.
std::string show_bytes(std::uint64_t bytes);

}  // namespace slipway::cli
