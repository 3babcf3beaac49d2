// SPDX-License-Identifier: Apache-2.0
#include "client/sts.h"

#include "client/small_request.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "codec/percent.h"
#include "codec/time.h"
#include "codec/xml.h"
#include "s3/sigv4.h"

#include <fmt/format.h>

#include <chrono>

namespace slipway::client {
namespace {

std::string amazon_url(const std::string& region) {
    return fmt::format("https://sts.{}.amazonaws.com{}", region,
                       region.starts_with("cn-") ? ".cn" : "");
}

std::string form_of(const std::string& action, const RoleRequest& role, Time now) {
    std::string form = "Action=" + action + "&Version=2011-06-15";
    const auto add = [&form](std::string_view name, const std::string& value) {
        if (!value.empty()) {
            form.append("&").append(name).append("=");
            codec::append_percent_encoded(form, value, false);
        }
    };
    add("RoleArn", role.role_arn);
    add("RoleSessionName",
        role.session_name.empty() ? "slipway-" + codec::amz_date(now) : role.session_name);
    add("ExternalId", role.external_id);
    add("DurationSeconds", role.duration_seconds);
    return form;
}

/// The words of a refusal; they name roles and reasons, no secrets.
Error refusal_of(const std::string& action, const SmallAnswer& answer) {
    Error error;
    error.http_status = answer.status;
    error.kind = answer.status >= 500 || answer.status == 429 ? ErrorKind::unavailable
                                                              : ErrorKind::unauthenticated;
    error.message = fmt::format("STS refused {} with status {}", action, answer.status);
    if (const auto document = codec::parse_xml(answer.body)) {
        const codec::XmlElement details = document->root().child("Error");
        error.code = details.child_text("Code");
        error.message += fmt::format(": {} ({})", details.child_text("Message"), error.code);
    }
    return error;
}

Result<s3::Credentials> read_answer(const std::string& action, const SmallAnswer& answer) {
    const auto wrong =
        fail(ErrorKind::corrupted, fmt::format("STS answered {} with no credentials", action));
    const auto document = codec::parse_xml(answer.body);
    if (!document) {
        return wrong;
    }
    const codec::XmlElement found = document->root().child(action + "Result").child("Credentials");
    s3::Credentials credentials;
    credentials.access_key_id = found.child_text("AccessKeyId");
    credentials.secret_access_key = Secret(found.child_text("SecretAccessKey"));
    credentials.session_token = found.child_text("SessionToken");
    const auto expires_at = codec::parse_iso8601(found.child_text("Expiration"));
    if (credentials.access_key_id.empty() || credentials.secret_access_key.empty() ||
        credentials.session_token.empty() || !expires_at) {
        return wrong;
    }
    credentials.expires_at = *expires_at;
    return credentials;
}

}  // namespace

Task<s3::Credentials> TokenService::assume_role(const RoleRequest& role,
                                                const s3::Credentials& by) {
    std::string form = form_of("AssumeRole", role, clock_.now());
    co_return co_await ask("AssumeRole", std::move(form), &by);
}

Task<s3::Credentials> TokenService::assume_role_with_web_identity(const RoleRequest& role,
                                                                  const std::string& token) {
    std::string form = form_of("AssumeRoleWithWebIdentity", role, clock_.now());
    form += "&WebIdentityToken=";
    codec::append_percent_encoded(form, token, false);
    co_return co_await ask("AssumeRoleWithWebIdentity", std::move(form), nullptr);
}

Task<s3::Credentials> TokenService::ask(std::string action,
                                        std::string form,
                                        const s3::Credentials* by) {
    SLIPWAY_CO_TRY(url, parse_small_url(url_.empty() ? amazon_url(region_) : url_));
    http::Request signable;
    signable.method = http::Method::post;
    signable.target = url.target;
    signable.headers.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    if (by != nullptr) {
        signable.headers.add("Host", net::host_header(url.origin));
        const s3::Signer signer(*by, region_, "sts");
        const std::string hash = codec::hex_encode(codec::sha256(form));
        SLIPWAY_CO_CHECK(signer.sign(signable, hash, clock_.now()));
        signable.headers.remove("Host");
    }
    SmallRequest request;
    request.origin = std::move(url.origin);
    request.method = http::Method::post;
    request.target = std::move(signable.target);
    request.headers = std::move(signable.headers);
    request.body = std::move(form);
    auto answer = co_await send_small(http_, std::move(request));
    if (!answer) {
        answer.error().message = "STS: " + answer.error().message;
        co_return fail(std::move(answer).error());
    }
    if (answer->status != 200) {
        co_return fail(refusal_of(action, *answer));
    }
    co_return read_answer(action, *answer);
}

}  // namespace slipway::client
