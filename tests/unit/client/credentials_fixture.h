// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "client/aws_settings.h"
#include "client/credentials_provider.h"
#include "client/sts.h"
#include "codec/percent.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "scripted_server.h"
#include "support/run_on.h"
#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace slipway::client {

/// A fake of one of the services that hand out credentials, a home directory and an environment.
class ServiceTest : public testing::Test {
  protected:
    ~ServiceTest() override {
        server_.drain(std::chrono::milliseconds(0));  // needs the threads
        threads_.stop();                              // the client goes when nothing runs any more
    }

    ServiceTest() {
        threads_.start();
        url_ = "http://127.0.0.1:" + std::to_string(server_.listen("127.0.0.1:0").value());
        variables_["HOME"] = home_.path();
    }

    template <class T>
    T run(Async<T> work) {
        return test::run_on(threads_.loop(0), std::move(work));
    }

    Environment environment() {
        return [this](const std::string& name) {
            const auto found = variables_.find(name);
            return found == variables_.end() ? std::nullopt : std::optional(found->second);
        };
    }

    void answer(int status, std::string body) {
        service_.script.push_back(ScriptedServer::answer(status, std::move(body)));
    }
    const ScriptedServer::Seen& seen(std::size_t i) const { return service_.seen.at(i); }
    /// A proxy that is not there: who asks it fails.
    static net::HttpClient::Options through_a_proxy() {
        net::HttpClient::Options options;
        options.proxies.http = "http://127.0.0.1:1";
        options.proxies.https = "http://127.0.0.1:1";
        return options;
    }

    std::string_view header(std::size_t i, std::string_view name) const {
        return seen(i).request.headers.get(name);
    }

    /// As container agents and the metadata service write them.
    static std::string agent_document(std::string_view id = "AKID") {
        return "{\"Code\":\"Success\",\"AccessKeyId\":\"" + std::string(id) +
               "\",\"SecretAccessKey\":\"topsecret\",\"Token\":\"session\","
               "\"Expiration\":\"2030-01-02T03:04:05Z\"}";
    }
    static std::string sts_document(std::string_view action) {
        const std::string name(action);
        return "<" + name + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" +
               name +
               "Result><Credentials><AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>topsecret</"
               "SecretAccessKey><SessionToken>session</SessionToken><Expiration>"
               "2030-01-02T03:04:05Z</Expiration></Credentials></" +
               name + "Result></" + name + "Response>";
    }

    /// One value of the form that request brought.
    std::string form_value(std::size_t i, const std::string& name) const {
        const std::string form = "&" + seen(i).body;
        const auto at = form.find("&" + name + "=");
        if (at == std::string::npos) {
            return "(none)";
        }
        const auto start = at + name.size() + 2;
        return codec::form_decode(form.substr(start, form.find('&', start) - start)).value();
    }

    static void expect_temporary(const Result<Offer>& offer, std::string_view id) {
        ASSERT_TRUE(offer) << offer.error().message;
        ASSERT_TRUE(offer->credentials) << offer->why_not;
        EXPECT_EQ(offer->credentials->access_key_id, id);
        EXPECT_EQ(offer->credentials->secret_access_key.reveal(), "topsecret");
        EXPECT_EQ(offer->credentials->session_token, "session");
        EXPECT_EQ(offer->credentials->expires_at, Time(std::chrono::seconds(1893553445)));
    }
    static void expect_nothing(const Result<Offer>& offer, const std::string& because) {
        ASSERT_TRUE(offer) << offer.error().message;
        EXPECT_FALSE(offer->credentials);
        EXPECT_THAT(offer->why_not, testing::HasSubstr(because));
    }
    static void expect_failure(const Result<Offer>& offer,
                               ErrorKind kind,
                               const std::string& because) {
        ASSERT_FALSE(offer);
        EXPECT_EQ(offer.error().kind, kind) << offer.error().message;
        EXPECT_THAT(offer.error().message, testing::HasSubstr(because));
        EXPECT_THAT(offer.error().message, testing::Not(testing::HasSubstr("topsecret")));
    }

    test::TemporaryDirectory home_;
    std::map<std::string, std::string> variables_;
    SystemClock clock_;
    ScriptedServer service_;
    ChunkPool pool_;
    net::IoThreads threads_{1};
    net::HttpServer server_{threads_, service_, pool_, "scripted"};
    net::HttpClient http_{threads_, {}};
    net::HttpClient proxied_{threads_, through_a_proxy()};
    std::string url_;
};

}  // namespace slipway::client
