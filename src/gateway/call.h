// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/clock.h"
#include "gateway/access_keys.h"
#include "http/message.h"
#include "objects/hosted_store.h"
#include "s3/documents.h"
#include "s3/sigv4.h"
#include "s3/target.h"
#include "task/body.h"
#include "task/task.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace slipway {
class LineWriter;
}

namespace slipway::gateway {

/// What a gateway runs with.
struct GatewayOptions {
    std::string region = "us-east-1";
    /// Pages of these origins ("https://drive.example") may use the store; "*": of any.
    std::vector<std::string> cors_origins;
    /// "photos.s3.example" is bucket "photos" when "s3.example" is here.
    std::vector<std::string> base_hosts;
    /// Who asks for this host, or for one below it, came through TLS; empty: nobody did.
    std::string tls_host;
    /// Whose all buckets are.
    s3::Owner owner{"slipway", "slipway"};
    /// How long restoring an archived object takes: at Amazon hours, so that a program which does
    /// not wait for it fails.
    std::chrono::seconds restore_delay = std::chrono::minutes(1);
    /// Everybody may read the objects of these, whatever their ACLs say.
    std::vector<std::string> public_read_buckets;
    /// Takes a line about each request (request_log.h); nullptr: there is no such log.
    LineWriter* request_log = nullptr;
};

/// One request as its operation sees it: its sender is known and allowed to ask for it.
struct Call {
    const http::Request& request;
    BodyReader& body;
    const s3::S3Target& target;
    const s3::Claim& claim;
    objects::HostedStore& store;
    const GatewayOptions& options;
    const Clock& clock;
    const AccessKeys& keys;
    /// Whose signature it carries; nullptr: nobody's.
    const AccessKey* key = nullptr;

    /// What the client says in header `name`, in lower case. A presigned URL may say what begins
    /// with x-amz- in its query instead, where the signer put it. Empty when it is not said.
    std::string_view header(std::string_view name) const;
    bool has_header(std::string_view name) const;
    /// All of those that begin with `prefix`, without it and in lower case.
    std::vector<http::Header> headers_after(std::string_view prefix) const;
};

/// The address of an object of the request's bucket, as the client could ask for it:
/// "https://s3.example/photos/a%26b".
std::string url_of(const Call& call, std::string_view key);

/// Whether a query parameter of a presigned URL stands for a header of the same name.
bool is_hoisted_header(std::string_view parameter);

/// A header that the client asked for may come from a URL: nothing may break out of its line.
/// Errors: invalid_argument `InvalidArgument`.
Result<> check_header_value(std::string_view name, std::string_view value);

/// The whole body of a request that sends a document, proven to be what was signed and declared.
/// Errors: too_large `MaxMessageLengthExceeded`; invalid_argument `BadDigest`, `InvalidDigest`,
/// `XAmzContentSHA256Mismatch`; those of the body.
Task<std::string> read_document(Call& call, std::size_t bytes_max);

}  // namespace slipway::gateway
