// SPDX-License-Identifier: Apache-2.0
#include "catalog/file_names.h"

#include "codec/digest.h"
#include "codec/hex.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace slipway::catalog {

std::string key_of(std::string_view user, std::string_view file_name) {
    std::string key;
    key.reserve(user.size() + 1 + file_name.size());
    key.append(user).append("/").append(file_name);
    return key;
}

std::string_view user_of(std::string_view s3_key) {
    return s3_key.substr(0, s3_key.find('/'));
}

std::string plain_id(std::string_view s3_key) {
    std::string id(s3_key);
    std::replace(id.begin(), id.end(), '/', '-');
    return id;
}

std::string distinct_id(std::string_view s3_key) {
    const auto digest = codec::sha256(s3_key);
    const auto first_bytes = std::span(digest).first(8);
    return plain_id(s3_key) + "~" + codec::hex_encode(first_bytes);
}

std::string numbered(std::string_view file_name, unsigned number) {
    const auto slash = file_name.rfind('/');
    const auto name_start = slash == std::string_view::npos ? 0 : slash + 1;
    const auto dot = file_name.rfind('.');
    const bool has_extension = dot != std::string_view::npos && dot > name_start;
    const auto stem = file_name.substr(0, has_extension ? dot : file_name.size());
    const auto extension = file_name.substr(stem.size());
    return fmt::format("{} ({}){}", stem, number, extension);
}

}  // namespace slipway::catalog
