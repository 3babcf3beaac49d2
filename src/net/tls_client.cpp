// SPDX-License-Identifier: Apache-2.0
#include "net/tls_client.h"

#include "base/limits.h"
#include "net/tls_failure.h"

#include <boost/asio/ip/address.hpp>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <utility>

namespace slipway::net {

TlsClient::TlsClient(Options options) : options_(std::move(options)) {
}

TlsClient::~TlsClient() = default;

Result<SSL_CTX*> TlsClient::context() {
    const std::lock_guard lock(mutex_);
    if (context_) {
        return context_.get();
    }
    std::unique_ptr<SSL_CTX, FreeContext> made(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_min_proto_version(made.get(), TLS1_2_VERSION);
    SSL_CTX_set_mode(made.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                     SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                     SSL_MODE_RELEASE_BUFFERS);
    // As strong as anybody needs, and a quarter cheaper than OpenSSL's first choice of 256 bits.
    SSL_CTX_set_ciphersuites(made.get(),
                             "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
                             "TLS_CHACHA20_POLY1305_SHA256");
    // Header and payload of a record in one system call.
    SSL_CTX_set_read_ahead(made.get(), 1);
    constexpr std::array<unsigned char, 9> http_1_1 = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    SSL_CTX_set_alpn_protos(made.get(), http_1_1.data(), http_1_1.size());
    SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_set_app_data(made.get(), this);
    SSL_CTX_sess_set_new_cb(made.get(), keep_session);
    if (options_.verify) {
        SSL_CTX_set_verify(made.get(), SSL_VERIFY_PEER, nullptr);
        const int loaded =
            options_.ca_file.empty()
                ? SSL_CTX_set_default_verify_paths(made.get())
                : SSL_CTX_load_verify_locations(made.get(), options_.ca_file.c_str(), nullptr);
        if (loaded != 1) {
            return fail(ErrorKind::invalid_argument,
                        "cannot read certificate authorities from " +
                            (options_.ca_file.empty() ? std::string("the system's store")
                                                      : options_.ca_file) +
                            "; it has to be a PEM file");
        }
    }
    context_ = std::move(made);
    return context_.get();
}

int TlsClient::keep_session(SSL* ssl, SSL_SESSION* session) {
    auto& self = *static_cast<TlsClient*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    auto* kept = static_cast<Sessions*>(SSL_get_app_data(ssl));
    if (kept == nullptr) {
        return 0;
    }
    Session taken(session);  // 1 says that its reference is ours now
    const std::lock_guard lock(self.mutex_);
    if (kept->size() >= limits::client_tls_sessions_max) {
        kept->erase(kept->begin());
    }
    kept->push_back(std::move(taken));
    return 1;
}

Result<SslPtr> TlsClient::make_ssl(const Origin& origin) {
    SLIPWAY_TRY(context, this->context());
    SslPtr ssl(SSL_new(context));
    SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    boost::system::error_code not_an_address;
    boost::asio::ip::make_address(origin.host, not_an_address);
    std::string host = origin.host;
    if (not_an_address) {
        // The macro SSL_set_tlsext_host_name without its C cast; OpenSSL copies the name.
        SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data());
        SSL_set1_host(ssl.get(), host.c_str());
    } else {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), host.c_str());
    }
    const std::lock_guard lock(mutex_);
    const std::string key = host_and_port(origin);
    auto found = sessions_.find(key);
    if (found == sessions_.end()) {
        if (sessions_.size() >= limits::client_tls_hosts_max) {
            return ssl;  // works, without a session to resume
        }
        found = sessions_.emplace(key, Sessions()).first;
    }
    Sessions& kept = found->second;
    SSL_set_app_data(ssl.get(), &kept);
    if (!kept.empty()) {
        SSL_set_session(ssl.get(), kept.back().get());
        // A ticket is best used once (RFC 8446, C.4), but many connections at once are as well
        // served by the last of them: only this client's own connections could be linked by it.
        if (kept.size() > 1) {
            kept.pop_back();
        }
    }
    return ssl;
}

void TlsClient::forget_sessions(SSL* ssl) {
    // One of them may be what the server did not like.
    if (auto* kept = static_cast<Sessions*>(SSL_get_app_data(ssl)); kept != nullptr) {
        const std::lock_guard lock(mutex_);
        kept->clear();
    }
}

Task<> TlsClient::start(Stream& stream, const Origin& origin, Instant deadline) {
    SLIPWAY_CO_TRY(ssl, make_ssl(origin));
    const auto started = co_await stream.start_tls(std::move(ssl), deadline);
    if (started) {
        co_return started;
    }
    forget_sessions(stream.tls());
    if (started.error().kind == ErrorKind::cancelled) {
        co_return fail(tls_failure(stream.tls(), origin));
    }
    co_return fail(started.error().kind,
                   "TLS with " + origin_url(origin) + ": " + started.error().message);
}

}  // namespace slipway::net
