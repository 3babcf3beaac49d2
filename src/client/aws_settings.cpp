// SPDX-License-Identifier: Apache-2.0
#include "client/aws_settings.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

namespace slipway::client {
namespace {

/// A variable that is set and not empty: SDKs treat an empty one as not set.
std::string value_of(const Environment& environment, const std::string& name) {
    return environment(name).value_or("");
}

/// "~/.aws/config" with the home directory; "" without one.
std::string in_home(const Environment& environment, std::string_view path) {
    const std::string home = value_of(environment, "HOME");
    return home.empty() ? "" : home + std::string(path);
}

std::string expand_home(const Environment& environment, std::string path) {
    return path.starts_with("~/") ? in_home(environment, std::string_view(path).substr(1)) : path;
}

/// An absent file is an empty one: nobody has to have both.
Result<IniFile> read_ini(const std::string& path) {
    if (path.empty()) {
        return IniFile();
    }
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        if (errno == ENOENT || errno == ENOTDIR) {
            return IniFile();
        }
        return fail(ErrorKind::io, fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    }
    std::ostringstream text;
    text << file.rdbuf();
    return parse_ini(text.view(), path);
}

/// Of sections of equal name later entries win, as if they were one.
std::optional<IniSection> find_section(const IniFile& file, std::string_view name) {
    std::optional<IniSection> found;
    for (const IniSection& section : file.sections) {
        if (section.name != name) {
            continue;
        }
        if (!found) {
            found = section;
        } else {
            found->entries.insert(found->entries.end(), section.entries.begin(),
                                  section.entries.end());
        }
    }
    return found;
}

Result<SharedFiles> load_files(const Environment& environment, const std::string& profile) {
    SharedFiles files;
    const auto path_of = [&](const std::string& variable, std::string_view usual) {
        const std::string chosen = value_of(environment, variable);
        return chosen.empty() ? in_home(environment, usual) : expand_home(environment, chosen);
    };
    files.config_path = path_of("AWS_CONFIG_FILE", "/.aws/config");
    files.credentials_path = path_of("AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials");
    files.profile = profile.empty() ? value_of(environment, "AWS_PROFILE") : profile;
    files.profile_chosen = !files.profile.empty();
    if (!files.profile_chosen) {
        files.profile = "default";
    }
    SLIPWAY_TRY(config, read_ini(files.config_path));
    SLIPWAY_TRY(credentials, read_ini(files.credentials_path));
    files.config_file = std::move(config);
    files.credentials_file = std::move(credentials);
    files.config = files.config_of(files.profile);
    files.credentials = files.credentials_of(files.profile);
    if (files.profile_chosen && !files.config && !files.credentials) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("no profile '{}': looked for [profile {}] in {} and [{}] in {}",
                                files.profile, files.profile, files.config_path, files.profile,
                                files.credentials_path));
    }
    if (files.config) {
        if (const std::string* services = files.config->find("services"); services != nullptr) {
            files.services = find_section(files.config_file, "services " + *services);
        }
    }
    return files;
}

std::string from_profile(const SharedFiles& files, std::string_view key) {
    const std::string* value = files.config ? files.config->find(key) : nullptr;
    return value != nullptr ? *value : "";
}

bool is_true(std::string_view text) {
    return text == "true" || text == "True" || text == "TRUE" || text == "1";
}

/// `service` as in variables, "S3", and `key` as in sections, "s3".
std::string find_endpoint(const Environment& environment,
                          const SharedFiles& files,
                          const std::string& service,
                          std::string_view key) {
    if (is_true(value_of(environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) ||
        is_true(from_profile(files, "ignore_configured_endpoint_urls"))) {
        return "";
    }
    for (const std::string& variable :
         {"AWS_ENDPOINT_URL_" + service, std::string("AWS_ENDPOINT_URL")}) {
        if (std::string url = value_of(environment, variable); !url.empty()) {
            return url;
        }
    }
    if (files.services) {
        if (const auto* url = files.services->find(key, "endpoint_url"); url != nullptr) {
            return *url;
        }
    }
    return from_profile(files, "endpoint_url");
}

std::string find_region(const Environment& environment, const SharedFiles& files) {
    for (const char* variable : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
        if (std::string region = value_of(environment, variable); !region.empty()) {
            return region;
        }
    }
    const std::string region = from_profile(files, "region");
    return region.empty() ? "us-east-1" : region;
}

}  // namespace

std::optional<IniSection> SharedFiles::config_of(std::string_view name) const {
    auto found = find_section(config_file, "profile " + std::string(name));
    return !found && name == "default" ? find_section(config_file, "default") : found;
}

std::optional<IniSection> SharedFiles::credentials_of(std::string_view name) const {
    return find_section(credentials_file, name);
}

std::optional<std::string> process_environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

Result<AwsSettings> load_aws_settings(const Environment& environment,
                                      const AwsOverrides& overrides) {
    AwsSettings settings;
    SLIPWAY_TRY(files, load_files(environment, overrides.profile));
    settings.region = overrides.region.empty() ? find_region(environment, files) : overrides.region;
    settings.endpoint_url = overrides.endpoint_url.empty()
                                ? find_endpoint(environment, files, "S3", "s3")
                                : overrides.endpoint_url;
    settings.sts_endpoint_url = find_endpoint(environment, files, "STS", "sts");
    settings.ca_file = value_of(environment, "AWS_CA_BUNDLE");
    if (settings.ca_file.empty()) {
        settings.ca_file = from_profile(files, "ca_bundle");
    }
    const std::string* style =
        files.config ? files.config->find("s3", "addressing_style") : nullptr;
    if (style != nullptr && *style != "auto" && *style != "path" && *style != "virtual") {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("{}: profile {}: addressing_style is '{}'; give auto, path or "
                                "virtual",
                                files.config_path, files.profile, *style));
    }
    if (style != nullptr) {
        settings.addressing_style = *style;
    }
    settings.files = std::move(files);
    return settings;
}

}  // namespace slipway::client
