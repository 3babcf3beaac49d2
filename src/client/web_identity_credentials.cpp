// SPDX-License-Identifier: Apache-2.0
#include "client/web_identity_credentials.h"

#include "client/credentials_document.h"

#include <fmt/format.h>

namespace slipway::client {

Task<s3::Credentials> assume_with_token_file(TokenService& sts,
                                             const RoleRequest& role,
                                             const std::string& token_file) {
    SLIPWAY_CO_TRY(token, read_token_file(token_file));
    if (token.empty()) {
        co_return fail(ErrorKind::unauthenticated,
                       fmt::format("the token file {} is empty", token_file));
    }
    co_return co_await sts.assume_role_with_web_identity(role, token);
}

Task<Offer> WebIdentityCredentials::ask() {
    const std::string file = environment_("AWS_WEB_IDENTITY_TOKEN_FILE").value_or("");
    RoleRequest role;
    role.role_arn = environment_("AWS_ROLE_ARN").value_or("");
    role.session_name = environment_("AWS_ROLE_SESSION_NAME").value_or("");
    if (file.empty()) {
        co_return Offer::nothing("AWS_WEB_IDENTITY_TOKEN_FILE is not set");
    }
    if (role.role_arn.empty()) {
        co_return fail(ErrorKind::invalid_argument,
                       "AWS_WEB_IDENTITY_TOKEN_FILE is set, AWS_ROLE_ARN is not; set both or "
                       "neither");
    }
    SLIPWAY_CO_TRY(credentials, co_await assume_with_token_file(sts_, role, file));
    Offer offer;
    offer.credentials = std::move(credentials);
    co_return offer;
}

}  // namespace slipway::client
