// SPDX-License-Identifier: Apache-2.0
#include "server/upload_request.h"

#include "base/limits.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "server/request_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace slipway::server {
namespace {

using codec::JsonView;

tl::unexpected<Error> invalid(std::string words, std::string_view code) {
    return fail(ErrorKind::invalid_argument, std::move(words), std::string(code));
}

Result<std::string> parse_text(JsonView file, std::string_view name) {
    const JsonView value = file.find(name);
    if (const auto text = value.as_string()) {
        return std::string(*text);
    }
    if (!value) {
        return invalid(fmt::format("{} is missing", name), "invalid_request");
    }
    return invalid(fmt::format("{} must be a text, not {}", name, value.type_name()),
                   "invalid_request");
}

Result<std::uint64_t> parse_size(JsonView file, const Settings& settings) {
    const JsonView value = file.find("file_size");
    if (!value) {
        return invalid("file_size is missing: the number of bytes of the file",
                       "invalid_file_size");
    }
    // 64 bits are enough for any size; a number beyond them is read as a fractional one.
    const bool beyond = value.as_double().value_or(0) >= 0x1p64;
    if (beyond) {
        return fail(ErrorKind::too_large,
                    fmt::format("file_size is beyond all limits; at most {} bytes ({} MB) are "
                                "allowed",
                                settings.file_size_max, settings.file_size_max / 1'000'000),
                    "file_too_large");
    }
    if (!value.is_number() || value.is_fractional()) {
        return invalid(fmt::format("file_size must be a whole number of bytes, not {}",
                                   value.is_number() ? "a fraction" : value.type_name()),
                       "invalid_file_size");
    }
    const auto size = value.as_uint64();
    if (!size) {
        return invalid("file_size must not be negative", "invalid_file_size");
    }
    if (*size > settings.file_size_max) {
        return fail(ErrorKind::too_large,
                    fmt::format("the file has {} bytes; at most {} ({} MB) are allowed", *size,
                                settings.file_size_max, settings.file_size_max / 1'000'000),
                    "file_too_large");
    }
    return *size;
}

Result<std::string> parse_content_type(JsonView file) {
    const JsonView value = file.find("content_type");
    if (!value || value.is_null()) {
        return std::string("application/octet-stream");
    }
    SLIPWAY_TRY(type, parse_text(file, "content_type"));
    if (type.empty()) {
        return std::string("application/octet-stream");  // browsers say this of unknown files
    }
    if (!is_media_type(type)) {
        return invalid("content_type must be a media type such as image/jpeg",
                       "invalid_content_type");
    }
    return type;
}

Result<std::string> parse_tier(JsonView file, const Settings& settings) {
    const JsonView value = file.find("tier");
    if (!value || value.is_null()) {
        return settings.tier_default;
    }
    SLIPWAY_TRY(tier, parse_text(file, "tier"));
    if (settings.find_tier(tier) == nullptr) {
        std::string known;
        for (const Tier& each : settings.tiers) {
            known += (known.empty() ? "" : ", ") + each.name;
        }
        return invalid(fmt::format("unknown tier '{}'; there are: {}",
                                   tier.substr(0, limits::short_text_bytes_max), known),
                       "unknown_tier");
    }
    return tier;
}

Result<std::optional<catalog::OnConflict>> parse_on_conflict(JsonView object) {
    const JsonView value = object.find("on_conflict");
    if (!value || value.is_null()) {
        return std::optional<catalog::OnConflict>();
    }
    const auto text = value.as_string().value_or("");
    if (text == "rename") {
        return std::optional(catalog::OnConflict::rename);
    }
    if (text == "replace") {
        return std::optional(catalog::OnConflict::replace);
    }
    if (text == "fail") {
        return std::optional(catalog::OnConflict::fail);
    }
    return invalid("on_conflict must be rename, replace or fail", "invalid_request");
}

/// "sha256:<base64>", or nothing when no checksum was declared.
Result<std::string> parse_checksum(JsonView file) {
    struct Kind {
        std::string_view field;
        std::string_view name;
        std::size_t bytes;
    };
    constexpr std::array<Kind, 3> kinds{{{"checksum_sha256", "sha256", 32},
                                         {"checksum_crc64nvme", "crc64nvme", 8},
                                         {"checksum_crc32c", "crc32c", 4}}};
    std::string checksum;
    for (const Kind& kind : kinds) {
        const JsonView value = file.find(kind.field);
        if (!value || value.is_null()) {
            continue;
        }
        if (!checksum.empty()) {
            return invalid("give one checksum a file", "invalid_checksum");
        }
        const auto text = value.as_string();
        const auto bytes = codec::base64_decode(text.value_or(""));
        if (!text || !bytes || bytes->size() != kind.bytes) {
            return invalid(fmt::format("{} must be {} bytes in base64", kind.field, kind.bytes),
                           "invalid_checksum");
        }
        checksum = fmt::format("{}:{}", kind.name, *text);
    }
    return checksum;
}

Result<catalog::NewUpload> parse_file(JsonView file,
                                      std::string_view user,
                                      const Settings& settings,
                                      catalog::OnConflict on_conflict,
                                      Time expires_at) {
    if (!file.is_object()) {
        return invalid(fmt::format("a file is an object with file_name and file_size, not {}",
                                   file.type_name()),
                       "invalid_request");
    }
    catalog::NewUpload upload;
    upload.user = std::string(user);
    SLIPWAY_TRY(file_name, parse_text(file, "file_name"));
    upload.file_name = std::move(file_name);
    SLIPWAY_CHECK(check_file_name(user, upload.file_name));
    SLIPWAY_TRY(size, parse_size(file, settings));
    upload.file_size = size;
    SLIPWAY_TRY(content_type, parse_content_type(file));
    upload.content_type = std::move(content_type);
    SLIPWAY_TRY(tier, parse_tier(file, settings));
    upload.tier = std::move(tier);
    SLIPWAY_TRY(checksum, parse_checksum(file));
    upload.checksum = std::move(checksum);
    SLIPWAY_TRY(own_choice, parse_on_conflict(file));
    upload.on_conflict = own_choice.value_or(on_conflict);
    if (const JsonView key = file.find("s3_key"); key && !key.is_null()) {
        SLIPWAY_TRY(renew_key, parse_text(file, "s3_key"));
        upload.renew_key = std::move(renew_key);
    }
    upload.expires_at = expires_at;
    return upload;
}

Result<codec::Json> parse_object(std::string_view body) {
    if (body.empty()) {
        return invalid("the body is empty; send a JSON object", "invalid_json");
    }
    SLIPWAY_TRY(json, codec::parse_json(body));
    if (!json.root().is_object()) {
        return invalid(
            fmt::format("the body must be a JSON object, not {}", json.root().type_name()),
            "invalid_request");
    }
    return json;
}

/// The elements of a list that must hold at least one and at most batch_files_max.
Result<> check_list(JsonView list, std::string_view name, const Settings& settings) {
    if (!list.is_array()) {
        return invalid(fmt::format("{} must be a list, not {}", name, list.type_name()),
                       "invalid_request");
    }
    if (list.size() == 0) {
        return invalid(fmt::format("{} is empty", name), "invalid_request");
    }
    if (list.size() > settings.batch_files_max) {
        return fail(ErrorKind::too_large,
                    fmt::format("{} has {} entries; at most {} are taken in one request", name,
                                list.size(), settings.batch_files_max),
                    "too_many_files");
    }
    return {};
}

}  // namespace

Result<> check_file_name(std::string_view user, std::string_view file_name) {
    const auto refuse = [](std::string words) {
        return invalid(std::move(words), "invalid_file_name");
    };
    if (file_name.empty()) {
        return refuse("file_name is empty");
    }
    if (user.size() + 1 + file_name.size() > limits::key_bytes_max) {
        return refuse(
            fmt::format("file_name is too long: with the user's name it has {} bytes, at "
                        "most {} are possible",
                        user.size() + 1 + file_name.size(), limits::key_bytes_max));
    }
    if (!codec::valid_utf8(file_name)) {
        return refuse("file_name is not valid UTF-8");
    }
    if (has_control_character(file_name)) {
        return refuse("file_name has a control character in it");
    }
    if (file_name.front() == '/') {
        return refuse("file_name must be a relative path: it starts with '/'");
    }
    std::string_view rest = file_name;
    while (true) {
        const auto slash = rest.find('/');
        const std::string_view part = rest.substr(0, slash);
        if (part.empty() || part == "." || part == "..") {
            return refuse(fmt::format("file_name has the part '{}' in its path", part));
        }
        if (slash == std::string_view::npos) {
            return {};
        }
        rest.remove_prefix(slash + 1);
    }
}

Result<UploadRequest> parse_upload_request(std::string_view body,
                                           std::string_view user,
                                           const Settings& settings,
                                           Time expires_at) {
    SLIPWAY_TRY(json, parse_object(body));
    const JsonView root = json.root();
    const JsonView files = root.find("files");
    UploadRequest request;
    request.single = !files;
    SLIPWAY_TRY(choice, parse_on_conflict(root));
    const auto on_conflict = choice.value_or(catalog::OnConflict::rename);
    const auto add = [&](JsonView file) {
        request.items.push_back(
            UploadItem{std::string(file.find("file_name").as_string().value_or("")),
                       parse_file(file, user, settings, on_conflict, expires_at)});
    };
    if (request.single) {
        if (!root.find("file_name")) {
            return invalid("the body needs files, a list, or file_name and file_size of one file",
                           "invalid_request");
        }
        add(root);
        return request;
    }
    SLIPWAY_CHECK(check_list(files, "files", settings));
    request.items.reserve(files.size());
    for (const JsonView file : files.elements()) {
        add(file);
    }
    return request;
}

Result<std::vector<std::string>> parse_confirm_batch(std::string_view body,
                                                     const Settings& settings) {
    SLIPWAY_TRY(json, parse_object(body));
    const JsonView list = json.root().find("s3_keys");
    SLIPWAY_CHECK(check_list(list, "s3_keys", settings));
    std::vector<std::string> keys;
    keys.reserve(list.size());
    for (const JsonView key : list.elements()) {
        const auto text = key.as_string();
        if (!text) {
            return invalid(fmt::format("s3_keys holds {}; each entry is the s3_key of an upload",
                                       key.type_name()),
                           "invalid_request");
        }
        keys.emplace_back(*text);
    }
    return keys;
}

Result<std::string> parse_confirm_single(std::string_view body) {
    SLIPWAY_TRY(json, parse_object(body));
    return parse_text(json.root(), "s3_key");
}

}  // namespace slipway::server
