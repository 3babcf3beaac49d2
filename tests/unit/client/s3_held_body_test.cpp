// SPDX-License-Identifier: Apache-2.0
#include "objects/running_checksum.h"
#include "s3_client_fixture.h"

// What is sent from memory, and so may be sent again.
namespace slipway::client {
namespace {

using objects::ChecksumAlgorithm;
using testing::HasSubstr;

/// Chunks that may be sent but not read: reading them would be copying.
class HeldOnly final : public BodyReader {
  public:
    explicit HeldOnly(std::initializer_list<std::string> texts) {
        for (const std::string& text : texts) {
            chunks_.push_back(Chunk::copy_of(text));
        }
    }
    Task<Chunk> read() override {
        ADD_FAILURE() << "a held body is not to be read";
        co_return Chunk();
    }
    std::optional<std::uint64_t> size() const override { return HeldBodyReader(chunks_).size(); }
    std::optional<std::span<const Chunk>> held() const override { return chunks_; }

  private:
    std::vector<Chunk> chunks_;
};

class HeldBodyTest : public S3ClientTest {
  protected:
    static objects::PutRequest put_request() {
        objects::PutRequest request;
        request.bucket = "photos";
        request.key = "held";
        return request;
    }
    static http::Response elsewhere() {
        auto answer = ScriptedServer::answer(301, "<Error><Code>PermanentRedirect</Code></Error>");
        answer.headers.add("x-amz-bucket-region", "eu-west-1");
        return answer;
    }

    HeldOnly body_{std::string(300'000, 'a'), std::string(100'000, 'b'), "end"};
    const std::string bytes_ = std::string(300'000, 'a') + std::string(100'000, 'b') + "end";
};

TEST_F(HeldBodyTest, IsSentFromItsChunksWithoutCoding) {
    s3_.script.push_back(ScriptedServer::stored());
    auto request = put_request();
    request.checksum = objects::checksum_of(ChecksumAlgorithm::crc64nvme, bytes_);
    ASSERT_TRUE(run(client_->put(request, body_)));
    const auto& seen = s3_.seen.at(0);
    EXPECT_EQ(seen.body, bytes_);
    EXPECT_EQ(seen.request.content_length, bytes_.size());
    EXPECT_EQ(seen.request.headers.get("x-amz-content-sha256"), "UNSIGNED-PAYLOAD");
    EXPECT_EQ(seen.request.headers.get("x-amz-checksum-crc64nvme"), request.checksum->value);
    EXPECT_FALSE(seen.request.headers.has("x-amz-trailer"));
    EXPECT_FALSE(seen.request.headers.has("Content-Encoding"));
    const auto claim = s3::parse_authorization(seen.request);
    ASSERT_TRUE(claim);
    EXPECT_TRUE(s3::verify(seen.request, *claim, Secret("very secret"), clock_.now(), "us-east-1"));
}

TEST_F(HeldBodyTest, TheChecksumAskedForGoesBeforeIt) {
    s3_.script.push_back(ScriptedServer::stored());
    auto request = put_request();
    request.checksum = objects::Checksum{ChecksumAlgorithm::crc32c, ""};
    request.content_sha256 = std::string(64, 'a');
    ASSERT_TRUE(run(client_->put(request, body_)));
    const auto& headers = s3_.seen.at(0).request.headers;
    EXPECT_EQ(headers.get("x-amz-checksum-crc32c"),
              objects::checksum_of(ChecksumAlgorithm::crc32c, bytes_).value);
    EXPECT_EQ(headers.get("x-amz-content-sha256"), request.content_sha256);
}

TEST_F(HeldBodyTest, GoesOnceMoreToTheRegionOfTheBucket) {
    s3_.script.push_back(elsewhere());
    s3_.script.push_back(ScriptedServer::stored());
    ASSERT_TRUE(run(client_->put(put_request(), body_)));
    ASSERT_EQ(s3_.seen.size(), 2u);
    EXPECT_EQ(s3_.seen[1].body, bytes_);
    EXPECT_THAT(authorization(0), HasSubstr("/us-east-1/s3/"));
    EXPECT_THAT(authorization(1), HasSubstr("/eu-west-1/s3/"));
}

TEST_F(HeldBodyTest, AStreamedBodyIsGoneButTheNextRequestKnowsTheRegion) {
    s3_.script.push_back(elsewhere());
    MemoryBodyReader streamed(std::string(300'000, 'x'));
    const auto refused = run(client_->put(put_request(), streamed));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "PermanentRedirect");
    EXPECT_EQ(refused.error().kind, ErrorKind::unavailable) << "who has the bytes sends them again";
    EXPECT_EQ(s3_.seen.size(), 1u);
    ASSERT_TRUE(run(client_->put(put_request(), body_)));
    EXPECT_THAT(authorization(1), HasSubstr("/eu-west-1/s3/"));
}

TEST_F(HeldBodyTest, APartIsSentLikeAnObject) {
    s3_.script.push_back(elsewhere());
    s3_.script.push_back(ScriptedServer::stored());
    objects::PutPartRequest request;
    request.upload = objects::MultipartUpload{"photos", "held", "id"};
    request.checksum = objects::Checksum{ChecksumAlgorithm::crc64nvme, ""};
    const auto part = run(client_->put_part(request, body_));
    ASSERT_TRUE(part);
    EXPECT_EQ(part->size, bytes_.size());
    EXPECT_EQ(s3_.seen.at(1).body, bytes_);
    EXPECT_EQ(s3_.seen[1].request.headers.get("x-amz-checksum-crc64nvme"),
              objects::checksum_of(ChecksumAlgorithm::crc64nvme, bytes_).value);
}

}  // namespace
}  // namespace slipway::client
