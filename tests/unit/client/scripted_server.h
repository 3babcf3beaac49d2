// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/message.h"
#include "task/body.h"

#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace slipway::client {

/// Gives the answers of a script in turn, and keeps what it was asked.
class ScriptedServer final : public http::Handler {
  public:
    struct Seen {
        http::Request request;
        std::string body;
    };

    Async<http::Response> handle(const http::Request& request, BodyReader& body) override {
        const auto text = co_await read_all(body, 10 << 20);
        const std::lock_guard lock(mutex_);
        seen.push_back(Seen{request, text.value_or("cut short")});
        if (judge) {
            if (auto judged = judge(request)) {
                co_return *std::move(judged);
            }
        }
        if (script.empty()) {
            co_return stored();
        }
        http::Response response = std::move(script.front());
        script.pop_front();
        co_return response;
    }

    static http::Response answer(int status, std::string body = "") {
        http::Response response;
        response.status = status;
        response.body = std::move(body);
        return response;
    }
    /// To a PUT.
    static http::Response stored(std::string etag = "\"abc\"") {
        http::Response response = answer(200);
        response.headers.add("ETag", std::move(etag));
        return response;
    }

    std::deque<http::Response> script;
    /// What goes before the script: an answer to this very request, or nothing.
    std::function<std::optional<http::Response>(const http::Request&)> judge;
    std::vector<Seen> seen;

  private:
    std::mutex mutex_;
};

}  // namespace slipway::client
