// SPDX-License-Identifier: Apache-2.0
#include "gateway/request_log.h"

#include "codec/json.h"
#include "support/temporary_directory.h"
#include "task/line_writer.h"
#include "unit/gateway/gateway_fixture.h"

#include <fstream>

namespace slipway::gateway {
namespace {

using http::Method;

class RequestLog : public GatewayTest {
  protected:
    /// Sends by `send`, and answers the lines that were written meanwhile.
    template <class Send>
    std::vector<std::string> logged(Send send_them) {
        const std::string path = directory.path() + "/requests.jsonl";
        {
            auto log = LineWriter::open(path, 1 << 20);
            EXPECT_TRUE(log);
            options.request_log = log->get();
            send_them();
            options.request_log = nullptr;
        }
        std::vector<std::string> lines;
        std::ifstream file(path);
        for (std::string line; std::getline(file, line);) {
            lines.push_back(line);
        }
        return lines;
    }

    test::TemporaryDirectory directory;
};

TEST_F(RequestLog, OneLineOfJsonARequest) {
    const auto lines = logged([this] {
        put("a \"b\"\n", "hello", {{"User-Agent", "tool/1 \"x\""}});
        get("a \"b\"\n");
        get("missing");
    });
    ASSERT_EQ(lines.size(), 3);
    const auto first = codec::parse_json(lines[0]);
    ASSERT_TRUE(first) << lines[0];
    const auto text = [&first](std::string_view name) {
        return std::string(first->root()[name].as_string().value_or("?"));
    };
    EXPECT_EQ(text("time"), "2026-11-21T12:00:00.000Z");
    EXPECT_EQ(text("remote"), "127.0.0.1:50000");
    EXPECT_EQ(text("access_key"), key_id);
    EXPECT_EQ(text("operation"), "PutObject");
    EXPECT_EQ(text("bucket"), "photos");
    EXPECT_EQ(text("key"), "a \"b\"\n");
    EXPECT_EQ(text("user_agent"), "tool/1 \"x\"");
    EXPECT_EQ(first->root()["status"].as_int64(), 200);
    EXPECT_EQ(first->root()["bytes_in"].as_int64(), 5);
    EXPECT_TRUE(first->root()["us"].is_number());
    EXPECT_FALSE(first->root()["error"]);
    EXPECT_EQ(codec::parse_json(lines[1])->root()["bytes_out"].as_int64(), 5);
    EXPECT_EQ(codec::parse_json(lines[2])->root()["error"].as_string(), "NoSuchKey");
}

TEST_F(RequestLog, NoSecretAndNoSignature) {
    const std::string target = presign(Method::get, "a", {{"X-Amz-Security-Token", "TOKEN"}});
    const auto lines = logged([&] {
        send_raw(request(Method::get, target));
        send_raw(request(Method::get, path("a"), {{"Authorization", "Bearer TOKEN"}}));
        send_raw(request(Method::get,
                         "/photos/a?AWSAccessKeyId=AKIDEXAMPLE&Signature=TOKEN&"
                         "Expires=1"));
        put("a", "hello");
    });
    ASSERT_EQ(lines.size(), 4);
    for (const std::string& line : lines) {
        EXPECT_EQ(line.find("TOKEN"), std::string::npos) << line;
        EXPECT_EQ(line.find("ignature="), std::string::npos) << line;
        EXPECT_EQ(line.find(secret), std::string::npos) << line;
    }
}

TEST_F(RequestLog, LongTextsAreCut) {
    const auto lines = logged([this] { get("a", {{"User-Agent", std::string(5000, 'u')}}); });
    ASSERT_EQ(lines.size(), 1);
    EXPECT_LT(lines[0].size(), 2000);
}

}  // namespace
}  // namespace slipway::gateway
