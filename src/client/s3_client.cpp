// SPDX-License-Identifier: Apache-2.0
#include "client/s3_client.h"

#include "codec/percent.h"
#include "s3/errors.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace slipway::client {
namespace {

/// Lends a body to the HTTP client, which wants to own it, and keeps what went wrong with it.
///
/// The HTTP client takes `cancelled` for a connection that the server closed, and waits for the
/// answer that a server may send before: so a body that broke has to look different.
class LentBody final : public BodyReader {
  public:
    LentBody(BodyReader& body, std::optional<Error>& failure) : body_(body), failure_(failure) {}
    Task<Chunk> read() override {
        auto chunk = co_await body_.read();
        if (!chunk) {
            failure_ = chunk.error();
            co_return fail(ErrorKind::io, "the body broke");
        }
        co_return chunk;
    }
    std::optional<std::uint64_t> size() const override { return body_.size(); }

  private:
    BodyReader& body_;
    std::optional<Error>& failure_;
};

/// An answer without words, as to HEAD, has only its status.
void name_by_status(Error& error) {
    if (!error.code.empty()) {
        return;
    }
    switch (error.http_status) {
        case 304:
            error.code = "NotModified";
            break;
        case 403:
            error.code = "AccessDenied";
            break;
        case 412:
            error.code = "PreconditionFailed";
            break;
        case 416:
            error.code = "InvalidRange";
            break;
        case 503:
            error.code = "ServiceUnavailable";
            break;
        default:
            break;
    }
}

Async<Error> read_error(net::ClientResponse& response, const std::string& attempt) {
    // A body that cannot be read leaves the status to go by.
    const auto text = co_await read_all(*response.body, limits::client_document_bytes_max);
    Error error = s3::parse_error_xml(response.status, text.value_or(""));
    name_by_status(error);
    error.message = fmt::format("{}: {}{}", attempt, error.message,
                                error.code.empty() ? "" : fmt::format(" ({})", error.code));
    co_return error;
}

}  // namespace

S3Client::S3Client(net::HttpClient& http,
                   CredentialsSource& credentials,
                   Endpoint endpoint,
                   const Clock& clock)
    : http_(http), credentials_(credentials), endpoint_(std::move(endpoint)), clock_(clock) {
}

Task<net::ClientResponse> S3Client::send(Operation operation, std::string attempt) {
    const std::string region = region_of(operation.bucket);
    auto response = co_await send_to_region(operation, region);
    if (response && response->status >= 300) {
        // 301 PermanentRedirect, or 400 where the signature names the wrong region: S3 says where
        // the bucket is.
        const std::string elsewhere(response->headers.get("x-amz-bucket-region"));
        if (!elsewhere.empty() && elsewhere != region) {
            remember_region(operation.bucket, elsewhere);
            if (operation.reader == nullptr) {  // a streamed body is gone; the next request knows
                response = co_await send_to_region(operation, elsewhere);
            }
        }
    }
    if (!response) {
        co_return fail(response.error().kind,
                       fmt::format("{}: {}", attempt, response.error().message),
                       response.error().code);
    }
    if (response->status >= 300) {
        co_return fail(co_await read_error(*response, attempt));
    }
    co_return response;
}

Task<net::ClientResponse> S3Client::send_to_region(Operation& operation,
                                                   const std::string& region) {
    SLIPWAY_CO_TRY(credentials, co_await credentials_.credentials());
    const BucketAddress address = address_of(endpoint_, operation.bucket, region);
    http::Request signable;
    signable.method = operation.method;
    signable.target = address.path_prefix;
    if (!operation.key.empty() || address.path_prefix.empty()) {
        signable.target.push_back('/');
        codec::append_percent_encoded(signable.target, operation.key, true);
    }
    if (!operation.query.empty()) {
        signable.target.append("?").append(operation.query);
    }
    signable.headers = operation.headers;
    signable.headers.add("Host", net::host_header(address.origin));
    const auto signer = signer_for(credentials, region);
    SLIPWAY_CO_CHECK(signer->sign(signable, operation.payload_hash, clock_.now()));
    signable.headers.remove("Host");

    std::optional<Error> body_failure;
    net::ClientRequest request;
    request.origin = address.origin;
    request.method = operation.method;
    request.target = std::move(signable.target);
    request.headers = std::move(signable.headers);
    if (operation.reader != nullptr) {
        request.body = std::make_unique<LentBody>(*operation.reader, body_failure);
    } else {
        request.body = operation.bytes;
    }
    auto response = co_await http_.send(std::move(request));
    if (!response && body_failure) {
        co_return fail(std::move(*body_failure));
    }
    co_return response;
}

Task<std::string> S3Client::send_for_document(Operation operation, std::string attempt) {
    SLIPWAY_CO_TRY(response, co_await send(std::move(operation), attempt));
    auto text = co_await read_all(*response.body, limits::client_document_bytes_max);
    if (!text) {
        co_return fail(text.error().kind, fmt::format("{}: {}", attempt, text.error().message));
    }
    co_return text;
}

std::string S3Client::region_of(const std::string& bucket) const {
    const std::lock_guard lock(mutex_);
    const auto found = regions_.find(bucket);
    return found == regions_.end() ? endpoint_.region : found->second;
}

void S3Client::remember_region(const std::string& bucket, std::string region) {
    const std::lock_guard lock(mutex_);
    if (regions_.size() >= limits::client_regions_remembered_max) {
        regions_.clear();
    }
    regions_[bucket] = std::move(region);
}

std::shared_ptr<const s3::Signer> S3Client::signer_for(const s3::Credentials& credentials,
                                                       const std::string& region) {
    const std::lock_guard lock(mutex_);
    // Shared with the requests that are using it when temporary credentials change.
    std::shared_ptr<const s3::Signer>& kept = signers_[region];
    if (!kept || kept->credentials().access_key_id != credentials.access_key_id ||
        kept->credentials().session_token != credentials.session_token ||
        !(kept->credentials().secret_access_key == credentials.secret_access_key)) {
        kept = std::make_shared<const s3::Signer>(credentials, region);
    }
    return kept;
}

}  // namespace slipway::client
