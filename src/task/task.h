// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace slipway {

/// The executor of one I/O thread. Concrete on purpose: the type-erased any_io_executor costs an
/// allocation or a virtual call at each step.
using IoExecutor = boost::asio::io_context::executor_type;

/// A coroutine that runs on one I/O thread, started by being awaited.
template <class T = void>
using Async = boost::asio::awaitable<T, IoExecutor>;

/// A coroutine that answers a value or an Error; what every room above `task` returns.
///
/// Rules (style, checked by tools/tidy.py): no `{` and no lambda inside a co_await expression,
/// parameters are values or references to what the awaiting caller owns, no mutex held across.
template <class T = void>
using Task = Async<Result<T>>;

/// Completion token for Asio operations: the coroutine gets a tuple with the error code first.
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<IoExecutor>> as_tuple{};

/// Token without an error code.
inline constexpr boost::asio::use_awaitable_t<IoExecutor> as_value{};

/// The executor of the coroutine that asks.
inline Async<IoExecutor> this_executor() {
    co_return co_await boost::asio::this_coro::executor;
}

}  // namespace slipway
