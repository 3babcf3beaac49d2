// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "client/s3_client.h"
#include "net/http_server.h"
#include "scripted_server.h"
#include "support/run_on.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace slipway::client {

class S3ClientTest : public testing::Test {
  protected:
    S3ClientTest() {
        threads_.start();
        port_ = server_.listen("127.0.0.1:0").value();
        s3::Credentials credentials;
        credentials.access_key_id = "AKID";
        credentials.secret_access_key = Secret("very secret");
        credentials.session_token = "session";
        source_.emplace(std::move(credentials));
        const std::string url = "http://127.0.0.1:" + std::to_string(port_);
        client_.emplace(http_, *source_, make_endpoint(url, "us-east-1", "auto").value(), clock_);
    }

    ~S3ClientTest() override {
        server_.drain(std::chrono::milliseconds(0));  // needs the threads
        threads_.stop();                              // the client goes when nothing runs any more
    }

    template <class T>
    T run(Async<T> work) {
        return test::run_on(threads_.loop(0), std::move(work));
    }

    static objects::GetRequest object(std::string key) {
        objects::GetRequest request;
        request.bucket = "photos";
        request.key = std::move(key);
        return request;
    }

    /// The system's time and what the test adds to it.
    class ShiftedClock final : public Clock {
      public:
        Time now() const override { return SystemClock().now() + shift; }
        std::chrono::seconds shift{0};
    };

    /// The client's view of a request it sent: its Authorization.
    std::string authorization(std::size_t i) const {
        return std::string(s3_.seen.at(i).request.headers.get("Authorization"));
    }

    std::uint16_t port_ = 0;
    ShiftedClock clock_;
    ScriptedServer s3_;
    ChunkPool pool_;
    net::IoThreads threads_{1};
    net::HttpServer server_{threads_, s3_, pool_, "scripted"};
    net::HttpClient http_{threads_, {}};
    std::optional<FixedCredentials> source_;
    std::optional<S3Client> client_;
};

}  // namespace slipway::client
