// SPDX-License-Identifier: Apache-2.0
#include "transport.h"

#include "options.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace slipway::sink {

namespace {

constexpr std::size_t discard_step_bytes = 16U << 20U;
constexpr std::size_t tls_step_bytes = 64U << 10U;

int choose_http_1(SSL*,
                  const unsigned char** out,
                  unsigned char* size,
                  const unsigned char* in,
                  unsigned in_size,
                  void*) {
    static constexpr std::array<unsigned char, 9> http_1{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    unsigned char* chosen = nullptr;
    const int found =
        SSL_select_next_proto(&chosen, size, http_1.data(), http_1.size(), in, in_size);
    *out = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

ssl_ctx_st* make_tls_context(const char* certificate, const char* key) {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1)
        die(std::string("no certificate in ") + certificate);
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        die(std::string("no key for the certificate in ") + key);
    SSL_CTX_set_alpn_select_cb(context, choose_http_1, nullptr);
    // More than one record for each system call.
    SSL_CTX_set_default_read_buffer_len(context, tls_step_bytes);
    SSL_CTX_set_read_ahead(context, 1);
    return context;
}

Transport::Transport(int socket, ssl_ctx_st* tls) : socket_(socket) {
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (tls) {
        ssl_ = SSL_new(tls);
        SSL_set_fd(ssl_, socket_);
        SSL_set_accept_state(ssl_);
    }
}

Transport::~Transport() {
    SSL_free(ssl_);
    close(socket_);
}

std::size_t Transport::read(char* to, std::size_t size) {
    if (ssl_) {
        std::size_t got = 0;
        return SSL_read_ex(ssl_, to, size, &got) == 1 ? got : 0;
    }
    const ssize_t got = recv(socket_, to, size, 0);
    return got > 0 ? static_cast<std::size_t>(got) : 0;
}

bool Transport::discard(std::uint64_t count) {
    if (ssl_)
        return discard_tls(count);
    while (count > 0) {
        // MSG_TRUNC on TCP throws the bytes away (tcp(7)).
        const auto step = std::min<std::uint64_t>(count, discard_step_bytes);
        const ssize_t got = recv(socket_, nullptr, step, MSG_TRUNC | MSG_WAITALL);
        if (got <= 0)
            return false;
        count -= static_cast<std::uint64_t>(got);
    }
    return true;
}

bool Transport::discard_tls(std::uint64_t count) {
    thread_local std::array<char, tls_step_bytes> bytes;
    while (count > 0) {
        const std::size_t got = read(bytes.data(), std::min<std::uint64_t>(count, bytes.size()));
        if (got == 0)
            return false;
        count -= got;
    }
    return true;
}

bool Transport::write(std::string_view bytes) {
    if (ssl_) {
        std::size_t written = 0;
        return SSL_write_ex(ssl_, bytes.data(), bytes.size(), &written) == 1;
    }
    while (!bytes.empty()) {
        const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void Transport::reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace slipway::sink
