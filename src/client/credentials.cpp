// SPDX-License-Identifier: Apache-2.0
#include "client/credentials.h"

#include <fmt/format.h>

#include <optional>
#include <string>

namespace slipway::client {
namespace {

using Found = Result<std::optional<s3::Credentials>>;

/// A pair from one place; nullopt when neither half is there.
Found make_pair(std::string id,
                std::string secret,
                std::string token,
                std::string_view id_name,
                std::string_view secret_name) {
    if (id.empty() && secret.empty()) {
        return std::nullopt;
    }
    if (id.empty() || secret.empty()) {
        return fail(
            ErrorKind::invalid_argument,
            fmt::format("{} is set, {} is not; set both or neither",
                        id.empty() ? secret_name : id_name, id.empty() ? id_name : secret_name));
    }
    s3::Credentials credentials;
    credentials.access_key_id = std::move(id);
    credentials.secret_access_key = Secret(std::move(secret));
    credentials.session_token = std::move(token);
    return credentials;
}

Found from_environment(const Environment& environment) {
    const auto read = [&](const char* name) { return environment(name).value_or(""); };
    return make_pair(read("AWS_ACCESS_KEY_ID"), read("AWS_SECRET_ACCESS_KEY"),
                     read("AWS_SESSION_TOKEN"), "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
}

Found from_section(const std::optional<IniSection>& section, const std::string& path) {
    if (!section) {
        return std::nullopt;
    }
    const auto read = [&](std::string_view key) {
        const std::string* value = section->find(key);
        return value != nullptr ? *value : std::string();
    };
    const std::string where = fmt::format("{}: [{}]: ", path, section->name);
    return make_pair(read("aws_access_key_id"), read("aws_secret_access_key"),
                     read("aws_session_token"), where + "aws_access_key_id",
                     where + "aws_secret_access_key");
}

Found from_files(const SharedFiles& files) {
    SLIPWAY_TRY(found, from_section(files.credentials, files.credentials_path));
    if (found) {
        return found;
    }
    return from_section(files.config, files.config_path);
}

}  // namespace

Result<s3::Credentials> find_credentials(const Environment& environment,
                                         const SharedFiles& files,
                                         bool profile_by_flag) {
    if (!profile_by_flag) {
        SLIPWAY_TRY(found, from_environment(environment));
        if (found) {
            return std::move(*found);
        }
    }
    SLIPWAY_TRY(found, from_files(files));
    if (found) {
        return std::move(*found);
    }
    return fail(
        ErrorKind::unauthenticated,
        fmt::format("no S3 credentials: looked for {}profile '{}' in {} and {}; set "
                    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or name a profile",
                    profile_by_flag ? "" : "AWS_ACCESS_KEY_ID in the environment, ", files.profile,
                    files.credentials_path.empty() ? "~/.aws/credentials (HOME is not set)"
                                                   : files.credentials_path,
                    files.config_path.empty() ? "~/.aws/config" : files.config_path));
}

}  // namespace slipway::client
