// SPDX-License-Identifier: Apache-2.0
#include "gateway/gateway.h"

#include "gateway/access_log.h"
#include "gateway/answers.h"
#include "gateway/cors.h"
#include "gateway/error_details.h"
#include "gateway/not_implemented.h"
#include "gateway/operations.h"
#include "gateway/payload.h"
#include "s3/errors.h"
#include "s3/names.h"
#include "s3/sigv4.h"
#include "s3/target.h"

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
    if (is_preflight(request)) {
        response = answer_preflight(request, options_.cors_origins);
    } else {
        performed = co_await perform(request, body, progress);
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
        allow_reading(request, options_.cors_origins, response);
    }
    log_request(request, response, progress.operation.name, error, started);
    co_return response;
}

/// The order of these steps is the security of the store; nothing of the body is read before the
/// operation runs.
Task<http::Response> Gateway::perform(const http::Request& request,
                                      BodyReader& body,
                                      Progress& progress) {
    // Limits.
    SLIPWAY_CO_TRY(target, s3::parse_target(request, options_.base_hosts));
    progress.target = std::move(target);
    SLIPWAY_CO_CHECK(check_limits(progress.target));

    // Authentication.
    SLIPWAY_CO_TRY(claim, s3::parse_authorization(request));
    progress.claim = std::move(claim);
    const auto key = keys_.find(progress.claim.access_key_id);
    if (key == nullptr) {
        co_return s3::s3_fail("InvalidAccessKeyId");
    }
    SLIPWAY_CO_CHECK(key->signer.verify(request, progress.claim, clock_.now()));

    // Authorization.
    SLIPWAY_CO_TRY(operation, choose_operation(request, progress.target));
    progress.operation = operation;
    if (!key->allows(operation.access)) {
        co_return s3::s3_fail("AccessDenied", "This access key may read only.");
    }

    // Operation.
    Call call{request, body, progress.target, progress.claim, store_, options_, clock_};
    SLIPWAY_CO_CHECK(check_implemented(call));
    SLIPWAY_CO_TRY(decoded, decode_payload(call, *key));
    if (decoded == nullptr) {
        co_return co_await operation.run(call);
    }
    Call decoded_call{request, *decoded, progress.target, progress.claim, store_, options_, clock_};
    co_return co_await operation.run(decoded_call);
}

}  // namespace slipway::gateway
