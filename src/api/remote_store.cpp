// SPDX-License-Identifier: Apache-2.0
#include "api/remote_store.h"

#include "client/aws_settings.h"

#include <utility>

namespace slipway::api {

Result<std::unique_ptr<RemoteStore>> RemoteStore::open(Runtime& runtime,
                                                       const ServeOptions& options) {
    client::AwsOverrides overrides;
    overrides.profile = options.s3_profile;
    overrides.region = options.region;
    overrides.endpoint_url = options.s3_endpoint == "aws" ? "" : options.s3_endpoint;
    const auto& environment = client::process_environment;
    SLIPWAY_TRY(settings, client::load_aws_settings(environment, overrides));
    const std::string& addressing =
        options.s3_addressing == "auto" ? settings.addressing_style : options.s3_addressing;
    std::unique_ptr<RemoteStore> made(new RemoteStore());
    SLIPWAY_TRY(endpoint,
                client::make_endpoint(settings.endpoint_url, settings.region, addressing));
    SLIPWAY_TRY(credentials,
                client::find_credentials(environment, settings.files, !options.s3_profile.empty()));
    made->endpoint_ = std::move(endpoint);
    made->credentials_ = std::move(credentials);
    made->source_ = std::make_unique<client::FixedCredentials>(made->credentials_);
    net::HttpClient::Options http;
    http.ca_file = settings.ca_file;
    made->http_ = std::make_unique<net::HttpClient>(runtime.io, std::move(http));
    made->client_ = std::make_unique<client::S3Client>(*made->http_, *made->source_,
                                                       made->endpoint_, runtime.clock);
    made->retrying_ = std::make_unique<objects::RetryingStore>(*made->client_);
    return made;
}

}  // namespace slipway::api
