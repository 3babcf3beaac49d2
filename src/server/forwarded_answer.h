// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "http/message.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace slipway::server {

/// What became of a file that came through the server.
struct ForwardedFile {
    std::string name;  ///< its type; of equal types "photo", "photo_2", ...
    std::string key;
    Result<> outcome = fail(ErrorKind::internal, "an exception ended its upload");
};

/// What became of each file, as the documented view answers. `failure` is what was wrong with the
/// request as a whole: files that were stored before stay, and are named.
///
/// 200 where at least one was stored; 400 for no file at all; where none was stored 413 or 400 if
/// that is the request's fault, else 502 (the store refused or is away), 503 (it asks to slow
/// down), 507 (no space) or 500.
http::Response forwarded_answer(std::span<const std::unique_ptr<ForwardedFile>> files,
                                std::string_view bucket,
                                const std::optional<Error>& failure);

}  // namespace slipway::server
