// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/origin.h"
#include "net/stream.h"

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace slipway::net {

/// The client's side of TLS: what is trusted, and the sessions that spare a second handshake.
///
/// TLS 1.2 and above, HTTP/1.1 by ALPN; the chain and the host's name or address are verified. Any
/// thread. Must outlive the streams it made TLS.
class TlsClient {
  public:
    struct Options {
        /// PEM file of certificate authorities instead of the system's.
        std::string ca_file;
        /// Off: any certificate will do, so whoever sits in between can read and change all.
        bool verify = true;
    };

    explicit TlsClient(Options options);
    ~TlsClient();
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    /// Makes `stream` TLS with the server of `origin`, resuming an earlier session where one is
    /// kept.
    /// Errors: invalid_argument (the CA file), permission_denied (code "certificate_not_trusted";
    /// the certificate is not to be trusted: says why), unsupported (the other side speaks no TLS
    /// that we speak), unavailable (connection lost), timeout.
    Task<> start(Stream& stream, const Origin& origin, Instant deadline);

  private:
    struct FreeContext {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    struct FreeSession {
        void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
    };
    using Session = std::unique_ptr<SSL_SESSION, FreeSession>;
    using Sessions = std::vector<Session>;

    static int keep_session(SSL* ssl, SSL_SESSION* session);
    Result<SSL_CTX*> context();
    Result<SslPtr> make_ssl(const Origin& origin);
    void forget_sessions(SSL* ssl);

    const Options options_;
    std::mutex mutex_;
    std::unique_ptr<SSL_CTX, FreeContext> context_;  // made with the first use, then only read
    // By host and port. Elements stay: each SSL knows its own by address.
    std::unordered_map<std::string, Sessions> sessions_;
};

}  // namespace slipway::net
