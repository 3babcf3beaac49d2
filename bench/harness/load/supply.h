// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "form.h"
#include "options.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace slipway::load {

using Clock = std::chrono::steady_clock;

// Hands each request its number; numbers are what makes names unique and paths used once.
class Supply {
  public:
    Supply(const Options& options, Clock::time_point deadline)
        : options_(options), deadline_(deadline) {
        limit_ = options.requests_max;
        if (options.tickets == 0 && !options.repeat) {
            limit_ = std::min<std::uint64_t>(limit_, options.paths.size());
        }
    }

    std::optional<std::uint64_t> take() {
        if (Clock::now() >= deadline_)
            return std::nullopt;
        const std::uint64_t number = next_.fetch_add(1, std::memory_order_relaxed);
        if (number >= limit_)
            return std::nullopt;
        return number;
    }

    [[nodiscard]] bool exhausted() const { return next_.load() > limit_; }
    [[nodiscard]] Clock::time_point deadline() const { return deadline_; }

    // The head and, for POST, the body of request `number`.
    void write(std::uint64_t number, std::string& out) const {
        if (options_.tickets > 0) {
            write_presign(number, out);
            return;
        }
        const std::string& path = options_.paths[number % options_.paths.size()];
        const bool form = options_.form_files > 0;
        out.assign(form ? "POST" : options_.method)
            .append(" ")
            .append(path)
            .append(" HTTP/1.1\r\nHost: 127.0.0.1:");
        out.append(std::to_string(options_.port)).append("\r\n");
        if (form) {
            out.append("Authorization: Bearer ").append(options_.token);
            out.append("\r\nContent-Type: multipart/form-data; boundary=");
            out.append(form_boundary).append("\r\n");
        }
        if (sends_body(options_)) {
            out.append("Content-Length: ")
                .append(std::to_string(options_.body.size()))
                .append("\r\n");
        }
        out.append("\r\n");
    }

  private:
    void write_presign(std::uint64_t number, std::string& out) const {
        std::string body;
        body.reserve(options_.tickets * 128 + 16);
        if (options_.tickets > 1)
            body += R"({"files":[)";
        for (std::size_t i = 0; i < options_.tickets; ++i) {
            if (i > 0)
                body += ',';
            body += R"({"file_name":")" + options_.prefix + '-' + std::to_string(number) + '-' +
                    std::to_string(i) +
                    R"(.jpg","content_type":"image/jpeg","file_size":1024000,"tier":"standard"})";
        }
        if (options_.tickets > 1)
            body += "]}";
        out.assign("POST /api/files/upload/ HTTP/1.1\r\nHost: 127.0.0.1:");
        out.append(std::to_string(options_.port)).append("\r\nAuthorization: Bearer ");
        out.append(options_.token).append("\r\nContent-Type: application/json\r\nContent-Length: ");
        out.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
    }

    const Options& options_;
    Clock::time_point deadline_;
    std::uint64_t limit_ = 0;
    std::atomic<std::uint64_t> next_{0};
};

}  // namespace slipway::load
