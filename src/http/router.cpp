// SPDX-License-Identifier: Apache-2.0
#include "http/router.h"

#include "codec/percent.h"

#include <algorithm>
#include <utility>

namespace slipway::http {
namespace {

/// The path's segments without the closing slash: "/a/b/" and "/a/b" both have two, "/" has none.
std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> segments;
    segments.reserve(8);  // more than any of our paths has
    if (path.starts_with('/')) {
        path.remove_prefix(1);
    }
    if (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    while (!path.empty()) {
        const auto slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) {
            break;
        }
        path.remove_prefix(slash + 1);
        if (path.empty()) {
            segments.emplace_back();
        }
    }
    return segments;
}

bool is_parameter(std::string_view segment) {
    return segment.starts_with('{');
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path) {
    if (pattern.size() != path.size()) {
        return false;
    }
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (is_parameter(pattern[i]) ? path[i].empty() : pattern[i] != path[i]) {
            return false;
        }
    }
    return true;
}

}  // namespace

std::size_t Router::add(Method method, std::string_view pattern) {
    Route route;
    route.method = method;
    for (const std::string_view segment : split(pattern)) {
        route.segments.emplace_back(segment);
        route.has_parameter = route.has_parameter || is_parameter(segment);
    }
    routes_.push_back(std::move(route));
    return routes_.size() - 1;
}

std::vector<std::size_t> Router::routes_of(const std::vector<std::string_view>& path) const {
    std::vector<std::size_t> found;
    for (const bool with_parameter : {false, true}) {
        for (std::size_t i = 0; i < routes_.size(); ++i) {
            if (routes_[i].has_parameter == with_parameter && fits(routes_[i].segments, path)) {
                found.push_back(i);
            }
        }
        if (!found.empty()) {
            break;
        }
    }
    return found;
}

Result<Router::Match> Router::find(Method method, std::string_view raw_path) const {
    const auto path = split(raw_path);
    const Method wanted = method == Method::head ? Method::get : method;
    for (const std::size_t i : routes_of(path)) {
        const Route& route = routes_[i];
        if (route.method != wanted) {
            continue;
        }
        Match match;
        match.route = i;
        for (std::size_t s = 0; s < path.size(); ++s) {
            if (is_parameter(route.segments[s])) {
                SLIPWAY_TRY(decoded, codec::percent_decode(path[s]));
                match.parameters.push_back(std::move(decoded));
            }
        }
        return match;
    }
    const std::string methods = allowed(raw_path);
    if (methods.empty()) {
        return fail(ErrorKind::not_found, "there is nothing at " + std::string(raw_path),
                    "unknown_route");
    }
    return fail(ErrorKind::unsupported,
                std::string(to_string(method)) + " is not possible at " + std::string(raw_path) +
                    "; possible are " + methods,
                "method_not_allowed");
}

std::string Router::allowed(std::string_view raw_path) const {
    std::string methods;
    for (const std::size_t i : routes_of(split(raw_path))) {
        methods += methods.empty() ? "" : ", ";
        methods += to_string(routes_[i].method);
        methods += routes_[i].method == Method::get ? ", HEAD" : "";
    }
    return methods;
}

Result<std::optional<std::string>> query_parameter(std::string_view raw_query,
                                                   std::string_view name) {
    while (!raw_query.empty()) {
        const auto end = raw_query.find('&');
        const std::string_view pair = raw_query.substr(0, end);
        const auto equals = pair.find('=');
        if (pair.substr(0, equals) == name) {
            const auto value =
                equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
            SLIPWAY_TRY(decoded, codec::form_decode(value));
            return std::optional<std::string>(std::move(decoded));
        }
        if (end == std::string_view::npos) {
            break;
        }
        raw_query.remove_prefix(end + 1);
    }
    return std::optional<std::string>();
}

}  // namespace slipway::http
