// SPDX-License-Identifier: Apache-2.0
#include "objects/running_checksum.h"

#include "codec/base64.h"

namespace slipway::objects {

RunningChecksum::RunningChecksum(ChecksumAlgorithm algorithm) {
    switch (algorithm) {
        case ChecksumAlgorithm::crc32:
            state_.emplace<codec::Crc32>();
            break;
        case ChecksumAlgorithm::crc32c:
            state_.emplace<codec::Crc32c>();
            break;
        case ChecksumAlgorithm::crc64nvme:
            state_.emplace<codec::Crc64Nvme>();
            break;
        case ChecksumAlgorithm::sha1:
            state_.emplace<codec::Sha1>();
            break;
        case ChecksumAlgorithm::sha256:
            state_.emplace<codec::Sha256>();
            break;
    }
}

void RunningChecksum::update(std::span<const std::byte> bytes) {
    std::visit([bytes](auto& state) { state.update(bytes); }, state_);
}

Checksum RunningChecksum::finish() {
    return std::visit(
        [this](auto& state) {
            if constexpr (requires { state.finish(); }) {
                return Checksum{algorithm(), codec::base64_encode(state.finish())};
            } else {
                return Checksum{algorithm(), codec::base64_encode(state.bytes())};
            }
        },
        state_);
}

Checksum checksum_of(ChecksumAlgorithm algorithm, std::string_view bytes) {
    RunningChecksum running(algorithm);
    running.update(bytes);
    return running.finish();
}

}  // namespace slipway::objects
