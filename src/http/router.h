// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "http/message.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::http {

/// Finds the route of a request. Immutable after its routes were added; any thread.
///
/// A pattern is a path such as "/api/files/{id}/download"; a segment in braces takes any one
/// segment, percent-decoded. A path that a pattern without braces names is only that: with
/// "/api/files/upload" there, "{id}" is never "upload". A closing slash in the request makes no
/// difference.
class Router {
  public:
    struct Match {
        std::size_t route = 0;  ///< what add() answered
        /// The segments in braces, decoded, in order.
        std::vector<std::string> parameters;
    };

    /// Answers the route's number: 0, 1, ...
    std::size_t add(Method method, std::string_view pattern);

    /// HEAD finds the route of GET.
    /// Errors: not_found; unsupported with code `method_not_allowed`, whose message lists what is
    /// allowed there; invalid_argument for a bad percent-encoding.
    Result<Match> find(Method method, std::string_view raw_path) const;

    /// The methods a path has, "GET, HEAD, DELETE", or empty: what the Allow header says.
    std::string allowed(std::string_view raw_path) const;

  private:
    struct Route {
        Method method;
        std::vector<std::string> segments;
        bool has_parameter = false;
    };

    /// The numbers of all routes of a path, whatever their methods.
    std::vector<std::size_t> routes_of(const std::vector<std::string_view>& path) const;

    std::vector<Route> routes_;
};

/// The first value of a query parameter, decoded ('+' is a space); nothing when it is not there.
/// Errors: invalid_argument for a bad percent-encoding.
Result<std::optional<std::string>> query_parameter(std::string_view raw_query,
                                                   std::string_view name);

}  // namespace slipway::http
