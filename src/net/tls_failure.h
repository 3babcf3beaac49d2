// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "net/origin.h"

#include <openssl/ssl.h>

namespace slipway::net {

/// Why the handshake of `ssl` with `origin` failed, in words, and in a kind that says whether a
/// second attempt can help. To be called right after it, while OpenSSL's queue of errors is there.
Error tls_failure(SSL* ssl, const Origin& origin);

}  // namespace slipway::net
