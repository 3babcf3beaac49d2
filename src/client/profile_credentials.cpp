// SPDX-License-Identifier: Apache-2.0
#include "client/profile_credentials.h"

#include "base/limits.h"
#include "client/container_credentials.h"
#include "client/environment_credentials.h"
#include "client/instance_credentials.h"
#include "client/process_credentials.h"
#include "client/static_keys.h"
#include "client/web_identity_credentials.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

namespace slipway::client {

/// Both sections of a profile; what the credentials file says goes first.
struct ProfileCredentials::Profile {
    std::string name;
    std::optional<IniSection> credentials;
    std::optional<IniSection> config;

    std::string get(std::string_view key) const {
        for (const auto* section : {&credentials, &config}) {
            const std::string* value = *section ? (*section)->find(key) : nullptr;
            if (value != nullptr && !value->empty()) {
                return *value;
            }
        }
        return "";
    }
};

Task<Offer> ProfileCredentials::ask() {
    co_return co_await ask_profile(files_.profile, std::vector<std::string>());
}

Result<Offer> ProfileCredentials::offer_keys(const IniSection* section,
                                             const std::string& path) const {
    SLIPWAY_TRY(keys, keys_of_section(section, path));
    Offer offer;
    offer.credentials = std::move(keys);
    return offer;
}

Task<Offer> ProfileCredentials::ask_profile(std::string name, std::vector<std::string> on_the_way) {
    Profile profile{name, files_.credentials_of(name), files_.config_of(name)};
    if (!profile.credentials && !profile.config) {
        const std::string where = files_.config_path.empty()
                                      ? "there are no shared files: HOME is not set"
                                      : fmt::format("neither {} nor {} has it",
                                                    files_.credentials_path, files_.config_path);
        co_return Offer::nothing(where);
    }
    // A profile that is its own source means the keys that stand in it.
    const bool own_source = !on_the_way.empty() && on_the_way.back() == name;
    if (!own_source && !profile.get("role_arn").empty()) {
        SLIPWAY_CO_TRY(taken_on, co_await assume_role(profile, std::move(on_the_way)));
        Offer offer;
        offer.credentials = std::move(taken_on);
        co_return offer;
    }
    SLIPWAY_CO_TRY(written, offer_keys(profile.credentials ? &*profile.credentials : nullptr,
                                       files_.credentials_path));
    if (written.credentials) {
        co_return written;
    }
    if (const std::string command = profile.get("credential_process"); !command.empty()) {
        auto printed = co_await run_credential_process(command);
        if (!printed) {
            printed.error().message = "credential_process: " + printed.error().message;
            co_return fail(std::move(printed).error());
        }
        written.credentials = *std::move(printed);
        co_return written;
    }
    SLIPWAY_CO_TRY(configured,
                   offer_keys(profile.config ? &*profile.config : nullptr, files_.config_path));
    if (configured.credentials) {
        co_return configured;
    }
    if (!profile.get("sso_session").empty() || !profile.get("sso_start_url").empty()) {
        co_return fail(ErrorKind::unsupported,
                       fmt::format("it signs in through IAM Identity Center, which is not offered "
                                   "here; have the AWS command line do that: set "
                                   "credential_process = aws configure export-credentials "
                                   "--profile {} --format process in another profile",
                                   name));
    }
    co_return Offer::nothing("it has neither keys, nor credential_process, nor role_arn");
}

Task<s3::Credentials> ProfileCredentials::assume_role(const Profile& profile,
                                                      std::vector<std::string> on_the_way) {
    RoleRequest role;
    role.role_arn = profile.get("role_arn");
    role.session_name = profile.get("role_session_name");
    role.duration_seconds = profile.get("duration_seconds");
    if (const std::string file = profile.get("web_identity_token_file"); !file.empty()) {
        co_return co_await assume_with_token_file(sts_, role, file);
    }
    role.external_id = profile.get("external_id");
    if (!profile.get("mfa_serial").empty()) {
        co_return fail(ErrorKind::unsupported,
                       fmt::format("the role {} asks for the code of an MFA device, which is not "
                                   "offered here; have the AWS command line do that and give us "
                                   "its temporary keys in the environment",
                                   role.role_arn));
    }
    SLIPWAY_CO_TRY(by, co_await ask_source(profile, std::move(on_the_way)));
    co_return co_await sts_.assume_role(role, by);
}

Task<s3::Credentials> ProfileCredentials::ask_source(const Profile& profile,
                                                     std::vector<std::string> on_the_way) {
    const std::string source = profile.get("source_profile");
    const std::string place = profile.get("credential_source");
    if (source.empty() == place.empty()) {
        co_return fail(ErrorKind::invalid_argument,
                       "role_arn needs source_profile or credential_source, one of the two");
    }
    Result<Offer> offer;
    if (!source.empty()) {
        const bool round =
            source != profile.name && std::ranges::find(on_the_way, source) != on_the_way.end();
        if (round || on_the_way.size() >= limits::source_profiles_max) {
            co_return fail(
                ErrorKind::invalid_argument,
                fmt::format("its source profiles lead round in a circle, by '{}'", source));
        }
        on_the_way.push_back(profile.name);
        offer = co_await ask_profile(source, std::move(on_the_way));
    } else {
        std::unique_ptr<CredentialsProvider> provider;
        if (place == "Environment") {
            provider = std::make_unique<EnvironmentCredentials>(environment_);
        } else if (place == "EcsContainer") {
            provider = std::make_unique<ContainerCredentials>(http_, environment_);
        } else if (place == "Ec2InstanceMetadata") {
            provider = std::make_unique<InstanceCredentials>(http_, environment_);
        } else {
            co_return fail(ErrorKind::invalid_argument,
                           fmt::format("credential_source is '{}'; give Environment, EcsContainer "
                                       "or Ec2InstanceMetadata",
                                       place));
        }
        offer = co_await provider->ask();
    }
    const std::string from =
        source.empty() ? "credential_source " + place : fmt::format("source_profile '{}'", source);
    if (!offer) {
        offer.error().message = fmt::format("{}: {}", from, offer.error().message);
        co_return fail(std::move(offer).error());
    }
    if (!offer->credentials) {
        co_return fail(ErrorKind::unauthenticated,
                       fmt::format("{} has no credentials: {}", from, offer->why_not));
    }
    co_return std::move(*offer->credentials);
}

}  // namespace slipway::client
