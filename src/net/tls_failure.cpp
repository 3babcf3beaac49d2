// SPDX-License-Identifier: Apache-2.0
#include "net/tls_failure.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>
#include <string>

namespace slipway::net {
namespace {

struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};

struct FreeNames {
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

std::string text_of_time(const ASN1_TIME* time) {
    const std::unique_ptr<BIO, FreeBio> bio(BIO_new(BIO_s_mem()));
    std::array<char, 64> text{};
    if (ASN1_TIME_print(bio.get(), time) != 1) {
        return "an unreadable time";
    }
    const int size = BIO_read(bio.get(), text.data(), static_cast<int>(text.size()));
    return {text.data(), static_cast<std::size_t>(size > 0 ? size : 0)};
}

/// A stranger's certificate goes into messages: only plain text of it.
std::string printable(const unsigned char* bytes, int size) {
    std::string text;
    for (int i = 0; i < size && i < 253; ++i) {
        text.push_back(bytes[i] > ' ' && bytes[i] < 0x7f ? static_cast<char>(bytes[i]) : '?');
    }
    return text;
}

/// The DNS names a certificate is for, the first few of them.
std::string names_of(X509* certificate) {
    constexpr int shown_max = 4;
    const std::unique_ptr<GENERAL_NAMES, FreeNames> names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::string text;
    int shown = 0;
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type != GEN_DNS) {
            continue;
        }
        if (shown++ == shown_max) {
            return text + ", ...";
        }
        text += text.empty() ? "" : ", ";
        text +=
            printable(ASN1_STRING_get0_data(name->d.dNSName), ASN1_STRING_length(name->d.dNSName));
    }
    return text.empty() ? "no DNS name" : text;
}

std::string certificate_problem(SSL* ssl, long code, const std::string& host) {
    // Not "the peer's certificate": that one is only known once it is trusted.
    const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl);
    X509* certificate = sk_X509_num(chain) > 0 ? sk_X509_value(chain, 0) : nullptr;
    switch (code) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            // It may be the authority's that expired: only a date in the past is worth showing.
            if (certificate != nullptr &&
                X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0) {
                return "its certificate expired on " +
                       text_of_time(X509_get0_notAfter(certificate)) +
                       "; have it renewed, or check this machine's clock";
            }
            return "a certificate of its authority has expired; have it renewed, or check this "
                   "machine's clock";
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return "its certificate is not valid yet; check this machine's clock";
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "its certificate is not for " + host +
                   (certificate == nullptr ? "" : " but for " + names_of(certificate)) +
                   "; use the name it is for";
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return "its certificate comes from an authority that is not known here (" +
                   std::string(X509_verify_cert_error_string(code)) +
                   "); if it is yours, name its CA file";
        default:
            return "its certificate is refused: " +
                   std::string(X509_verify_cert_error_string(code));
    }
}

}  // namespace

Error tls_failure(SSL* ssl, const Origin& origin) {
    const unsigned long queued = ERR_get_error();
    const std::string attempt = "TLS with " + origin_url(origin) + ": ";
    const long verified = SSL_get_verify_result(ssl);
    if (verified != X509_V_OK && (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) != 0) {
        return {ErrorKind::permission_denied,
                attempt + certificate_problem(ssl, verified, origin.host),
                "certificate_not_trusted", 0};
    }
    const int reason = ERR_GET_REASON(queued);
    if (queued == 0 || ERR_SYSTEM_ERROR(queued) || reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        return {ErrorKind::unavailable, attempt + "the connection was lost in the handshake", "",
                0};
    }
    if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST) {
        return {ErrorKind::unsupported,
                attempt + "the other side does not speak TLS there; is it meant to be http://?", "",
                0};
    }
    std::array<char, 256> text{};
    ERR_error_string_n(queued, text.data(), text.size());
    return {ErrorKind::unsupported, attempt + "no agreement in the handshake: " + text.data(), "",
            0};
}

}  // namespace slipway::net
