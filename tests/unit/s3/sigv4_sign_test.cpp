// SPDX-License-Identifier: Apache-2.0
#include "codec/json.h"
#include "s3/limits.h"
#include "s3/sigv4.h"
#include "unit/s3/sigv4_fixture.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

namespace slipway::s3 {
namespace {

using test::at;
using test::example_credentials;

codec::Json aws_examples() {
    const char* folder = std::getenv("SLIPWAY_TEST_DATA");
    std::ifstream file(std::string(folder != nullptr ? folder : "tests/data") +
                       "/sigv4/aws_s3_examples.json");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return codec::parse_json(text).value();
}

std::string text_of(codec::JsonView object, std::string_view key) {
    return std::string(object[key].as_string().value());
}

Signer example_signer(const codec::JsonView examples) {
    Credentials credentials;
    credentials.access_key_id = text_of(examples, "access_key_id");
    credentials.secret_access_key = Secret(text_of(examples, "secret_access_key"));
    return Signer(std::move(credentials), text_of(examples, "region"));
}

TEST(Sign, SignsTheRequestsOfAmazonsExamples) {
    const codec::Json json = aws_examples();
    const codec::JsonView examples = json.root();
    const Signer signer = example_signer(examples);
    ASSERT_EQ(examples["requests"].size(), 4U);
    for (const codec::JsonView example : examples["requests"].elements()) {
        http::Request request;
        request.method = http::parse_method(text_of(example, "method"));
        request.target = text_of(example, "target");
        for (std::size_t i = 0; i < example["headers"].size(); ++i) {
            const auto [name, value] = example["headers"].member_at(i);
            request.headers.add(std::string(name), std::string(value.as_string().value()));
        }
        ASSERT_TRUE(
            signer.sign(request, text_of(example, "payload_hash"), at(text_of(examples, "date"))));
        EXPECT_EQ(request.headers.get("authorization"),
                  "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
                  "aws4_request, SignedHeaders=" +
                      text_of(example, "signed_headers") +
                      ", Signature=" + text_of(example, "signature"))
            << text_of(example, "name");
    }
}

TEST(Presign, MakesTheUrlOfAmazonsExample) {
    const codec::Json json = aws_examples();
    const codec::JsonView example = json.root()["presigned"];
    const Signer signer = example_signer(json.root());
    const std::string host = text_of(example, "scheme_and_host");
    const std::string key = text_of(example, "key");
    PresignRequest request;
    request.method = http::parse_method(text_of(example, "method"));
    request.scheme_and_host = host;
    request.key = key;
    request.expires_in = std::chrono::seconds(example["expires_in"].as_int64().value());
    EXPECT_EQ(signer.presign(request, at(text_of(json.root(), "date"))).value(),
              text_of(example, "url"));
}

PresignRequest put_of(std::string_view key) {
    PresignRequest request;
    request.scheme_and_host = "http://127.0.0.1:9000";
    request.path_prefix = "/slipway";
    request.key = key;
    return request;
}

const Time now = at("20261121T050000Z");

TEST(Presign, PutsParametersInTheirOrder) {
    Credentials credentials = example_credentials();
    credentials.session_token = "tok/en+==";
    const Signer signer(credentials, "eu-central-1");
    const std::array query = {NameValue{"x-id", "PutObject"}, NameValue{"X-Amz-Meta", "between"},
                              NameValue{"Zeta", "1"}, NameValue{"A", "&="}};
    const std::array headers = {NameValue{"Content-Type", "image/jpeg"},
                                NameValue{"content-length", "12"}};
    PresignRequest request = put_of("a b");
    request.query = query;
    request.headers = headers;
    const std::string url = signer.presign(request, now).value();
    EXPECT_EQ(url.substr(0, url.find("&X-Amz-Signature=")),
              "http://127.0.0.1:9000/slipway/a%20b?A=%26%3D&X-Amz-Algorithm=AWS4-HMAC-SHA256&"
              "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261121%2Feu-central-1%2Fs3%2Faws4_request&"
              "X-Amz-Date=20261121T050000Z&X-Amz-Expires=3600&X-Amz-Meta=between&"
              "X-Amz-Security-Token=tok%2Fen%2B%3D%3D&"
              "X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost&Zeta=1&x-id=PutObject");
    EXPECT_EQ(url.size() - url.rfind('='), 65U);
}

TEST(Presign, LeavesOutTheSchemesOwnPort) {
    const Signer signer(example_credentials(), "us-east-1");
    PresignRequest request = put_of("k");
    request.scheme_and_host = "https://s3.example:443";
    const std::string with_port = signer.presign(request, now).value();
    request.scheme_and_host = "https://s3.example";
    const std::string without_port = signer.presign(request, now).value();
    EXPECT_EQ(with_port.substr(with_port.rfind('=')), without_port.substr(without_port.rfind('=')));
    request.scheme_and_host = "http://s3.example:443";
    const std::string other_port = signer.presign(request, now).value();
    EXPECT_NE(other_port.substr(other_port.rfind('=')),
              without_port.substr(without_port.rfind('=')));
}

TEST(Presign, RefusesWhatCannotWork) {
    const Signer signer(example_credentials(), "us-east-1");
    EXPECT_EQ(signer.presign(put_of(""), now).error().kind, ErrorKind::invalid_argument);
    EXPECT_EQ(signer.presign(put_of(std::string(1025, 'a')), now).error().code, "KeyTooLongError");
    EXPECT_TRUE(signer.presign(put_of(std::string(1024, 'a')), now));
    EXPECT_FALSE(signer.presign(put_of("\xff"), now));

    PresignRequest request = put_of("k");
    request.expires_in = presign_expiry_max;
    EXPECT_TRUE(signer.presign(request, now));
    request.expires_in = presign_expiry_max + std::chrono::seconds(1);
    EXPECT_FALSE(signer.presign(request, now));
    request.expires_in = std::chrono::seconds(0);
    EXPECT_FALSE(signer.presign(request, now));

    for (const std::string_view host : {"", "127.0.0.1:9000", "http://", "http://a/b"}) {
        request = put_of("k");
        request.scheme_and_host = host;
        EXPECT_FALSE(signer.presign(request, now)) << host;
    }
    const std::array headers = {NameValue{"x-amz-meta-a", "a\nhost:evil"}};
    request = put_of("k");
    request.headers = headers;
    EXPECT_FALSE(signer.presign(request, now));
}

TEST(Presign, ThreadsAndDaysAgree) {
    const Signer shared(example_credentials(), "us-east-1");
    const auto url_on_day = [](const Signer& signer, int day) {
        return signer.presign(put_of("k"), now + std::chrono::days(day)).value();
    };
    std::vector<std::vector<std::string>> urls(4);
    std::vector<std::thread> threads;
    for (auto& mine : urls) {
        threads.emplace_back([&mine, &shared, &url_on_day] {
            for (int i = 0; i < 60; ++i) {
                mine.push_back(url_on_day(shared, i % 3));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    for (const auto& mine : urls) {
        for (int i = 0; i < 60; ++i) {
            const Signer fresh(example_credentials(), "us-east-1");
            ASSERT_EQ(mine[static_cast<std::size_t>(i)], url_on_day(fresh, i % 3));
        }
    }
}

TEST(Sign, NeedsAHost) {
    const Signer signer(example_credentials(), "us-east-1");
    http::Request request;
    request.target = "/";
    EXPECT_EQ(signer.sign(request, empty_payload_hash, now).error().message,
              "sign: the request has no Host header");
}

TEST(Sign, SigningAgainReplacesTheSignature) {
    const Signer signer(example_credentials(), "us-east-1");
    http::Request request = test::request_to(http::Method::get, "/b/k");
    request.headers.add("User-Agent", "changes on the way");
    ASSERT_TRUE(signer.sign(request, empty_payload_hash, now));
    const http::Headers once = request.headers;
    ASSERT_TRUE(signer.sign(request, empty_payload_hash, now));
    EXPECT_EQ(request.headers, once);
    EXPECT_EQ(once.get("authorization").find("user-agent"), std::string_view::npos);
}

}  // namespace
}  // namespace slipway::s3
