// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/s3.h"

#include "cli/program.h"
#include "codec/json.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

/// A URI with a key. Errors: invalid_argument.
Result<S3Uri> parse_object_uri(std::string_view text);

/// A flag that switches off what is on without it. `on` outlives the parsing.
void add_switch_off(CLI::App& command,
                    const std::string& name,
                    bool& on,
                    const std::string& help,
                    const std::string& group);

/// --exclude and --include, which count in the order they are given.
void add_path_rules(CLI::App& command, std::vector<PathRule>& rules, const std::string& group);

/// Errors of values begin with the flag they are of.
template <class T>
Result<T> of_flag(const char* flag, Result<T> value) {
    if (!value) {
        value.error().message = std::string(flag) + ": " + value.error().message;
    }
    return value;
}

/// Says on `err` what went wrong and answers the exit code for it: exit_usage for what the caller
/// wrote, else exit_failed.
int complain(const Surroundings& around, const Error& error);

/// What a line of JSON says of a failure: error, kind, and code, status, request_id if there are.
void add_error(codec::JsonWriter& json, const Error& error);

/// Names may hold what would move a terminal's cursor.
std::string printable(std::string text);

/// "12.3 MiB", for people.
std::string show_bytes(std::uint64_t bytes);

}  // namespace slipway::cli
