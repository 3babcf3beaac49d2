// SPDX-License-Identifier: Apache-2.0
#include "engine/content_check.h"

#include "codec/hex.h"

#include <fmt/format.h>

namespace slipway::engine {
namespace {

constexpr std::size_t md5_digits = 32;

/// One over the checksums of parts ends in "-" and their number.
bool is_of_whole_object(const objects::Checksum& checksum) {
    return checksum.value.find('-') == std::string::npos;
}

/// The ETag of an upload in parts has a '-', that of an encrypted object is no MD5.
bool may_be_md5(const objects::ObjectInfo& info) {
    return !info.encrypted && codec::is_lower_hex(info.etag, md5_digits);
}

}  // namespace

ContentCheck::ContentCheck(const objects::ObjectInfo& info, bool trust_etag) {
    if (info.checksum && is_of_whole_object(*info.checksum)) {
        expected_ = info.checksum->value;
        checksum_.emplace(info.checksum->algorithm);
    } else if (trust_etag && may_be_md5(info)) {
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
    if (checksum_) {
        return check_checksum(checksum_->finish(), expected_);
    }
    const std::string found = md5_ ? codec::hex_encode(md5_->finish()) : std::string();
    if (found == expected_) {
        return {};
    }
    return fail(ErrorKind::corrupted,
                fmt::format("what came is not what is stored: its MD5 is {}, the ETag {}; if the "
                            "ETags of this store are no MD5s, add --no-verify-etag",
                            found, expected_));
}

Result<> check_checksum(const objects::Checksum& found, const std::string& expected) {
    if (found.value == expected) {
        return {};
    }
    return fail(ErrorKind::corrupted,
                fmt::format("what came is not what is stored: its {} is {}, the store says {}",
                            objects::to_string(found.algorithm), found.value, expected));
}

}  // namespace slipway::engine
