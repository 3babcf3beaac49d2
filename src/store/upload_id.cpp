// SPDX-License-Identifier: Apache-2.0
#include "store/upload_id.h"

#include "base/random.h"
#include "codec/hex.h"

#include <fmt/format.h>

#include <charconv>
#include <system_error>

namespace slipway::store {
namespace {

constexpr std::size_t row_digits = 16;
constexpr std::size_t secret_digits = 32;

}  // namespace

std::string to_text(const UploadId& id) {
    return fmt::format("{:016x}{}", id.row, id.secret);
}

std::optional<UploadId> parse_upload_id(std::string_view text) {
    if (!codec::is_lower_hex(text, row_digits + secret_digits)) {
        return std::nullopt;
    }
    UploadId id;
    const auto read = std::from_chars(text.data(), text.data() + row_digits, id.row, 16);
    if (read.ec != std::errc()) {
        return std::nullopt;
    }
    id.secret = text.substr(row_digits);
    return id;
}

std::string new_upload_secret() {
    return random_hex(secret_digits / 2);
}

}  // namespace slipway::store
