// SPDX-License-Identifier: Apache-2.0
#include "client/environment_credentials.h"

#include "client/static_keys.h"

namespace slipway::client {

Task<Offer> EnvironmentCredentials::ask() {
    SLIPWAY_CO_TRY(keys, keys_of_environment(environment_));
    if (!keys) {
        co_return Offer::nothing("AWS_ACCESS_KEY_ID is not set");
    }
    Offer offer;
    offer.credentials = std::move(keys);
    co_return offer;
}

}  // namespace slipway::client
