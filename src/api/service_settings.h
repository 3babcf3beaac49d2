// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/serve.h"

#include "base/secret.h"
#include "server/settings.h"

#include <string>

namespace slipway::api {

/// What can be known to be wrong before anything is started.
/// Errors: invalid_argument naming the option.
Result<> check_options(const ServeOptions& options);

/// The options as the upload service wants them; `options.token` is set.
server::Settings service_settings(const ServeOptions& options,
                                  const std::string& store_url,
                                  const Secret& session_key);

}  // namespace slipway::api
