// SPDX-License-Identifier: Apache-2.0
#include "gateway/access_keys.h"

#include <algorithm>
#include <utility>

namespace slipway::gateway {

void FixedAccessKeys::add(s3::Credentials credentials, Access access) {
    keys_.push_back(std::make_shared<const AccessKey>(std::move(credentials), region_, access));
}

std::shared_ptr<const AccessKey> FixedAccessKeys::find(std::string_view access_key_id) const {
    const auto found = std::ranges::find_if(keys_, [access_key_id](const auto& key) {
        return key->signer.credentials().access_key_id == access_key_id;
    });
    return found == keys_.end() ? nullptr : *found;
}

}  // namespace slipway::gateway
