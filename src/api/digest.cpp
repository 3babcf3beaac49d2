// SPDX-License-Identifier: Apache-2.0
#include "slipway/digest.h"

#include "codec/digest.h"
#include "codec/hex.h"

namespace slipway {

struct Sha256::State {
    codec::Sha256 digest;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
}
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
    state_->digest.update(bytes);
}

std::string Sha256::finish() {
    std::string text;
    codec::append_hex(text, state_->digest.finish());
    return text;
}

}  // namespace slipway
