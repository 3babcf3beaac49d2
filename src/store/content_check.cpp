// SPDX-License-Identifier: Apache-2.0
#include "store/content_check.h"

#include "codec/hex.h"

#include <fmt/format.h>

namespace slipway::store {

ContentCheck::ContentCheck(const RecordedContent& recorded) : recorded_(recorded) {
    if (recorded.checksum) {
        checksum_.emplace(recorded.checksum->algorithm);
    }
}

void ContentCheck::update(std::span<const std::byte> bytes) {
    size_ += bytes.size();
    if (!recorded_.md5.empty()) {
        md5_.update(bytes);
    }
    if (checksum_) {
        checksum_->update(bytes);
    }
}

std::string ContentCheck::finish() {
    if (size_ != recorded_.size) {
        return fmt::format("{} bytes are there, and {} were stored", size_, recorded_.size);
    }
    if (!recorded_.md5.empty()) {
        const std::string md5 = codec::hex_encode(md5_.finish());
        if (md5 != recorded_.md5) {
            return fmt::format("the bytes have the MD5 {}, and those stored had {}", md5,
                               recorded_.md5);
        }
    }
    if (checksum_) {
        const objects::Checksum checksum = checksum_->finish();
        if (checksum != *recorded_.checksum) {
            return fmt::format("the bytes have the {} {}, and those stored had {}",
                               to_string(checksum.algorithm), checksum.value,
                               recorded_.checksum->value);
        }
    }
    return {};
}

}  // namespace slipway::store
