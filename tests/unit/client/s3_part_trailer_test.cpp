// SPDX-License-Identifier: Apache-2.0
#include "client/s3_client.h"
#include "objects/running_checksum.h"
#include "s3/multipart_documents.h"
#include "support/run_on.h"
#include "unit/net/test_certificates.h"
#include "unit/net/test_server.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// Parts over TLS whose checksum comes after them, where the store keeps such ones.
namespace slipway::client {
namespace {

using objects::ChecksumAlgorithm;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const objects::MultipartUpload upload{"photos", "large", "id"};
const std::string bytes(300'000, 'x');
const std::string header = "x-amz-checksum-crc64nvme: ";

std::string checksum_of(std::string_view text) {
    return objects::checksum_of(ChecksumAlgorithm::crc64nvme, text).value;
}

/// A body that begins anew once its checksum was read, as a file's does.
class TwiceReadBody final : public BodyReader {
  public:
    Task<Chunk> read() override {
        const std::string_view rest = std::string_view(bytes).substr(read_);
        read_ += std::min<std::size_t>(rest.size(), 100'000);
        co_return rest.empty() ? Chunk() : Chunk::copy_of(rest.substr(0, 100'000));
    }
    std::optional<std::uint64_t> size() const override { return bytes.size(); }
    bool at_hand() const override { return true; }

    Task<objects::Checksum> read_checksum() {
        ++checksums_read;
        read_ = 0;
        co_return objects::checksum_of(ChecksumAlgorithm::crc64nvme, bytes);
    }

    unsigned checksums_read = 0;

  private:
    std::size_t read_ = 0;
};

class PartTrailerTest : public testing::Test {
  protected:
    /// What the store does: a status, and headers or a document.
    struct Answer {
        int status = 200;
        std::string headers;
        std::string document;
    };

    PartTrailerTest() { threads_.start(); }
    ~PartTrailerTest() override { threads_.stop(); }  // the client goes when nothing runs any more

    Result<objects::PartInfo> put_part(unsigned number, TwiceReadBody& body, bool tls = true) {
        if (!client_) {
            const std::string scheme = tls ? "https" : "http";
            server_.emplace([this](test::TestConnection& connection, int) { serve(connection); },
                            tls ? certificate_.get() : nullptr);
            const std::string url = fmt::format("{}://127.0.0.1:{}", scheme, server_->port());
            client_.emplace(http_, credentials_, make_endpoint(url, "us-east-1", "auto").value(),
                            clock_);
        }
        objects::PutPartRequest request;
        request.upload = upload;
        request.number = number;
        request.checksum = objects::Checksum{ChecksumAlgorithm::crc64nvme, ""};
        request.read_checksum = [&body] { return body.read_checksum(); };
        return test::run_on(threads_.loop(0), client_->put_part(request, body));
    }

    /// "trailer", "header" or "list" for each request that came.
    std::vector<std::string> ways() const {
        std::vector<std::string> ways;
        for (const std::string& request : seen_) {
            const bool trailer = request.find("x-amz-trailer: ") != std::string::npos;
            ways.emplace_back(request.starts_with("GET ") ? "list"
                              : trailer                   ? "trailer"
                                                          : "header");
        }
        return ways;
    }

    static std::string list_of(unsigned number, std::uint64_t size, const std::string& checksum) {
        s3::ListPartsResult result;
        result.bucket = upload.bucket;
        result.key = upload.key;
        result.upload_id = upload.upload_id;
        s3::ListedPart part;
        part.number = number;
        part.size = size;
        part.etag = "e1";
        part.checksum_algorithm = "CRC64NVME";
        part.checksum_value = checksum;
        result.parts.push_back(part);
        return s3::list_parts_xml(result);
    }

    std::deque<Answer> script_;
    std::vector<std::string> seen_;

  private:
    void serve(test::TestConnection& connection) {
        while (true) {
            std::string request = connection.read_request();
            if (request.empty()) {
                return;
            }
            const std::lock_guard lock(mutex_);
            seen_.push_back(std::move(request));
            ASSERT_FALSE(script_.empty()) << "more requests than answers";
            const Answer answer = std::move(script_.front());
            script_.pop_front();
            connection.answer(answer.status, answer.document, "ETag: \"e1\"\r\n" + answer.headers);
        }
    }

    std::mutex mutex_;
    test::TestAuthority authority_;
    test::ServerTls certificate_ = authority_.server("IP:127.0.0.1");
    SystemClock clock_;
    FixedCredentials credentials_{s3::Credentials{"AKID", Secret("very secret"), "", {}}};
    net::IoThreads threads_{1};
    net::HttpClient http_{threads_, {authority_.ca_file(), true, {}}};
    std::optional<test::TestServer> server_;
    std::optional<S3Client> client_;
};

TEST_F(PartTrailerTest, AStoreThatSaysItsChecksumGetsAllPartsSo) {
    const std::string said = header + checksum_of(bytes) + "\r\n";
    script_ = {{200, said, ""}, {200, said, ""}};
    for (const unsigned number : {1U, 2U}) {
        TwiceReadBody body;
        const auto part = put_part(number, body);
        ASSERT_TRUE(part) << part.error().message;
        EXPECT_EQ(part->checksum->value, checksum_of(bytes));
        EXPECT_EQ(part->size, bytes.size());
        EXPECT_EQ(body.checksums_read, 0U);
    }
    EXPECT_THAT(ways(), ElementsAre("trailer", "trailer"));
    EXPECT_THAT(seen_.at(1), HasSubstr("x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER"));
    EXPECT_THAT(seen_.at(1), HasSubstr("x-amz-checksum-crc64nvme:" + checksum_of(bytes)));
}

TEST_F(PartTrailerTest, AStoreThatOnlyListsItDoesToo) {  // MinIO
    script_ = {{}, {200, "", list_of(7, bytes.size(), checksum_of(bytes))}, {}};
    for (const unsigned number : {7U, 8U}) {
        TwiceReadBody body;
        const auto part = put_part(number, body);
        ASSERT_TRUE(part) << part.error().message;
        EXPECT_EQ(part->checksum->value, checksum_of(bytes)) << "the one that was sent";
        EXPECT_EQ(body.checksums_read, 0U);
    }
    EXPECT_THAT(ways(), ElementsAre("trailer", "list", "trailer"));
    EXPECT_THAT(seen_.at(1), HasSubstr("part-number-marker=6"));
}

TEST_F(PartTrailerTest, AStoreThatTookTheCodingForBytesGetsThePartAgain) {
    script_ = {{}, {200, "", list_of(1, bytes.size() + 60, "")}, {}, {}};
    for (const unsigned number : {1U, 2U}) {
        TwiceReadBody body;
        ASSERT_TRUE(put_part(number, body));
        EXPECT_EQ(body.checksums_read, 1U);
    }
    EXPECT_THAT(ways(), ElementsAre("trailer", "list", "header", "header"));
    EXPECT_THAT(seen_.at(2), HasSubstr(header + checksum_of(bytes)));
    EXPECT_THAT(seen_.at(2), Not(HasSubstr("aws-chunked")));
    EXPECT_TRUE(seen_.at(2).ends_with("\r\n\r\n" + bytes));
}

TEST_F(PartTrailerTest, AStoreThatRefusesTheCodingGetsThePartAgain) {
    script_ = {{501, "", "<Error><Code>NotImplemented</Code></Error>"}, {}, {}};
    for (const unsigned number : {1U, 2U}) {
        TwiceReadBody body;
        const auto part = put_part(number, body);
        ASSERT_TRUE(part) << part.error().message;
        EXPECT_EQ(body.checksums_read, 1U);
    }
    EXPECT_THAT(ways(), ElementsAre("trailer", "header", "header"));
}

TEST_F(PartTrailerTest, ABusyStoreIsNotPressed) {
    script_ = {{503, "", "<Error><Code>SlowDown</Code></Error>"}, {}};
    TwiceReadBody body;
    const auto refused = put_part(1, body);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "SlowDown");
    TwiceReadBody again;
    ASSERT_TRUE(put_part(1, again));
    EXPECT_THAT(ways(), ElementsAre("trailer", "header"));
}

TEST_F(PartTrailerTest, AnotherChecksumThanTheOneSentIsAnError) {
    script_ = {{200, header + checksum_of("else") + "\r\n", ""}, {}};
    TwiceReadBody body;
    const auto wrong = put_part(1, body);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, "BadDigest");
    TwiceReadBody again;
    ASSERT_TRUE(put_part(1, again));
    EXPECT_THAT(ways(), ElementsAre("trailer", "header"));
}

TEST_F(PartTrailerTest, WithoutTlsTheSystemSendsTheFile) {
    script_ = {{}};
    TwiceReadBody body;
    ASSERT_TRUE(put_part(1, body, false));
    EXPECT_EQ(body.checksums_read, 1U);
    EXPECT_THAT(ways(), ElementsAre("header"));
}

}  // namespace
}  // namespace slipway::client
