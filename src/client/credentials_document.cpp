// SPDX-License-Identifier: Apache-2.0
#include "client/credentials_document.h"

#include "base/limits.h"
#include "codec/json.h"
#include "codec/time.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace slipway::client {

Result<s3::Credentials> parse_credentials(std::string_view document, std::string_view token_name) {
    const auto json = codec::parse_json(document);
    if (!json || !json->root().is_object()) {
        return fail(ErrorKind::corrupted, "the answer is no JSON object");
    }
    const auto text = [root = json->root()](std::string_view name) {
        return std::string(root.find(name).as_string().value_or(""));
    };
    s3::Credentials credentials;
    credentials.access_key_id = text("AccessKeyId");
    credentials.secret_access_key = Secret(text("SecretAccessKey"));
    credentials.session_token = text(token_name);
    if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
        return fail(ErrorKind::corrupted, "the answer has no AccessKeyId or no SecretAccessKey");
    }
    if (const std::string expiration = text("Expiration"); !expiration.empty()) {
        const auto time = codec::parse_iso8601(expiration);
        if (!time) {
            return fail(ErrorKind::corrupted, "the answer's Expiration is no time");
        }
        credentials.expires_at = *time;
    }
    return credentials;
}

Result<std::string> read_token_file(const std::string& path) {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::string text(limits::credentials_document_bytes_max + 1, '\0');
    if (!file ||
        !(file.read(text.data(), static_cast<std::streamsize>(text.size())) || file.eof())) {
        const ErrorKind kind = errno == ENOENT   ? ErrorKind::not_found
                               : errno == EACCES ? ErrorKind::permission_denied
                                                 : ErrorKind::io;
        return fail(kind, fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > limits::credentials_document_bytes_max) {
        return fail(ErrorKind::too_large, fmt::format("{} is too large to be a token", path));
    }
    while (!text.empty() && std::strchr(" \t\r\n", text.back()) != nullptr) {
        text.pop_back();
    }
    text.erase(0, text.find_first_not_of(" \t\r\n"));
    return text;
}

}  // namespace slipway::client
