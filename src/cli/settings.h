// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/serve.h"

#include "cli/settings_file.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::cli {

/// Reads a variable of the environment; nullopt when it is not set. Injected, so that tests set it.
using Environment = std::function<std::optional<std::string>(const std::string&)>;

/// One setting. Flag, key of the settings file and variable are its name in three spellings:
/// --store-listen, store_listen, SLIPWAY_STORE_LISTEN. Its default is that of ServeOptions.
struct Setting {
    std::string_view name;  ///< "store_listen"
    std::string_view group;
    std::string_view form;  ///< what a value looks like: "ADDR"
    std::string_view help;
    Result<> (*assign)(ServeOptions& options, std::string_view text);
    std::string (*show)(const ServeOptions& options);
    bool secret = false;
    /// Another spelling as a flag of `slipway store`; "" when that command does not have it.
    std::string_view store_flag;
};

/// All of them, in the order in which they are explained.
std::span<const Setting> settings();

std::string flag_name(const Setting& setting);      ///< "--store-listen"
std::string variable_name(const Setting& setting);  ///< "SLIPWAY_STORE_LISTEN"

/// A flag as given on the command line.
struct FlagValue {
    std::string flag;
    std::string text;
};

/// The settings in force, and where each came from.
struct Resolved {
    ServeOptions options;
    std::string file;                  ///< the settings file read; empty: none
    std::vector<std::string> origins;  ///< one for each of settings(): "default", "--listen", ...
};

/// Finds each value: its flag, else the settings file, else the environment (NAME, or the contents
/// of the file NAME_FILE for a secret), else the default.
///
/// `flags` has an entry for each of settings(). `config` is the file named by --config; without it
/// SLIPWAY_CONFIG, else $XDG_CONFIG_HOME/slipway/slipway.toml if that is there.
/// Errors: invalid_argument and io, beginning with the origin of what is wrong.
Result<Resolved> resolve(const std::vector<std::optional<FlagValue>>& flags,
                         const std::optional<std::string>& config,
                         const Environment& environment);

/// What `slipway config` prints: TOML, each line with its origin, secrets masked except the
/// embedded store's keys.
std::string show_settings(const Resolved& resolved, const StoreKeys& store_keys);

}  // namespace slipway::cli
