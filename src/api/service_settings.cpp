// SPDX-License-Identifier: Apache-2.0
#include "api/service_settings.h"

#include "slipway/version.h"

#include "api/runtime.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "s3/names.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string_view>

namespace slipway::api {
namespace {

/// "https://upload.example.org:8443" -> "upload.example.org"
std::string host_of_url(std::string_view url) {
    url.remove_prefix(std::min(url.find("://") + 3, url.size()));
    const auto colon = url.rfind(':');
    const bool port = colon != url.npos && url.find(']', colon) == url.npos;
    return std::string(port ? url.substr(0, colon) : url);
}

/// On a loopback address the names of this machine and of the public URL; elsewhere the machine
/// may have any name, and who can reach it does not need a browser's help.
std::vector<std::string> allowed_hosts(const ServeOptions& options) {
    std::vector<std::string> hosts;
    if (is_loopback(options.listen)) {
        hosts = {"127.0.0.1", "localhost", "[::1]"};
        hosts.emplace_back(options.listen.substr(0, options.listen.rfind(':')));
        if (!options.public_url.empty()) {
            hosts.push_back(host_of_url(options.public_url));
        }
    }
    return hosts;
}

Result<> wrong(std::string_view option, std::string_view what) {
    return fail(ErrorKind::invalid_argument, fmt::format("{}: {}", option, what));
}

/// A user's name is the first part of their keys.
bool is_user_name(std::string_view name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == name.npos;
}

/// Two users of one name would share their files, two of one token could not be told apart.
Result<> check_users(const ServeOptions& options) {
    std::set<std::string_view> names{options.user};
    std::map<std::string, std::string_view> owners;
    if (!options.token.empty()) {
        owners.emplace(codec::hex_encode(codec::sha256(options.token)), options.user);
    }
    for (const UserAccount& user : options.users) {
        if (!is_user_name(user.name)) {
            return wrong("users", fmt::format("'{}' is no name: it begins their keys, so it is not "
                                              "empty, '.' or '..' and has no '/'",
                                              user.name));
        }
        if (!names.insert(user.name).second) {
            return wrong("users", fmt::format("{} is there twice", user.name));
        }
        if (!codec::is_lower_hex(user.token_sha256, 64)) {
            return wrong("users", fmt::format("token_sha256 of {} is not 64 lower-case hex digits",
                                              user.name));
        }
        const auto [owner, added] = owners.emplace(user.token_sha256, user.name);
        if (!added) {
            return wrong("users",
                         fmt::format("{} and {} have the same token; `slipway token` makes "
                                     "another",
                                     owner->second, user.name));
        }
    }
    return {};
}

}  // namespace

Result<> check_options(const ServeOptions& options) {
    if (auto bucket = s3::check_bucket_name(options.bucket); !bucket) {
        return wrong("bucket", bucket.error().message);
    }
    if (!is_user_name(options.user)) {
        return wrong("user", fmt::format("'{}' is no name for the default user: it begins their "
                                         "keys, so it is not empty, '.' or '..' and has no '/'",
                                         options.user));
    }
    if (options.tiers.empty()) {
        return wrong("tiers", "there has to be at least one");
    }
    return check_users(options);
}

server::Settings service_settings(const ServeOptions& options,
                                  const std::string& store_url,
                                  const Secret& session_key) {
    server::Settings settings;
    settings.bucket = options.bucket;
    settings.users.push_back({options.user, codec::hex_encode(codec::sha256(options.token))});
    for (const UserAccount& user : options.users) {
        settings.users.push_back({user.name, user.token_sha256});
    }
    settings.session_key = session_key;
    settings.file_size_max = options.file_size_max;
    settings.batch_files_max = options.batch_files_max;
    settings.presign_expiry = options.url_expiry;
    settings.confirm_grace = options.confirm_grace;
    settings.uploads_concurrent_max = options.concurrent_uploads_max;
    settings.confirm_concurrency = options.confirm_concurrency;
    settings.tiers.clear();
    for (const auto& [name, storage_class] : options.tiers) {
        settings.tiers.push_back({name, storage_class});
    }
    if (settings.find_tier(settings.tier_default) == nullptr) {
        settings.tier_default = settings.tiers.front().name;
    }
    settings.store_origin = store_url;
    settings.allowed_hosts = allowed_hosts(options);
    settings.allowed_origins = options.allowed_origins;
    settings.version = version();
    return settings;
}

}  // namespace slipway::api
