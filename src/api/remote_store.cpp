// SPDX-License-Identifier: Apache-2.0
#include "api/remote_store.h"

#include "client/aws_settings.h"
#include "client/credentials_chain.h"

#include <optional>
#include <utility>

namespace slipway::api {
namespace {

/// As curl and the AWS tools read them: in small letters first.
std::string proxy_variable(const client::Environment& environment,
                           const char* small,
                           const char* capital) {
    auto found = environment(small);
    return found ? *std::move(found) : environment(capital).value_or("");
}

net::ProxySettings proxy_settings(const client::Environment& environment) {
    net::ProxySettings settings;
    settings.http = proxy_variable(environment, "http_proxy", "HTTP_PROXY");
    settings.https = proxy_variable(environment, "https_proxy", "HTTPS_PROXY");
    settings.no_proxy = proxy_variable(environment, "no_proxy", "NO_PROXY");
    return settings;
}

/// Keys the program was given; nothing where it was given none.
Result<std::optional<s3::Credentials>> given_keys(const S3Options& options) {
    if (options.access_key_id.empty() && options.secret_access_key.empty()) {
        return std::nullopt;
    }
    if (options.access_key_id.empty() || options.secret_access_key.empty()) {
        return fail(ErrorKind::invalid_argument,
                    "access_key_id and secret_access_key go together: one of them is empty");
    }
    s3::Credentials keys;
    keys.access_key_id = options.access_key_id;
    keys.secret_access_key = Secret(options.secret_access_key);
    keys.session_token = options.session_token;
    return keys;
}

}  // namespace

Result<std::unique_ptr<RemoteStore>> RemoteStore::open(Runtime& runtime, const S3Options& options) {
    client::AwsOverrides overrides;
    overrides.profile = options.profile;
    overrides.region = options.region;
    overrides.endpoint_url = options.endpoint_url;
    const client::Environment environment = client::process_environment;
    SLIPWAY_TRY(settings, client::load_aws_settings(environment, overrides));
    const std::string& addressing =
        options.addressing == "auto" ? settings.addressing_style : options.addressing;
    std::unique_ptr<RemoteStore> made(new RemoteStore());
    SLIPWAY_TRY(endpoint,
                client::make_endpoint(settings.endpoint_url, settings.region, addressing));
    made->endpoint_ = std::move(endpoint);
    net::HttpClient::Options http;
    http.ca_file = options.ca_bundle.empty() ? settings.ca_file : options.ca_bundle;
    http.verify = options.verify_tls;
    http.proxies = proxy_settings(environment);
    made->http_ = std::make_unique<net::HttpClient>(runtime.io, std::move(http));
    SLIPWAY_TRY(keys, given_keys(options));
    if (options.sign_requests && keys) {
        made->source_ = std::make_unique<client::FixedCredentials>(*std::move(keys));
    } else if (options.sign_requests) {
        made->source_ = client::make_credentials_chain(*made->http_, environment, settings,
                                                       !options.profile.empty(), runtime.clock);
    } else {
        made->source_ = std::make_unique<client::AnonymousCredentials>();
    }
    made->client_ = std::make_unique<client::S3Client>(*made->http_, *made->source_,
                                                       made->endpoint_, runtime.clock);
    made->retrying_ = std::make_unique<objects::RetryingStore>(*made->client_);
    return made;
}

}  // namespace slipway::api
