// SPDX-License-Identifier: Apache-2.0
#include "slipway/serve.h"

#include "support/raw_client.h"
#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <sys/stat.h>

namespace slipway {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::uint16_t port_of(const std::string& url) {
    return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

mode_t mode_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777;
}

class ServeTest : public testing::Test {
  protected:
    ServeOptions options() {
        ServeOptions made;
        made.listen = "127.0.0.1:0";
        made.store_listen = "127.0.0.1:0";
        made.data_dir = data_dir_;
        made.token = "let-me-in";
        made.io_threads = 1;
        made.disk_threads = 1;
        made.log_level = "error";
        return made;
    }

    static test::RawClient::Answer ask(const std::string& url,
                                       const std::string& request_line,
                                       const std::string& headers = "",
                                       const std::string& body = "") {
        test::RawClient client(port_of(url));
        client.send(request_line + " HTTP/1.1\r\nHost: " + url.substr(7) + "\r\n" + headers +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
        return client.read_answer();
    }

    test::TemporaryDirectory directory_;
    std::string data_dir_ = directory_.path() + "/made/data";
};

constexpr const char* with_token =
    "Authorization: Bearer let-me-in\r\nContent-Type: application/json\r\n";

std::string text_after(const std::string& text, const std::string& mark) {
    const auto start = text.find(mark) + mark.size();
    return text.substr(start, text.find('"', start) - start);
}

TEST_F(ServeTest, CarriesTheDocumentedExchangeFromEndToEnd) {
    auto server = Server::start(options());
    ASSERT_TRUE(server) << server.error().message;
    const std::string& url = (*server)->url();
    EXPECT_EQ((*server)->link(), url + "/?token=let-me-in");

    const auto permitted =
        ask(url, "POST /api/files/upload/", with_token,
            R"({"files":[{"file_name":"a.txt","content_type":"text/plain","file_size":5}]})");
    ASSERT_EQ(permitted.status(), 200) << permitted.head << permitted.body;
    const std::string presigned = text_after(permitted.body, "\"presigned_url\":\"");
    EXPECT_THAT(presigned, StartsWith((*server)->store_url() + "/slipway/username/a.txt?"));

    const auto stored =
        ask((*server)->store_url(), "PUT " + presigned.substr((*server)->store_url().size()),
            "Content-Type: text/plain\r\n", "hello");
    EXPECT_EQ(stored.status(), 200) << stored.head << stored.body;

    const auto confirmed =
        ask(url, "POST /api/files/confirm_upload/", with_token, R"({"s3_key":"username/a.txt"})");
    EXPECT_EQ(confirmed.status(), 200) << confirmed.body;
    EXPECT_THAT(confirmed.body, HasSubstr("Upload confirmed"));
    (*server)->stop();
}

TEST_F(ServeTest, LetsNobodyInWithoutAToken) {
    auto server = Server::start(options());
    ASSERT_TRUE(server);
    EXPECT_EQ(ask((*server)->url(), "GET /api/files/").status(), 401);
    EXPECT_EQ(ask((*server)->url(), "GET /api/files/", with_token).status(), 200);
    EXPECT_EQ(ask((*server)->store_url(), "GET /slipway").status(), 403);
}

TEST_F(ServeTest, ATokenThatWasNotGivenIsMadeAnew) {
    auto made = options();
    made.token = "";
    auto first = Server::start(made);
    ASSERT_TRUE(first);
    const std::string first_link = (*first)->link();
    first->reset();
    auto second = Server::start(made);
    ASSERT_TRUE(second);
    EXPECT_THAT(first_link, HasSubstr("/?token="));
    EXPECT_NE(first_link.substr(first_link.find('=')),
              (*second)->link().substr((*second)->link().find('=')));
}

TEST_F(ServeTest, KeepsItsKeysAndFilesToItself) {
    auto server = Server::start(options());
    ASSERT_TRUE(server);
    EXPECT_EQ(mode_of(data_dir_), 0700u);
    EXPECT_EQ(mode_of(data_dir_ + "/keys.toml"), 0600u);
    const auto keys = read_store_keys(data_dir_);
    ASSERT_TRUE(keys);
    EXPECT_EQ(keys->access_key.size(), 20u);
    EXPECT_EQ(keys->secret_key.size(), 40u);
    server->reset();
    ASSERT_TRUE(Server::start(options()));
    EXPECT_EQ(read_store_keys(data_dir_)->secret_key, keys->secret_key) << "made once";
}

TEST_F(ServeTest, WritesTheReadyFileOnceItAnswers) {
    auto made = options();
    made.ready_file = directory_.path() + "/ready.json";
    auto server = Server::start(made);
    ASSERT_TRUE(server);
    EXPECT_EQ(directory_.read("ready.json"),
              "{\"url\":\"" + (*server)->url() + "\",\"store_url\":\"" + (*server)->store_url() +
                  "\",\"pid\":" + std::to_string(::getpid()) + "}\n");
}

TEST_F(ServeTest, NamesTheAddressThatIsTaken) {
    auto first = Server::start(options());
    ASSERT_TRUE(first);
    auto made = options();
    made.data_dir = directory_.path() + "/other";
    made.listen = "127.0.0.1:" + std::to_string(port_of((*first)->url()));
    auto second = Server::start(made);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::unavailable);
    EXPECT_THAT(second.error().message,
                AllOf(StartsWith("listen: cannot listen on " + made.listen), HasSubstr("port 0")));
    made.store_listen = std::exchange(made.listen, "127.0.0.1:0");
    second = Server::start(made);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message, StartsWith("store_listen: cannot listen on"));
}

TEST_F(ServeTest, ADataDirectoryServesOneProcessAtATime) {
    auto first = Server::start(options());
    ASSERT_TRUE(first);
    const auto second = Server::start(options());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::unavailable);
}

TEST_F(ServeTest, RefusesOptionsThatCannotWork) {
    auto made = options();
    made.bucket = "Not A Bucket";
    EXPECT_THAT(Server::start(made).error().message, StartsWith("bucket: "));
    made = options();
    made.store_access_key = "ONLYONE";
    EXPECT_THAT(Server::start(made).error().message, HasSubstr("store_secret_key"));
    made = options();
    made.users = {{"username", std::string(64, 'a')}};
    EXPECT_THAT(Server::start(made).error().message, HasSubstr("username is there twice"));
    made = options();
    made.data_dir = directory_.write("a-file", "");
    EXPECT_THAT(Server::start(made).error().message, EndsWith("is not a directory"));
}

TEST_F(ServeTest, StandsInFrontOfAnotherS3) {
    StoreOptions store_options;
    store_options.listen = "127.0.0.1:0";
    store_options.data_dir = directory_.path() + "/store";
    store_options.access_key = "ANOTHERSTORE";
    store_options.secret_key = "its secret key";
    store_options.io_threads = 1;
    store_options.disk_threads = 1;
    store_options.log_level = "error";
    store_options.bucket = "";
    auto store = StoreServer::start(store_options);
    ASSERT_TRUE(store) << store.error().message;

    ::setenv("AWS_ACCESS_KEY_ID", "ANOTHERSTORE", 1);
    ::setenv("AWS_SECRET_ACCESS_KEY", "its secret key", 1);
    ::setenv("AWS_CONFIG_FILE", "/dev/null", 1);
    ::setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", 1);
    auto made = options();
    made.s3_endpoint = (*store)->url();
    made.bucket = "made-by-the-server";
    auto server = Server::start(made);
    ASSERT_TRUE(server) << server.error().message;
    EXPECT_EQ((*server)->store_url(), (*store)->url());

    const auto permitted =
        ask((*server)->url(), "POST /api/files/upload/", with_token,
            R"({"file_name":"a.txt","content_type":"text/plain","file_size":5})");
    const std::string presigned = text_after(permitted.body, "\"presigned_url\":\"");
    EXPECT_THAT(presigned, StartsWith((*store)->url() + "/made-by-the-server/username/a.txt?"));
    EXPECT_EQ(ask((*store)->url(), "PUT " + presigned.substr((*store)->url().size()),
                  "Content-Type: text/plain\r\n", "hello")
                  .status(),
              200);
    const auto confirmed = ask((*server)->url(), "POST /api/files/confirm_upload/", with_token,
                               R"({"s3_key":"username/a.txt"})");
    EXPECT_THAT(confirmed.body, HasSubstr("Upload confirmed"));
    server->reset();

    ::setenv("AWS_SECRET_ACCESS_KEY", "another secret", 1);
    const auto refused = Server::start(made);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("made-by-the-server"));
    ::unsetenv("AWS_ACCESS_KEY_ID");
    ::unsetenv("AWS_SECRET_ACCESS_KEY");
    EXPECT_EQ(Server::start(made).error().kind, ErrorKind::unauthenticated);
}

}  // namespace
}  // namespace slipway
