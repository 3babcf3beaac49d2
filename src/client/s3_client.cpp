// SPDX-License-Identifier: Apache-2.0
#include "client/s3_client.h"

#include "codec/percent.h"
#include "codec/time.h"
#include "s3/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
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
    bool at_hand() const override { return body_.at_hand(); }
    std::optional<std::span<const Chunk>> held() const override { return body_.held(); }
    std::optional<FileSlice> slice() const override { return body_.slice(); }
    void took(std::uint64_t bytes) override { body_.took(bytes); }

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

/// Seconds, or the date until when (RFC 9110 section 10.2.3); nothing that makes sense is 0.
std::chrono::seconds read_retry_after(const http::Headers& headers, Time now) {
    const std::string_view text = headers.get("Retry-After");
    std::uint32_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    std::chrono::seconds rest(seconds);
    if (error != std::errc() || end != text.data() + text.size()) {
        const auto until = codec::parse_http_date(text);
        // By the sender's own clock, where it tells.
        const auto sent = codec::parse_http_date(headers.get("Date"));
        rest = until ? std::chrono::ceil<std::chrono::seconds>(*until - sent.value_or(now))
                     : std::chrono::seconds(0);
    }
    return std::clamp(rest, std::chrono::seconds(0),
                      std::chrono::seconds(limits::retry_after_believed_max));
}

/// Whether the store says that temporary credentials have ended; an answer to HEAD has no words,
/// and Amazon's has that status. ExpiredTokenException is how Amazon's JSON services say it.
bool may_be_ended(const Error& refusal, const s3::Credentials& credentials) {
    return refusal.code == "ExpiredToken" || refusal.code == "ExpiredTokenException" ||
           refusal.code == "TokenRefreshRequired" ||
           (refusal.code.empty() && refusal.http_status == 400 &&
            !credentials.session_token.empty());
}

Body body_of(const std::string& bytes, BodyReader* reader, std::optional<Error>& failure) {
    return reader != nullptr ? Body(std::make_unique<LentBody>(*reader, failure)) : Body(bytes);
}

}  // namespace

S3Client::S3Client(net::HttpClient& http,
                   CredentialsSource& credentials,
                   Endpoint endpoint,
                   const Clock& clock)
    : http_(http), credentials_(credentials), endpoint_(std::move(endpoint)), clock_(clock) {
}

std::string S3Client::describe(const Operation& operation) {
    std::string text(operation.verb);
    if (!operation.bucket.empty()) {
        text.append(" ").append(operation.bucket);
    }
    if (!operation.key.empty()) {
        text.append("/").append(operation.key);
    }
    return text;
}

Error S3Client::in_answer(const std::string& attempt, Error error) {
    if (error.http_status == 0) {  // not even an Error document
        error = Error{ErrorKind::corrupted, std::move(error.message), "", 0};
    }
    error.message = fmt::format("{}: {}{}", attempt, error.message,
                                error.code.empty() ? "" : fmt::format(" ({})", error.code));
    return error;
}

tl::unexpected<Error> S3Client::no_next_page(const std::string& attempt) {
    return fail(ErrorKind::corrupted,
                fmt::format("{}: the store says that there is more and not where: its page ends "
                            "where it began",
                            attempt));
}

tl::unexpected<Error> S3Client::failed(const Operation& operation, Error error) {
    error.message = fmt::format("{}: {}", describe(operation), error.message);
    return fail(std::move(error));
}

Task<net::ClientResponse> S3Client::send(Operation operation) {
    Learnt learnt;
    while (true) {
        auto credentials = co_await credentials_.credentials();
        if (!credentials) {
            co_return failed(operation, std::move(credentials).error());
        }
        const Signing signing{region_of(operation.bucket), *std::move(credentials),
                              clock_offset_.load()};
        auto response = co_await send_signed(operation, signing);
        if (!response) {
            co_return failed(operation, std::move(response).error());
        }
        if (response->status < 300) {
            co_return response;
        }
        Refusal refusal = co_await read_refusal(*response, operation);
        const bool again = co_await learn(operation, signing, refusal, learnt);
        if (again && operation.repeatable()) {
            continue;
        }
        if (again) {
            // The body is gone here; who can have it again may send it now.
            refusal.error.kind = ErrorKind::unavailable;
        }
        co_return fail(std::move(refusal.error));
    }
}

Async<S3Client::Refusal> S3Client::read_refusal(net::ClientResponse& response,
                                                const Operation& operation) {
    // A body that cannot be read leaves the status to go by.
    const auto text = co_await read_all(*response.body, limits::client_document_bytes_max);
    Error error = s3::parse_error_xml(response.status, text.value_or(""));
    name_by_status(error);
    error.message = fmt::format("{}: {}{}", describe(operation), error.message,
                                error.code.empty() ? "" : fmt::format(" ({})", error.code));
    error.request_id = response.headers.get("x-amz-request-id");
    error.retry_after = read_retry_after(response.headers, clock_.now());
    std::string region(response.headers.get("x-amz-bucket-region"));
    if (region.empty()) {  // MinIO has it in the document only
        region = s3::region_in_error_xml(text.value_or(""));
    }
    Refusal refusal;
    refusal.error = std::move(error);
    refusal.region = is_region(region) ? std::move(region) : "";
    refusal.date = response.headers.get("Date");
    co_return refusal;
}

Async<bool> S3Client::learn(const Operation& operation,
                            const Signing& signing,
                            Refusal& refusal,
                            Learnt& learnt) {
    // 301 PermanentRedirect, or 400 where the signature names the wrong region: S3 says where the
    // bucket is.
    if (!learnt.region && !refusal.region.empty() && refusal.region != signing.region) {
        remember_region(operation.bucket, refusal.region);
        learnt.region = true;
        co_return true;
    }
    const bool ended = !learnt.credentials && signing.credentials != nullptr &&
                       may_be_ended(refusal.error, *signing.credentials);
    learnt.credentials = learnt.credentials || ended;
    if (ended && co_await renew(signing.credentials, refusal)) {
        co_return true;
    }
    if (!learnt.clock && correct_clock(refusal, signing.clock_offset)) {
        learnt.clock = true;
        co_return true;
    }
    co_return false;
}

Async<bool> S3Client::renew(const CredentialsPtr& ended, Refusal& refusal) {
    credentials_.refused(ended);
    const auto renewed = co_await credentials_.credentials();
    if (!renewed) {
        refusal.error.message += "; " + renewed.error().message;
        co_return false;
    }
    co_return *renewed != ended;
}

Task<net::ClientResponse> S3Client::send_signed(const Operation& operation,
                                                const Signing& signing) {
    BucketAddress address = address_of(endpoint_, operation.bucket, signing.region);
    http::Request signable;
    signable.method = operation.method;
    signable.target = std::move(address.path_prefix);
    if (!operation.key.empty() || signable.target.empty()) {
        signable.target.push_back('/');
        codec::append_percent_encoded(signable.target, operation.key, true);
    }
    if (!operation.query.empty()) {
        signable.target.append("?").append(operation.query);
    }
    signable.headers = operation.headers;
    if (signing.credentials != nullptr) {
        signable.headers.add("Host", net::host_header(address.origin));
        const Time store_time = clock_.now() + signing.clock_offset;
        const auto signer = signer_for(signing.credentials, signing.region);
        SLIPWAY_CO_CHECK(signer->sign(signable, operation.payload_hash, store_time));
        signable.headers.remove("Host");
    }
    std::optional<Error> body_failure;
    net::ClientRequest request;
    request.origin = std::move(address.origin);
    request.method = operation.method;
    request.target = std::move(signable.target);
    request.headers = std::move(signable.headers);
    request.answer_time_max = operation.answer_time_max;
    request.body = body_of(operation.bytes, operation.reader, body_failure);
    auto response = co_await http_.send(std::move(request));
    if (!response && body_failure) {
        co_return fail(std::move(*body_failure));
    }
    co_return response;
}

Task<std::string> S3Client::send_for_document(Operation operation) {
    std::string attempt = describe(operation);
    SLIPWAY_CO_TRY(response, co_await send(std::move(operation)));
    auto text = co_await read_all(*response.body, limits::client_document_bytes_max);
    if (!text) {
        co_return fail(text.error().kind, fmt::format("{}: {}", attempt, text.error().message));
    }
    co_return text;
}

bool S3Client::correct_clock(const Refusal& refusal, Time::duration signed_offset) {
    const Error& error = refusal.error;
    const bool may_be_time = error.code == "RequestTimeTooSkewed" ||
                             error.code == "RequestExpired" || error.http_status == 403;
    const auto date = codec::parse_http_date(refusal.date);
    if (!may_be_time || !date) {
        return false;
    }
    const Time::duration offset = *date - clock_.now();
    // Not from what is known by now: another refusal may have taught that just before.
    const auto change = std::chrono::abs(offset - signed_offset);
    // The header has whole seconds, and took its time to come.
    const bool far = error.http_status == 403 && error.code != "RequestTimeTooSkewed"
                         ? change > limits::clock_offset_suspicious
                         : change > std::chrono::seconds(2);
    if (far) {
        clock_offset_.store(offset);
    }
    return far;
}

std::string S3Client::region_of(std::string_view bucket) const {
    const std::lock_guard lock(mutex_);
    const auto found = regions_.find(bucket);
    return found == regions_.end() ? endpoint_.region : found->second;
}

void S3Client::remember_region(std::string_view bucket, std::string region) {
    const std::lock_guard lock(mutex_);
    if (regions_.size() >= limits::client_regions_remembered_max) {
        regions_.clear();
    }
    regions_.insert_or_assign(std::string(bucket), std::move(region));
}

std::shared_ptr<const s3::Signer> S3Client::signer_for(const CredentialsPtr& credentials,
                                                       const std::string& region) {
    const std::lock_guard lock(mutex_);
    // Shared with the requests that are using it when temporary credentials change.
    KeptSigner& kept = signers_[region];
    if (kept.credentials != credentials) {
        kept.signer = std::make_shared<const s3::Signer>(*credentials, region);
        kept.credentials = credentials;
    }
    return kept.signer;
}

}  // namespace slipway::client
