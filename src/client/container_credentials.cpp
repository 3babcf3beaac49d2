// SPDX-License-Identifier: Apache-2.0
#include "client/container_credentials.h"

#include "client/credentials_document.h"
#include "client/small_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>

namespace slipway::client {

bool may_be_asked(const net::Origin& agent) {
    // Of ECS, and of EKS over IPv4 and IPv6.
    constexpr std::array<std::string_view, 3> agents = {"169.254.170.2", "169.254.170.23",
                                                        "fd00:ec2::23"};
    in_addr v4{};
    const bool loopback =
        agent.host == "localhost" || agent.host == "::1" ||
        (::inet_pton(AF_INET, agent.host.c_str(), &v4) == 1 && (ntohl(v4.s_addr) >> 24) == 127);
    return agent.tls || loopback || std::ranges::find(agents, agent.host) != agents.end();
}

Result<std::string> ContainerCredentials::authorization() const {
    std::string token = environment_("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
    std::string from = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
    // Agents that exchange it while the container runs write a file.
    if (const auto path = environment_("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE").value_or("");
        !path.empty()) {
        SLIPWAY_TRY(read, read_token_file(path));
        token = std::move(read);
        from = path;
    }
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' '; };
    if (std::ranges::any_of(token, is_control)) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("the token of {} cannot be a header: it has a line break or "
                                "another control character",
                                from));
    }
    return token;
}

Task<Offer> ContainerCredentials::ask() {
    const std::string relative =
        environment_("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").value_or("");
    const std::string full = environment_("AWS_CONTAINER_CREDENTIALS_FULL_URI").value_or("");
    if (relative.empty() && full.empty()) {
        co_return Offer::nothing(
            "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor _FULL_URI is set");
    }
    SLIPWAY_CO_TRY(url, parse_small_url(relative.empty() ? full : relative_host_ + relative));
    if (relative.empty() && !may_be_asked(url.origin)) {
        co_return fail(ErrorKind::invalid_argument,
                       fmt::format("AWS_CONTAINER_CREDENTIALS_FULL_URI: {} is neither https, nor "
                                   "this machine, nor a container agent's own address",
                                   url.origin.host));
    }
    SLIPWAY_CO_TRY(token, authorization());
    SmallRequest request;
    request.origin = url.origin;
    request.target = url.target;
    request.direct = true;
    request.headers.add("Accept", "application/json");
    if (!token.empty()) {
        request.headers.add("Authorization", std::move(token));
    }
    SLIPWAY_CO_TRY(answer, co_await send_small(http_, std::move(request)));
    if (answer.status != 200) {
        co_return fail(answer.status >= 500 ? ErrorKind::unavailable : ErrorKind::unauthenticated,
                       fmt::format("the agent at {} answered with status {}",
                                   net::host_header(url.origin), answer.status));
    }
    SLIPWAY_CO_TRY(credentials, parse_credentials(answer.body, "Token"));
    Offer offer;
    offer.credentials = std::move(credentials);
    co_return offer;
}

}  // namespace slipway::client
