// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/clock.h"
#include "base/secret.h"
#include "codec/digest.h"
#include "http/message.h"
#include "s3/canonical_request.h"
#include "s3/credentials.h"

#include <atomic>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// AWS Signature Version 4 for S3, both sides: Signer signs requests and URLs, parse_authorization
/// and verify check them. The text they sign is made in one place, canonical_request.h.
namespace slipway::s3 {

inline constexpr std::string_view unsigned_payload_hash = "UNSIGNED-PAYLOAD";
/// Hex SHA-256 of nothing.
inline constexpr std::string_view empty_payload_hash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// What a signing key is good for: one day, region and service.
struct Scope {
    std::string day;  ///< "20261121"
    std::string region;
    std::string service = "s3";

    /// "20261121/us-east-1/s3/aws4_request"
    std::string text() const;
    friend bool operator==(const Scope&, const Scope&) = default;
};

/// The key derived from a secret for one scope. Immutable, any thread.
class SigningKey {
  public:
    /// Cost: 4 HMACs.
    SigningKey(const Secret& secret_access_key, const Scope& scope);

    const std::string& scope() const { return scope_; }
    /// Appends the 64 hex digits for a canonical request of that time ("20261121T050000Z").
    void append_signature(std::string& out,
                          std::string_view canonical_request,
                          std::string_view amz_date) const;
    /// Appends the 64 hex digits for a string to sign that is no request's: a chunk's, a policy's.
    void append_text_signature(std::string& out, std::string_view string_to_sign) const;

  private:
    std::string scope_;
    codec::HmacSha256Key key_;
};

/// What a presigned URL is to allow. Views must live until presign returns.
struct PresignRequest {
    http::Method method = http::Method::put;
    std::string_view scheme_and_host;  ///< "https://s3.example:9000"
    /// What stands before the key's '/', already encoded: "/bucket", or "" with the bucket in the
    /// host.
    std::string_view path_prefix;
    std::string_view key;  ///< decoded
    /// Further parameters, decoded, e.g. x-amz-storage-class or response-content-disposition.
    std::span<const NameValue> query = {};
    /// Headers that the request must then carry with these very values; without host. A signed
    /// content-length makes the holder send exactly that many bytes.
    std::span<const NameValue> headers = {};
    std::chrono::seconds expires_in{3600};
};

struct Claim;

/// Signs with one identity in one region. Immutable; any thread, without locks.
class Signer {
  public:
    /// `service` is another for what belongs to S3 and is not, such as STS.
    Signer(Credentials credentials, std::string region, std::string service = "s3");
    ~Signer();
    Signer(const Signer&) = delete;
    Signer& operator=(const Signer&) = delete;

    const Credentials& credentials() const { return credentials_; }
    const std::string& region() const { return region_; }

    /// A URL that lets its holder send this one request until it expires. Pure: time comes in.
    ///
    /// expires_in   1 s to 7 days (presign_expiry_max); the clock starts at `now`.
    /// Returns      the URL; the secret is not in it. Its payload is not signed.
    /// Errors       invalid_argument: a bad key (names.h), expiry, host or header.
    /// Cost         2 hashes; the day's key is derived once.
    /// Source       AWS, "Authenticating requests: using query parameters (AWS SigV4)".
    Result<std::string> presign(const PresignRequest& request, Time now) const;

    /// Adds Authorization, x-amz-date, x-amz-content-sha256 and with temporary credentials
    /// x-amz-security-token. Signs all headers there are but those that proxies change.
    ///
    /// payload_hash  hex SHA-256 of the body, unsigned_payload_hash, or a STREAMING- word.
    /// Errors        invalid_argument: no Host header, a bad header, or a target that is no URL.
    Result<void> sign(http::Request& request, std::string_view payload_hash, Time now) const;

    /// verify() below with this identity and region; the day's key is derived once.
    /// Errors: as there, and `ExpiredToken` or `InvalidToken` for temporary credentials.
    Result<void> verify(const http::Request& request, const Claim& claim, Time now) const;

    /// The key of that day; lives as long as the Signer. Derives it the first time: check the day
    /// before, if a stranger names it.
    const SigningKey& signing_key(std::chrono::sys_days day) const;

  private:
    struct DayKey;
    const DayKey& day_key(std::chrono::sys_days day) const;

    Credentials credentials_;
    std::string region_;
    std::string service_;
    std::string encoded_token_;
    /// The days seen so far, latest first; never shortened, so that readers need no lock.
    mutable std::atomic<const DayKey*> days_{nullptr};
};

/// How a request says its body is covered by the signature.
enum class PayloadKind {
    unsigned_payload,
    sha256,
    streaming_signed,            ///< STREAMING-AWS4-HMAC-SHA256-PAYLOAD
    streaming_signed_trailer,    ///< STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER
    streaming_unsigned_trailer,  ///< STREAMING-UNSIGNED-PAYLOAD-TRAILER
};

/// Reads x-amz-content-sha256; nothing for a text that is none of those.
std::optional<PayloadKind> parse_payload_kind(std::string_view payload_hash);

/// What a request claims about its sender; nothing of it is checked yet.
struct Claim {
    std::string access_key_id;
    Scope scope;
    std::vector<std::string> signed_headers;  ///< lower case, in the order sent
    std::string signature;
    Time date{};
    bool presigned = false;
    /// Presigned with signature version 2 (sigv2.h): no scope, no signed headers, and `date` is
    /// when it expires.
    bool version_2 = false;
    std::chrono::seconds expires_in{0};  ///< presigned only
    std::string payload_hash;
    PayloadKind payload_kind = PayloadKind::unsigned_payload;
    std::string session_token;

    bool is_signed(std::string_view header_name) const;
};

/// Whether the request carries no kind of authorization. An empty Authorization header is none.
bool is_anonymous(const http::Request& request);

/// Reads the Authorization header or the X-Amz-* query parameters; of a URL presigned with version
/// 2 (sigv2.h) its parameters.
///
/// Errors, with S3's codes and words: `AccessDenied` (none, or no date), `InvalidRequest` (another
/// scheme, or no x-amz-content-sha256), `InvalidArgument` (both at once, or a bad payload hash),
/// `AuthorizationHeaderMalformed`, `AuthorizationQueryParametersError`, `InvalidURI`.
Result<Claim> parse_authorization(const http::Request& request);

/// Reads "AKID/20261121/us-east-1/s3/aws4_request" into the claim; false for what is none.
bool read_credential(std::string_view text, Claim& claim);

/// What x-amz-content-sha256 says of a body that no signature of version 4 covers; without the
/// header it is unsigned.
/// Errors: `InvalidArgument`; `InvalidRequest` for a body in signed chunks.
Result<void> read_uncovered_payload(const http::Request& request, Claim& claim);

/// Checks the claim against the secret that belongs to its access key.
///
/// expected_region  set: any other region in the claim's scope is refused, naming this one.
/// Errors: `SignatureDoesNotMatch`; `RequestTimeTooSkewed`; `AccessDenied` for a URL that has
/// expired or is not valid yet, and for host or x-amz-* headers that are not signed;
/// `AuthorizationHeaderMalformed` or `AuthorizationQueryParametersError` for the region.
/// Compares in constant time. That the body has the payload hash is for its reader to check.
Result<void> verify(const http::Request& request,
                    const Claim& claim,
                    const Secret& secret_access_key,
                    Time now,
                    std::string_view expected_region = {});

}  // namespace slipway::s3
