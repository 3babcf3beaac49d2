// SPDX-License-Identifier: Apache-2.0
#include "engine/content_check.h"

#include "codec/hex.h"

#include <fmt/format.h>

namespace slipway::engine {
namespace {

constexpr std::size_t md5_digits = 32;

}  // namespace

ContentCheck::ContentCheck(const objects::ObjectInfo& info, bool trust_etag) {
    if (info.checksum) {
        expected_ = info.checksum->value;
        checksum_.emplace(info.checksum->algorithm);
    } else if (trust_etag && !info.encrypted && codec::is_lower_hex(info.etag, md5_digits)) {
        expected_ = info.etag;
        md5_.emplace();
    }
}

void ContentCheck::update(std::span<const std::byte> bytes) {
    if (checksum_) {
        checksum_->update(bytes);
    } else if (md5_) {
        md5_->update(bytes);
    }
}

Result<> ContentCheck::finish() {
    const std::string found = checksum_ ? checksum_->finish().value
                              : md5_    ? codec::hex_encode(md5_->finish())
                                        : std::string();
    if (found == expected_) {
        return {};
    }
    if (checksum_) {
        return fail(ErrorKind::corrupted,
                    fmt::format("what came is not what is stored: its {} is {}, the store says {}",
                                objects::to_string(checksum_->algorithm()), found, expected_));
    }
    return fail(ErrorKind::corrupted,
                fmt::format("what came is not what is stored: its MD5 is {}, the ETag {}; if the "
                            "ETags of this store are no MD5s, add --no-verify-etag",
                            found, expected_));
}

}  // namespace slipway::engine
