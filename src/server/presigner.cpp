// SPDX-License-Identifier: Apache-2.0
#include "server/presigner.h"

namespace slipway::server {

Result<std::string> Presigner::presign(http::Method method,
                                       std::string_view key,
                                       std::span<const s3::NameValue> query,
                                       std::span<const s3::NameValue> headers,
                                       std::chrono::seconds expires_in,
                                       Time now) const {
    s3::PresignRequest request;
    request.method = method;
    request.scheme_and_host = scheme_and_host_;
    request.path_prefix = path_prefix_;
    request.key = key;
    request.query = query;
    request.headers = headers;
    request.expires_in = expires_in;
    return signer_->presign(request, now);
}

}  // namespace slipway::server
