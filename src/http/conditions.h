// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "http/headers.h"

#include <optional>
#include <string>
#include <string_view>

namespace slipway::http {

/// The condition fields of a request (RFC 9110 section 13.1). What they mean for an object, and in
/// which order, is decided where the object is: objects/conditions.h.
struct Conditions {
    std::string if_match;       ///< see unquoted_etags; empty: no condition
    std::string if_none_match;  ///< likewise
    std::optional<Time> if_modified_since;
    std::optional<Time> if_unmodified_since;
};

/// Reads the fields whose names are `prefix` and "if-match" and so on; a copy's conditions on its
/// source come as x-amz-copy-source-if-match. A date that is none counts as absent, as RFC 9110
/// asks.
Conditions read_conditions(const Headers& headers, std::string_view prefix = {});

/// A list of ETags as it is sent, `"a", W/"b"`, without quotes and weakness: `a,b`. "*" stays.
std::string unquoted_etags(std::string_view list);

/// Whether If-Range lets a range be sent: the same strong ETag, or exactly the date of the last
/// change. When it does not, the whole is sent (RFC 9110 section 13.1.5). `etag` has no quotes.
bool if_range_holds(std::string_view if_range, std::string_view etag, Time last_modified);

}  // namespace slipway::http
