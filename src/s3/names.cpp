// SPDX-License-Identifier: Apache-2.0
#include "s3/names.h"

#include "codec/utf8.h"
#include "s3/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace slipway::s3 {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c);
}

/// Four groups of digits, whatever their values.
bool looks_like_ip_address(std::string_view bucket) {
    const bool only_digits_and_dots =
        std::ranges::all_of(bucket, [](char c) { return is_digit(c) || c == '.'; });
    return only_digits_and_dots && std::ranges::count(bucket, '.') == 3;
}

/// Prefixes and suffixes that Amazon keeps for itself.
constexpr std::array<std::string_view, 3> reserved_prefixes = {"xn--", "sthree-", "amzn-s3-demo-"};
constexpr std::array<std::string_view, 4> reserved_suffixes = {"-s3alias", "--ol-s3", ".mrap",
                                                               "--x-s3"};

std::string_view broken_rule(std::string_view bucket) {
    if (bucket.size() < bucket_name_bytes_min || bucket.size() > bucket_name_bytes_max) {
        return "use 3 to 63 characters";
    }
    if (!std::ranges::all_of(
            bucket, [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-'; })) {
        return "use only lower-case letters, digits, '.' and '-'";
    }
    if (!is_letter_or_digit(bucket.front()) || !is_letter_or_digit(bucket.back())) {
        return "start and end with a letter or digit";
    }
    if (bucket.find("..") != std::string_view::npos) {
        return "use no two dots in a row";
    }
    if (bucket.find(".-") != std::string_view::npos ||
        bucket.find("-.") != std::string_view::npos) {
        return "use no '-' beside a dot";
    }
    if (looks_like_ip_address(bucket)) {
        return "do not write it like an IP address";
    }
    if (std::ranges::any_of(reserved_prefixes,
                            [bucket](auto prefix) { return bucket.starts_with(prefix); }) ||
        std::ranges::any_of(reserved_suffixes,
                            [bucket](auto suffix) { return bucket.ends_with(suffix); })) {
        return "Amazon S3 keeps this prefix or suffix for itself";
    }
    return {};
}

}  // namespace

Result<void> check_bucket_name(std::string_view bucket) {
    const std::string_view rule = broken_rule(bucket);
    if (!rule.empty()) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("The specified bucket is not valid: \"{}\": {}.",
                                bucket.substr(0, bucket_name_bytes_max + 1), rule),
                    "InvalidBucketName");
    }
    return {};
}

Result<void> check_object_key(std::string_view key) {
    if (key.empty()) {
        return fail(ErrorKind::invalid_argument, "The object key is empty.", "InvalidArgument");
    }
    if (key.size() > key_bytes_max) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("Your key is too long: {} bytes in UTF-8, at most {} are allowed.",
                                key.size(), key_bytes_max),
                    "KeyTooLongError");
    }
    if (!codec::valid_utf8(key)) {
        return fail(ErrorKind::invalid_argument, "The object key is not valid UTF-8.",
                    "InvalidArgument");
    }
    return {};
}

}  // namespace slipway::s3
