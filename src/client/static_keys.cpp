// SPDX-License-Identifier: Apache-2.0
#include "client/static_keys.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace slipway::client {
namespace {

/// A pair from one place; nullopt when neither half is there.
StaticKeys make_pair(std::string id,
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

}  // namespace

StaticKeys keys_of_environment(const Environment& environment) {
    const auto read = [&](const char* name) { return environment(name).value_or(""); };
    return make_pair(read("AWS_ACCESS_KEY_ID"), read("AWS_SECRET_ACCESS_KEY"),
                     read("AWS_SESSION_TOKEN"), "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
}

StaticKeys keys_of_section(const IniSection* section, const std::string& path) {
    if (section == nullptr) {
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

}  // namespace slipway::client
