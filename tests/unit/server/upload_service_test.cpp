// SPDX-License-Identifier: Apache-2.0
#include "unit/server/service_fixture.h"

namespace slipway::server {
namespace {

using ::testing::HasSubstr;

using UploadServiceTest = ServiceTest;

TEST_F(UploadServiceTest, UnknownPathsAreNotFound) {
    for (const char* path : {"/nothing", "/api", "/api/files/a/b", "/api/files//", "//api/files",
                             "/API/files/", "/api/files/a/download/b"}) {
        const Answer answer = get(path);
        EXPECT_EQ(answer.status, 404) << path;
        EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
        EXPECT_EQ(answer.text("code"), "unknown_route") << path;
        EXPECT_EQ(answer.text("error"), answer.text("detail"));
    }
}

TEST_F(UploadServiceTest, OtherMethodsSayWhatIsAllowed) {
    const Answer upload = send(http::Method::put, "/api/files/upload/");
    EXPECT_EQ(upload.status, 405);
    EXPECT_THAT(upload.header("Allow"), HasSubstr("POST"));
    const Answer list = send(http::Method::post, "/api/files/");
    EXPECT_EQ(list.status, 405);
    EXPECT_EQ(list.header("Allow"), "GET, HEAD");
    const Answer file = send(http::Method::patch, "/api/files/some-id");
    EXPECT_EQ(file.status, 405);
    EXPECT_EQ(file.header("Allow"), "GET, HEAD, DELETE");
    EXPECT_EQ(send(http::Method::other, "/healthz").status, 405);
    EXPECT_EQ(send(http::Method::head, "/api/files/").status, 200);
}

TEST_F(UploadServiceTest, HostsAreCheckedBeforeAnythingElse) {
    Settings settings = make_settings();
    settings.allowed_hosts = {"localhost"};
    serve(settings);
    for (const char* path : {"/", "/healthz", "/api/files/", "/?token=token-1", "/nothing"}) {
        const Answer answer = get(path);  // Host: 127.0.0.1:8080
        EXPECT_EQ(answer.status, 403) << path;
        EXPECT_EQ(answer.text("code"), "unknown_host");
        EXPECT_EQ(answer.header("Set-Cookie"), "");
    }
}

TEST_F(UploadServiceTest, ProbesNeedNoToken) {
    for (const char* path : {"/healthz", "/readyz", "/healthz/"}) {
        const Answer answer = send_plain(http::Method::get, path);
        EXPECT_EQ(answer.status, 200) << path;
        EXPECT_EQ(answer.body, "ok\n");
        EXPECT_EQ(answer.header("Cache-Control"), "no-store");
    }
}

TEST_F(UploadServiceTest, ReadyNeedsTheStore) {
    store_.away = true;
    EXPECT_EQ(send_plain(http::Method::get, "/healthz").status, 200);
    const Answer away = send_plain(http::Method::get, "/readyz");
    EXPECT_EQ(away.status, 503);
    EXPECT_THAT(away.text("detail"), HasSubstr("the store: "));
    store_.away = false;
    Settings settings = make_settings();
    settings.bucket = "no-such-bucket";
    serve(settings);
    EXPECT_EQ(send_plain(http::Method::get, "/readyz").status, 503);
}

TEST_F(UploadServiceTest, SettingsTellAClientWhatToExpect) {
    EXPECT_EQ(send_plain(http::Method::get, "/api/settings").status, 401);
    const Answer answer = get("/api/settings");
    EXPECT_EQ(answer.status, 200);
    const std::string expected =
        R"({"user":"username","file_size_max":800000000,"batch_files_max":10000,)"
        R"("uploads_concurrent_max":10,)"
        R"("tiers":[{"name":"standard","storage_class":"STANDARD"},)"
        R"({"name":"glacier","storage_class":"GLACIER"}],)"
        R"("tier_default":"standard","version":"1.2.3"})"
        "\n";
    EXPECT_EQ(answer.body, expected);
}

TEST_F(UploadServiceTest, AnUnreadableBodyIsItsOwnError) {
    /// A sender that goes away in the middle.
    class CutBody final : public BodyReader {
      public:
        Task<Chunk> read() override {
            co_return fail(ErrorKind::cancelled, "the client went away");
        }
        std::optional<std::uint64_t> size() const override { return 100; }
    };
    http::Request request;
    request.method = http::Method::post;
    request.target = "/api/files/upload/";
    request.headers.add("Authorization", "Bearer token-1");
    CutBody body;
    const Answer answer = to_answer(test::run(service_->handle(request, body)));
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.text("code"), "cancelled");
    EXPECT_TRUE(test::run(catalog_->check()));
}

}  // namespace
}  // namespace slipway::server
