// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/temporary_directory.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>

namespace slipway::test {

struct FreeOpenSsl {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeOpenSsl>;
using Certificate = std::unique_ptr<X509, FreeOpenSsl>;
using ServerTls = std::unique_ptr<SSL_CTX, FreeOpenSsl>;

/// A certificate authority of the test's own, with its PEM file.
class TestAuthority {
  public:
    TestAuthority() : key_(EVP_EC_gen("P-256")) {
        // A name of its own: two of one name would be taken for the same one.
        const std::string name = std::filesystem::path(directory_.path()).filename().string();
        certificate_ = certificate(name, "", key_.get(), 3600);
        file_ = directory_.path() + "/ca.pem";
        std::FILE* file = std::fopen(file_.c_str(), "w");
        PEM_write_X509(file, certificate_.get());
        std::fclose(file);
    }

    std::string ca_file() const { return file_; }

    /// What a server needs; `names` as OpenSSL's config wants them: "DNS:a.example,IP:127.0.0.1".
    /// It is valid from a day ago until `seconds_left` from now.
    ServerTls server(const std::string& names, long seconds_left = 3600) const {
        const Key key(EVP_EC_gen("P-256"));
        const Certificate leaf = certificate("server", names, key.get(), seconds_left);
        ServerTls tls(SSL_CTX_new(TLS_server_method()));
        EXPECT_EQ(SSL_CTX_use_certificate(tls.get(), leaf.get()), 1);
        EXPECT_EQ(SSL_CTX_use_PrivateKey(tls.get(), key.get()), 1);
        SSL_CTX_set_alpn_select_cb(tls.get(), select_http_1_1, nullptr);
        return tls;
    }

  private:
    static int select_http_1_1(SSL*,
                               const unsigned char** chosen,
                               unsigned char* size,
                               const unsigned char* offered,
                               unsigned offered_size,
                               void*) {
        static constexpr unsigned char wanted[] = "\x08http/1.1";
        unsigned char* found = nullptr;
        if (SSL_select_next_proto(&found, size, wanted, sizeof wanted - 1, offered, offered_size) !=
            OPENSSL_NPN_NEGOTIATED) {
            return SSL_TLSEXT_ERR_ALERT_FATAL;
        }
        *chosen = found;
        return SSL_TLSEXT_ERR_OK;
    }

    static void extend(X509* certificate, X509* issuer, int what, const std::string& value) {
        X509V3_CTX context;
        X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
        ASSERT_NE(extension, nullptr) << value;
        X509_add_ext(certificate, extension, -1);
        X509_EXTENSION_free(extension);
    }

    Certificate certificate(const std::string& name,
                            const std::string& names,
                            EVP_PKEY* key,
                            long seconds_left) const {
        static long serial = 0;
        Certificate made(X509_new());
        X509_set_version(made.get(), X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), -24L * 3600);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), seconds_left);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
        X509* issuer = certificate_ ? certificate_.get() : made.get();
        X509_set_issuer_name(made.get(), X509_get_subject_name(issuer));
        X509_set_pubkey(made.get(), key);
        extend(made.get(), issuer, NID_basic_constraints,
               names.empty() ? "critical,CA:TRUE" : "CA:FALSE");
        if (!names.empty()) {
            extend(made.get(), issuer, NID_subject_alt_name, names);
        }
        EXPECT_GT(X509_sign(made.get(), key_.get(), EVP_sha256()), 0);
        return made;
    }

    TemporaryDirectory directory_;
    std::string file_;
    Key key_;
    Certificate certificate_;
};

}  // namespace slipway::test
