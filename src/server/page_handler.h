// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/message.h"
#include "server/auth.h"
#include "server/page_assets.h"
#include "server/settings.h"

#include <optional>
#include <span>

namespace slipway::server {

/// The web page's files as answers, with their caching and security headers. Immutable, any thread.
class PageHandler {
  public:
    PageHandler(const Settings& settings, const Authenticator& auth, std::span<const Asset> assets)
        : settings_(settings), auth_(auth), assets_(assets) {}

    /// The answer to a GET or HEAD of the page or one of its files, and of the printed link
    /// ("/?token=..."); nothing for any other path.
    std::optional<http::Response> answer(const http::Request& request, Time now) const;

  private:
    http::Response sign_in(std::string_view token, Time now) const;
    http::Response asset_response(const http::Request& request, const Asset& asset) const;
    const Asset* find(std::string_view path) const;

    const Settings& settings_;
    const Authenticator& auth_;
    std::span<const Asset> assets_;
};

}  // namespace slipway::server
