// SPDX-License-Identifier: Apache-2.0
#include "slipway/serve.h"

#include "base/random.h"
#include "codec/digest.h"
#include "codec/hex.h"

namespace slipway {

NewToken make_token() {
    NewToken made;
    made.token = random_hex(24);
    made.sha256 = codec::hex_encode(codec::sha256(made.token));
    return made;
}

}  // namespace slipway
