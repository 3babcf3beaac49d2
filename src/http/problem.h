// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "http/message.h"

namespace slipway::http {

/// The HTTP status that an error means for the client.
int status_of(const Error& error);

/// An error as RFC 9457 problem details: type, title, status, detail, `error` (the detail again,
/// for clients of the documented API) and `code`.
Response problem(const Error& error);

}  // namespace slipway::http
