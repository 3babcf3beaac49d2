// SPDX-License-Identifier: Apache-2.0
#include "client/instance_credentials.h"

#include "base/limits.h"
#include "client/credentials_document.h"
#include "codec/percent.h"
#include "http/headers.h"

#include <fmt/format.h>

namespace slipway::client {
namespace {

constexpr std::string_view roles = "/latest/meta-data/iam/security-credentials/";

}  // namespace

Result<net::Origin> InstanceCredentials::service() const {
    std::string url = environment_("AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or("");
    if (url.empty()) {
        const std::string mode =
            environment_("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE").value_or("");
        url = http::equal_ignoring_case(mode, "ipv6") ? "http://[fd00:ec2::254]"
                                                      : "http://169.254.169.254";
    }
    SLIPWAY_TRY(parsed, parse_small_url(url));
    return parsed.origin;
}

Task<SmallAnswer> InstanceCredentials::read(const net::Origin& service,
                                            std::string path,
                                            const std::string& token) {
    SmallRequest request;
    request.origin = service;
    request.target = std::move(path);
    request.headers.add("X-aws-ec2-metadata-token", token);
    request.direct = true;
    request.time_max = limits::metadata_answer_time_max;
    co_return co_await send_small(http_, std::move(request));
}

Task<Offer> InstanceCredentials::ask() {
    if (http::equal_ignoring_case(environment_("AWS_EC2_METADATA_DISABLED").value_or(""), "true")) {
        co_return Offer::nothing("AWS_EC2_METADATA_DISABLED is set");
    }
    SLIPWAY_CO_TRY(origin, service());
    SmallRequest request;
    request.origin = origin;
    request.method = http::Method::put;
    request.target = "/latest/api/token";
    request.headers.add("X-aws-ec2-metadata-token-ttl-seconds", "21600");
    request.direct = true;
    request.time_max = limits::metadata_answer_time_max;
    const auto token = co_await send_small(http_, std::move(request));
    if (!token) {
        co_return Offer::nothing("no metadata service: " + token.error().message);
    }
    const bool can_be_header = token->body.find_first_of("\r\n") == std::string::npos;
    if (token->status != 200 || token->body.empty() || !can_be_header) {
        co_return Offer::nothing(fmt::format("{} gives no IMDSv2 token (status {})",
                                             net::host_header(origin), token->status));
    }
    co_return co_await ask_for_role(origin, token->body);
}

Task<Offer> InstanceCredentials::ask_for_role(const net::Origin& service,
                                              const std::string& token) {
    SLIPWAY_CO_TRY(listed, co_await read(service, std::string(roles), token));
    const std::string role = listed.body.substr(0, listed.body.find_first_of("\r\n"));
    if (listed.status == 404 || (listed.status == 200 && role.empty())) {
        co_return Offer::nothing("this instance has no role");
    }
    if (listed.status != 200) {
        co_return fail(ErrorKind::unavailable,
                       fmt::format("the metadata service answered with status {} when asked for "
                                   "the instance's role",
                                   listed.status));
    }
    std::string path = std::string(roles) + codec::percent_encode(role, false);
    SLIPWAY_CO_TRY(answer, co_await read(service, std::move(path), token));
    if (answer.status != 200) {
        co_return fail(ErrorKind::unavailable,
                       fmt::format("the metadata service answered with status {} when asked for "
                                   "credentials of role {}",
                                   answer.status, role));
    }
    auto credentials = parse_credentials(answer.body, "Token");
    if (!credentials) {
        credentials.error().message = fmt::format("role {}: {}", role, credentials.error().message);
        co_return fail(std::move(credentials).error());
    }
    Offer offer;
    offer.credentials = *std::move(credentials);
    co_return offer;
}

}  // namespace slipway::client
