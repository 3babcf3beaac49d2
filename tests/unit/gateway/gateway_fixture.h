// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec/digest.h"
#include "codec/hex.h"
#include "codec/percent.h"
#include "codec/time.h"
#include "gateway/access_keys.h"
#include "gateway/gateway.h"
#include "s3/sigv4.h"
#include "support/memory_store.h"
#include "support/run_task.h"
#include "task/body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::gateway {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// A clock that tests move.
class TestClock final : public Clock {
  public:
    Time now() const override { return time; }
    Time time = codec::parse_iso8601("2026-11-21T12:00:00Z").value();
};

/// A body that knows whether anybody read it.
class WatchedBody final : public BodyReader {
  public:
    explicit WatchedBody(std::string bytes) : body_(bytes), size_(bytes.size()) {}
    Task<Chunk> read() override {
        ++reads;
        co_return co_await body_.read();
    }
    std::optional<std::uint64_t> size() const override { return size_; }
    void set_size(std::optional<std::uint64_t> size) { size_ = size; }
    int reads = 0;

  private:
    MemoryBodyReader body_;
    std::optional<std::uint64_t> size_;
};

struct Answer {
    int status = 0;
    http::Headers headers;
    std::string body;
    std::optional<std::uint64_t> head_content_length;

    std::string header(std::string_view name) const { return std::string(headers.get(name)); }
    /// The text of the first element of that name in the body.
    std::string element(const std::string& name) const {
        const auto begin = body.find("<" + name + ">");
        const auto end = body.find("</" + name + ">", begin);
        return begin == std::string::npos || end == std::string::npos
                   ? std::string()
                   : body.substr(begin + name.size() + 2, end - begin - name.size() - 2);
    }
    std::string code() const { return element("Code"); }
};

/// A gateway before a store in memory, and a client with the right key.
class GatewayTest : public testing::Test {
  protected:
    static constexpr const char* key_id = "AKIDEXAMPLE";
    static constexpr const char* secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    static constexpr const char* host = "127.0.0.1:9000";

    GatewayTest() : keys("us-east-1") {
        keys.add(credentials(key_id, secret));
        keys.add(credentials("AKIDREADER", "reader"), Access::read);
        options.cors_origins = {"https://drive.example"};
        options.base_hosts = {"s3.example"};
        EXPECT_TRUE(test::run(store.create_bucket("photos")));
    }

    static s3::Credentials credentials(std::string id, std::string secret_key) {
        s3::Credentials made;
        made.access_key_id = std::move(id);
        made.secret_access_key = Secret(std::move(secret_key));
        return made;
    }

    /// "/photos/a%20b"
    static std::string path(std::string_view key) {
        return "/photos/" + codec::percent_encode(key, true);
    }

    static http::Request request(http::Method method, std::string target, Pairs headers = {}) {
        http::Request made;
        made.method = method;
        made.target = std::move(target);
        made.id = "0123456789ABCDEF";
        made.peer = "127.0.0.1:50000";
        made.headers.add("Host", host);
        for (auto& [name, value] : headers) {
            made.headers.add(std::move(name), std::move(value));
        }
        return made;
    }

    /// Hands a request over as it is.
    Answer send_raw(http::Request made, std::string body = {}) {
        made.content_length = body.size();
        if (!made.headers.has("Content-Length") &&
            (!body.empty() || made.method == http::Method::put)) {
            made.headers.add("Content-Length", std::to_string(body.size()));
        }
        WatchedBody reader(std::move(body));
        return handle(made, reader);
    }

    Answer handle(const http::Request& made, WatchedBody& body) {
        Gateway gateway(store, keys, options, clock);
        http::Response response = test::run(gateway.handle(made, body));
        Answer answer;
        answer.status = response.status;
        answer.headers = std::move(response.headers);
        answer.head_content_length = response.head_content_length;
        if (auto* text = std::get_if<std::string>(&response.body)) {
            answer.body = std::move(*text);
        }
        reads = body.reads;
        return answer;
    }

    /// Signs with the right key, body included, and sends.
    Answer send(http::Method method,
                std::string target,
                Pairs headers = {},
                std::string body = {}) {
        http::Request made = request(method, std::move(target), std::move(headers));
        sign(made, codec::hex_encode(codec::sha256(body)));
        return send_raw(std::move(made), std::move(body));
    }

    void sign(http::Request& made, std::string_view payload_hash = s3::unsigned_payload_hash) {
        const s3::Signer signer(credentials(key_id, secret), "us-east-1");
        ASSERT_TRUE(signer.sign(made, payload_hash, clock.time));
    }

    Answer put(std::string_view key, std::string body, Pairs headers = {}) {
        return send(http::Method::put, path(key), std::move(headers), std::move(body));
    }
    Answer get(std::string_view key, Pairs headers = {}) {
        return send(http::Method::get, path(key), std::move(headers));
    }
    Answer head(std::string_view key, Pairs headers = {}) {
        return send(http::Method::head, path(key), std::move(headers));
    }

    /// The target of a presigned URL.
    std::string presign(http::Method method,
                        std::string_view key,
                        std::vector<s3::NameValue> query = {},
                        std::vector<s3::NameValue> headers = {}) {
        const s3::Signer signer(credentials(key_id, secret), "us-east-1");
        s3::PresignRequest wanted;
        wanted.method = method;
        wanted.scheme_and_host = "http://127.0.0.1:9000";
        wanted.path_prefix = "/photos";
        wanted.key = key;
        wanted.query = query;
        wanted.headers = headers;
        const auto url = signer.presign(wanted, clock.time);
        EXPECT_TRUE(url);
        return url->substr(wanted.scheme_and_host.size());
    }

    /// How often the body of the last request was asked for.
    int reads = 0;

    TestClock clock;
    test::MemoryStore store{clock};
    FixedAccessKeys keys;
    GatewayOptions options;
};

}  // namespace slipway::gateway
