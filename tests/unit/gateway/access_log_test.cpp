// SPDX-License-Identifier: Apache-2.0
#include "gateway/access_log.h"

#include "unit/gateway/gateway_fixture.h"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

namespace slipway::gateway {
namespace {

class AccessLog : public GatewayTest {
  protected:
    AccessLog() : before_(spdlog::default_logger()) {
        auto logger = std::make_shared<spdlog::logger>(
            "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines_));
        logger->set_pattern("%l %v");
        logger->set_level(spdlog::level::debug);
        spdlog::set_default_logger(std::move(logger));
    }
    ~AccessLog() override { spdlog::set_default_logger(before_); }

    std::string lines() const { return lines_.str(); }

  private:
    std::ostringstream lines_;
    std::shared_ptr<spdlog::logger> before_;
};

TEST_F(AccessLog, OneLineTellsWhoWhatAndHowItWent) {
    put("a b", "hello");
    EXPECT_THAT(lines(), testing::MatchesRegex(
                             "debug s3 0123456789ABCDEF 127.0.0.1:50000 PUT /photos/a%20b 200 in=5 "
                             "out=0 us=[0-9]+ PutObject\n"));
}

TEST_F(AccessLog, RefusalsSayWhy) {
    get("missing");
    EXPECT_THAT(lines(), testing::HasSubstr("GET /photos/missing 404"));
    EXPECT_THAT(lines(), testing::HasSubstr("NoSuchKey: The specified key does not exist."));
    EXPECT_THAT(lines(), testing::Not(testing::HasSubstr("warn")));
}

TEST_F(AccessLog, NoSecretsNorSignatures) {
    const std::string target = presign(http::Method::get, "a");
    send_raw(request(http::Method::get, target));
    http::Request made = request(http::Method::get, path("a"));
    sign(made);
    const std::string authorization(made.headers.get("authorization"));
    send_raw(made);
    EXPECT_EQ(lines().find("X-Amz-Signature"), std::string::npos);
    EXPECT_EQ(lines().find(target.substr(target.size() - 64)), std::string::npos);
    EXPECT_EQ(lines().find(authorization.substr(authorization.size() - 64)), std::string::npos);
    EXPECT_EQ(lines().find(secret), std::string::npos);
}

TEST_F(AccessLog, KeysCannotForgeALine) {
    put("a\nwarn s3 forged", "hello");
    const std::string all = lines();
    EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 1);
}

TEST_F(AccessLog, FailuresOfOursAreWarnings) {
    http::Response response;
    response.status = 500;
    const Error error{ErrorKind::io, "write objects/17: errno 5", "", 0};
    log_request(request(http::Method::put, path("a")), response, "PutObject", &error,
                std::chrono::steady_clock::now());
    EXPECT_THAT(lines(), testing::HasSubstr("warning s3 0123456789ABCDEF 127.0.0.1:50000 PUT"));
    EXPECT_THAT(lines(), testing::HasSubstr("write objects/17: errno 5"));
}

}  // namespace
}  // namespace slipway::gateway
