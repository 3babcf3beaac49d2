// SPDX-License-Identifier: Apache-2.0
#include "gateway/gateway.h"

#include "gateway/access_log.h"
#include "gateway/answers.h"
#include "gateway/attributes.h"
#include "gateway/authorize.h"
#include "gateway/cors.h"
#include "gateway/error_details.h"
#include "gateway/not_implemented.h"
#include "gateway/operations.h"
#include "gateway/payload.h"
#include "gateway/request_log.h"
#include "s3/errors.h"
#include "s3/names.h"
#include "s3/sigv2.h"
#include "s3/sigv4.h"
#include "s3/target.h"
#include "task/line_writer.h"

#include <chrono>
#include <utility>
#include <vector>

namespace slipway::gateway {
namespace {

Result<> check_limits(const s3::S3Target& target) {
    if (!target.bucket.empty()) {
        SLIPWAY_CHECK(s3::check_bucket_name(target.bucket));
    }
    if (!target.key.empty()) {
        SLIPWAY_CHECK(s3::check_object_key(target.key));
    }
    return {};
}

}  // namespace

/// How far a request got, for the answer to its failure and for the log.
struct Gateway::Progress {
    s3::S3Target target;
    s3::Claim claim;
    Operation operation;
};

Gateway::Gateway(objects::HostedStore& store,
                 const AccessKeys& keys,
                 GatewayOptions options,
                 const Clock& clock)
    : store_(store), keys_(keys), options_(std::move(options)), clock_(clock) {
}

Async<http::Response> Gateway::handle(const http::Request& request, BodyReader& body) {
    const auto started = std::chrono::steady_clock::now();
    Progress progress;
    http::Response response;
    const Error* error = nullptr;
    Result<http::Response> performed;
    auto target = s3::parse_target(request, options_.base_hosts);
    // Before anything else is known of the request: its page reads a refusal as well.
    const auto cors = target && request.headers.has("origin")
                          ? cors_rules_of(store_, target->bucket)
                          : std::nullopt;
    if (is_preflight(request)) {
        response = answer_preflight(request, cors, options_);
    } else {
        performed = co_await perform(request, body, std::move(target), progress);
        if (performed) {
            response = *std::move(performed);
        } else {
            error = &performed.error();
            const auto details = error_details(*error, request, progress.target, progress.claim,
                                               options_, clock_.now());
            response = error_answer(request, *error, details);
        }
    }
    response.headers.add("x-amz-request-id", request.id);
    if (!is_preflight(request)) {
        allow_reading(request, cors, options_, response);
    }
    log_request(request, response, progress.operation.name, error, started);
    if (options_.request_log != nullptr) {
        const auto spent = std::chrono::steady_clock::now() - started;
        const RequestRecord record{
            clock_.now(),   request,
            response,       progress.target,
            progress.claim, progress.operation.name,
            error,          std::chrono::duration_cast<std::chrono::microseconds>(spent)};
        options_.request_log->write(request_line(record));
    }
    co_return response;
}

/// Whose signature the request carries; nullptr: it has none.
Result<std::shared_ptr<const AccessKey>> Gateway::authenticate(const http::Request& request,
                                                               Progress& progress) const {
    s3::Claim& claim = progress.claim;
    if (s3::is_anonymous(request)) {
        SLIPWAY_CHECK(s3::read_uncovered_payload(request, claim));
        return nullptr;
    }
    SLIPWAY_TRY(read, s3::parse_authorization(request));
    claim = std::move(read);
    auto key = keys_.find(claim.access_key_id);
    if (key == nullptr) {
        return s3::s3_fail("InvalidAccessKeyId");
    }
    SLIPWAY_CHECK(claim.version_2 ? s3::verify_v2(request, progress.target, claim,
                                                  key->signer.credentials(), clock_.now())
                                  : key->signer.verify(request, claim, clock_.now()));
    return key;
}

/// The order of these steps is the security of the store; nothing of the body is read before the
/// operation runs.
Task<http::Response> Gateway::perform(const http::Request& request,
                                      BodyReader& body,
                                      Result<s3::S3Target> target,
                                      Progress& progress) {
    // Limits.
    if (!target) {
        co_return fail(std::move(target).error());
    }
    progress.target = *std::move(target);
    SLIPWAY_CO_CHECK(check_limits(progress.target));

    // Authentication.
    SLIPWAY_CO_TRY(key, authenticate(request, progress));

    // Authorization.
    SLIPWAY_CO_TRY(operation, choose_operation(request, progress.target));
    progress.operation = operation;
    Call call{request,  body,   progress.target, progress.claim, store_,
              options_, clock_, keys_,           key.get()};
    SLIPWAY_CO_TRY(permission, co_await authorize(call, operation));

    // Operation.
    SLIPWAY_CO_CHECK(check_implemented(call));
    SLIPWAY_CO_TRY(decoded, decode_payload(call));
    BodyReader& bytes = decoded != nullptr ? *decoded : body;
    Call decoded_call{request,  bytes,  progress.target, progress.claim, store_,
                      options_, clock_, keys_,           key.get()};
    SLIPWAY_CO_TRY(response, co_await operation.run(decoded_call));
    if (!permission.etag.empty() && response.headers.get("ETag") != quoted(permission.etag)) {
        co_return s3::s3_fail("ServiceUnavailable", "The object was replaced meanwhile.");
    }
    co_return response;
}

}  // namespace slipway::gateway
