// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/error.h"

#include <tl/expected.hpp>

namespace slipway {

/// A value or the Error that kept it from being one.
template <class T = void>
using Result = tl::expected<T, Error>;

/// The failing Result: `return fail(ErrorKind::not_found, "no such bucket: photos");`
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorKind kind,
                                                std::string message,
                                                std::string code = {}) {
    return tl::unexpected<Error>(Error{kind, std::move(message), std::move(code), 0});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

}  // namespace slipway

// Binds `name` to the value of `expression`, or returns its error. Plain statements on purpose:
// g++ 12 mishandles statement expressions around co_await.
#define SLIPWAY_TRY(name, expression)                            \
    auto name##_result = (expression);                           \
    if (!name##_result) {                                        \
        return tl::unexpected(std::move(name##_result).error()); \
    }                                                            \
    auto name = *std::move(name##_result)

// The same inside a coroutine.
#define SLIPWAY_CO_TRY(name, expression)                            \
    auto name##_result = (expression);                              \
    if (!name##_result) {                                           \
        co_return tl::unexpected(std::move(name##_result).error()); \
    }                                                               \
    auto name = *std::move(name##_result)

// Returns the error of `expression`, a Result<void>, if it has one.
#define SLIPWAY_CHECK(expression)                                   \
    do {                                                            \
        auto check_result = (expression);                           \
        if (!check_result) {                                        \
            return tl::unexpected(std::move(check_result).error()); \
        }                                                           \
    } while (false)

// The same inside a coroutine.
#define SLIPWAY_CO_CHECK(expression)                                   \
    do {                                                               \
        auto check_result = (expression);                              \
        if (!check_result) {                                           \
            co_return tl::unexpected(std::move(check_result).error()); \
        }                                                              \
    } while (false)
