// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/secret.h"

#include <optional>
#include <string>

namespace slipway::s3 {

/// Who signs. Temporary credentials have a session token and an end.
struct Credentials {
    std::string access_key_id;
    Secret secret_access_key;
    std::string session_token;
    std::optional<Time> expires_at;
};

}  // namespace slipway::s3
