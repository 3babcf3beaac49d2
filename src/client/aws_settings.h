// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "client/ini.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::client {

/// Reads a variable of the environment; nullopt when it is not set. Injected, so that tests set it.
using Environment = std::function<std::optional<std::string>(const std::string&)>;

/// The process's own.
std::optional<std::string> process_environment(const std::string& name);

/// The shared files with the profile in force.
struct SharedFiles {
    std::string config_path;
    std::string credentials_path;
    std::string profile;  ///< "default" unless chosen
    /// Whether somebody named the profile: then it must exist.
    bool profile_chosen = false;
    /// The profile's section of either file and the `services` section it names, where there are
    /// such.
    std::optional<IniSection> config;
    std::optional<IniSection> credentials;
    std::optional<IniSection> services;

    /// All of both, for the profiles that a profile names.
    IniFile config_file;
    IniFile credentials_file;

    /// The sections of any profile.
    std::optional<IniSection> config_of(std::string_view profile) const;
    std::optional<IniSection> credentials_of(std::string_view profile) const;
};

/// What the caller was told to use; empty: what environment and files say.
struct AwsOverrides {
    std::string profile;
    std::string region;
    std::string endpoint_url;
};

/// Where and how to reach S3, from the places all AWS tools read.
///
/// Order (AWS SDKs and Tools Reference Guide, 2026-11): explicit, environment, profile. Endpoint:
/// explicit, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, the profile's services section, its
/// endpoint_url; AWS_IGNORE_CONFIGURED_ENDPOINT_URLS drops all but the explicit one. The same with
/// STS for its endpoint, which nobody names explicitly.
struct AwsSettings {
    std::string region;        ///< "us-east-1" when nobody says
    std::string endpoint_url;  ///< empty: Amazon's own for the region
    std::string ca_file;       ///< empty: the system's authorities
    /// "path", "virtual" or "auto", as `s3 = addressing_style` has it.
    std::string addressing_style = "auto";
    /// AWS's token service; empty: Amazon's own for the region.
    std::string sts_endpoint_url;
    SharedFiles files;
};

/// Errors: invalid_argument: a file that cannot be understood (with its line), a chosen profile
/// that no file has, an unknown addressing style; io: a file that is there and cannot be read.
Result<AwsSettings> load_aws_settings(const Environment& environment,
                                      const AwsOverrides& overrides);

}  // namespace slipway::client
