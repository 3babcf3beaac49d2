// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/sqlite_catalog.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "codec/percent.h"
#include "codec/time.h"
#include "server/upload_service.h"
#include "support/memory_store.h"
#include "support/run_task.h"
#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::server {

/// A clock that tests move.
class TestClock final : public Clock {
  public:
    Time now() const override { return time; }
    Time time = codec::parse_iso8601("2026-11-21T12:00:00Z").value();
};

/// A store that may be away.
class UnreliableStore final : public objects::ObjectStore {
  public:
    explicit UnreliableStore(const Clock& clock) : store_(clock) {}

    Task<objects::ObjectInfo> put(const objects::PutRequest& request, BodyReader& body) override {
        if (puts_fail) {
            co_return fail(*puts_fail);
        }
        co_return co_await store_.put(request, body);
    }
    bool takes_streams() const override { return streams; }
    Task<objects::GetResult> get(const objects::GetRequest& request) override {
        return store_.get(request);
    }
    Task<objects::ObjectInfo> head(const objects::GetRequest& request) override {
        SLIPWAY_CO_CHECK(check());
        co_return co_await store_.head(request);
    }
    Task<> remove(std::string_view bucket, std::string_view key) override {
        if (on_remove) {
            on_remove();
        }
        SLIPWAY_CO_CHECK(check());
        co_return co_await store_.remove(bucket, key);
    }
    Task<objects::ObjectInfo> copy(const objects::CopyRequest& request) override {
        return store_.copy(request);
    }
    Task<objects::ListResult> list(const objects::ListRequest& request) override {
        return store_.list(request);
    }
    Task<> create_bucket(std::string_view bucket) override { return store_.create_bucket(bucket); }
    Task<objects::BucketInfo> head_bucket(std::string_view bucket) override {
        SLIPWAY_CO_CHECK(check());
        co_return co_await store_.head_bucket(bucket);
    }
    Task<> remove_bucket(std::string_view bucket) override { return store_.remove_bucket(bucket); }
    Task<std::vector<objects::BucketInfo>> list_buckets() override { return store_.list_buckets(); }
    Task<objects::MultipartUpload> create_multipart(
        const objects::CreateMultipartRequest& request) override {
        return store_.create_multipart(request);
    }
    Task<objects::PartInfo> put_part(const objects::PutPartRequest& request,
                                     BodyReader& body) override {
        return store_.put_part(request, body);
    }
    Task<objects::ObjectInfo> complete_multipart(
        const objects::CompleteMultipartRequest& request) override {
        return store_.complete_multipart(request);
    }
    Task<> abort_multipart(const objects::MultipartUpload& upload) override {
        return store_.abort_multipart(upload);
    }
    Task<objects::ListPartsResult> list_parts(const objects::ListPartsRequest& request) override {
        return store_.list_parts(request);
    }
    Task<objects::ListMultipartUploadsResult> list_multipart_uploads(
        const objects::ListMultipartUploadsRequest& request) override {
        return store_.list_multipart_uploads(request);
    }

    bool away = false;
    bool streams = false;
    std::optional<Error> puts_fail;
    std::function<void()> on_remove;

  private:
    Result<> check() const {
        if (away) {
            return fail(ErrorKind::unavailable, "connect to 127.0.0.1:9000: refused");
        }
        return {};
    }

    test::MemoryStore store_;
};

struct Answer {
    int status = 0;
    http::Headers headers;
    std::string body;

    std::string header(std::string_view name) const { return std::string(headers.get(name)); }
    codec::Json json() const { return codec::parse_json(body).value(); }
    /// A text member of the JSON body; empty where there is none.
    std::string text(std::string_view member) const {
        const auto document = json();
        return std::string(document.root().find(member).as_string().value_or(""));
    }
};

inline Answer to_answer(http::Response response) {
    Answer answer;
    answer.status = response.status;
    answer.headers = response.headers;
    if (const auto* text = std::get_if<std::string>(&response.body)) {
        answer.body = *text;
    } else if (const auto* fixed = std::get_if<StaticBytes>(&response.body)) {
        answer.body = fixed->bytes;
    }
    return answer;
}

inline std::string sha256_hex(std::string_view text) {
    const auto digest = codec::sha256(text);
    return codec::hex_encode(digest);
}

/// The service on a store in memory and a catalog on disk, as the users "username" and "eve" see
/// it.
class ServiceTest : public ::testing::Test {
  protected:
    using Headers = std::vector<std::pair<std::string, std::string>>;

    ServiceTest() { EXPECT_TRUE(test::run(store_.create_bucket("slipway"))); }

    static Settings make_settings() {
        Settings settings;
        settings.users = {{"username", sha256_hex("token-1")}, {"eve", sha256_hex("token-2")}};
        settings.session_key = Secret("0123456789abcdef0123456789abcdef");
        settings.store_origin = "http://127.0.0.1:9000";
        settings.version = "1.2.3";
        return settings;
    }

    /// For tests that need other settings.
    void serve(Settings settings) {
        service_ = std::make_unique<UploadService>(store_, *catalog_, presigner_,
                                                   std::move(settings), clock_, memory_);
    }

    /// A request as it is, without anything added but Host.
    Answer send_plain(http::Method method,
                      std::string_view target,
                      std::string body = "",
                      const Headers& headers = {}) {
        http::Request request;
        request.method = method;
        request.target = target;
        request.headers.add("Host", "127.0.0.1:8080");
        for (const auto& [name, value] : headers) {
            request.headers.add(name, value);
        }
        request.content_length = body.size();
        MemoryBodyReader reader(std::move(body));
        return to_answer(test::run(service_->handle(request, reader)));
    }

    Answer send(http::Method method,
                std::string_view target,
                std::string body = "",
                std::string_view token = "token-1") {
        return send_plain(method, target, std::move(body),
                          {{"Authorization", "Bearer " + std::string(token)}});
    }
    Answer get(std::string_view target) { return send(http::Method::get, target); }
    Answer post(std::string_view target, std::string body) {
        return send(http::Method::post, target, std::move(body));
    }

    /// One file's description; `more` is further members, with their comma before.
    static std::string file(std::string_view name, std::size_t size, std::string_view more = "") {
        return R"({"file_name": ")" + std::string(name) +
               R"(", "content_type": "image/jpeg", "file_size": )" + std::to_string(size) +
               std::string(more) + "}";
    }

    /// Asks for one upload and answers its key.
    std::string ask(std::string_view name, std::size_t size, std::string_view more = "") {
        const Answer answer = post("/api/files/upload/", file(name, size, more));
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.text("s3_key");
    }

    /// What the browser does with the URL, without the signature.
    objects::ObjectInfo upload(std::string_view s3_key,
                               std::string bytes,
                               std::string_view storage_class = "STANDARD",
                               std::optional<objects::ChecksumAlgorithm> algorithm = {}) {
        objects::PutRequest request;
        request.bucket = "slipway";
        request.key = s3_key;
        request.attributes.content_type = "image/jpeg";
        request.attributes.storage_class = storage_class;
        if (algorithm) {
            request.checksum = objects::Checksum{*algorithm, ""};
        }
        MemoryBodyReader body(std::move(bytes));
        return test::run(store_.put(request, body)).value();
    }

    Answer confirm(std::string_view s3_key) {
        std::string body;
        codec::JsonWriter json(body);
        json.begin_object();
        json.member("s3_key", s3_key);
        json.end_object();
        return post("/api/files/confirm_upload/", std::move(body));
    }

    /// A file from request to confirmation; answers its key.
    std::string put(std::string_view name, std::string bytes) {
        const std::string s3_key = ask(name, bytes.size());
        upload(s3_key, std::move(bytes));
        const Answer answer = confirm(s3_key);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return s3_key;
    }

    /// The names of the files the list shows.
    std::vector<std::string> names(std::string_view target = "/api/files/") {
        const Answer answer = get(target);
        EXPECT_EQ(answer.status, 200) << answer.body;
        const auto document = answer.json();
        std::vector<std::string> found;
        for (const auto each : document.root().find("files").elements()) {
            found.emplace_back(each.find("file_name").as_string().value());
        }
        return found;
    }

    bool is_stored(std::string_view s3_key) {
        objects::GetRequest request;
        request.bucket = "slipway";
        request.key = s3_key;
        return test::run(store_.get(request)).has_value();
    }

    static s3::Credentials credentials() {
        s3::Credentials made;
        made.access_key_id = "AKIAIOSFODNN7EXAMPLE";
        made.secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        return made;
    }

    test::TemporaryDirectory directory_;
    TestClock clock_;
    UnreliableStore store_{clock_};
    ForwardMemory memory_;
    std::unique_ptr<catalog::SqliteCatalog> catalog_ =
        catalog::SqliteCatalog::open(directory_.path() + "/catalog.db").value();
    Presigner presigner_{std::make_shared<s3::Signer>(credentials(), "us-east-1"),
                         "http://127.0.0.1:9000", "/slipway"};
    std::unique_ptr<UploadService> service_ = std::make_unique<UploadService>(
        store_, *catalog_, presigner_, make_settings(), clock_, memory_);
};

}  // namespace slipway::server
