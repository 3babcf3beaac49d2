// SPDX-License-Identifier: Apache-2.0
#include "server/forwarded_key.h"

#include "base/limits.h"
#include "base/random.h"
#include "codec/utf8.h"
#include "server/request_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace slipway::server {

Result<> check_key_part(std::string_view field, std::string_view text) {
    std::string_view wrong;
    if (text.empty()) {
        wrong = "is empty";
    } else if (text.size() > limits::form_name_bytes_max) {
        wrong = "is longer than 255 bytes";
    } else if (!codec::valid_utf8(text)) {
        wrong = "is not UTF-8";
    } else if (has_control_character(text)) {
        wrong = "has a control character";
    } else if (text.find('/') != text.npos || text.find('\\') != text.npos) {
        wrong = "has a slash; it is one part of the key";
    } else if (text == "." || text.find("..") != text.npos) {
        wrong = "is or has '.' or '..' as paths have it; it is one part of the key";
    } else {
        return {};
    }
    return fail(ErrorKind::invalid_argument, fmt::format("{} {}", field, wrong),
                fmt::format("invalid_{}", field));
}

std::string key_extension(std::string_view file_name) {
    const auto dot = file_name.rfind('.');
    if (dot == file_name.npos || dot == 0) {
        return {};
    }
    std::string extension(file_name.substr(dot + 1));
    if (extension.size() > limits::form_extension_bytes_max) {
        return {};
    }
    for (char& each : extension) {
        if (each >= 'A' && each <= 'Z') {
            each = static_cast<char>(each - 'A' + 'a');
        }
    }
    const bool safe = std::ranges::all_of(extension, [](char each) {
        return (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9');
    });
    return safe ? extension : std::string();
}

Result<std::string> forwarded_key(std::string_view category,
                                  std::string_view user,
                                  std::string_view type,
                                  std::string_view file_name) {
    std::string key = fmt::format("{}/user_{}/{}/{}", category, user, type,
                                  random_hex(forwarded_hash_digits / 2));
    if (const std::string extension = key_extension(file_name); !extension.empty()) {
        key.append(".").append(extension);
    }
    if (key.size() > limits::key_bytes_max) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("the file's key has {} bytes, S3 takes at most {}; shorten its "
                                "type or category",
                                key.size(), limits::key_bytes_max),
                    "invalid_file_type");
    }
    return key;
}

}  // namespace slipway::server
