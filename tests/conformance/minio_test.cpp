// SPDX-License-Identifier: Apache-2.0
#include "support/minio.h"

#include "client/s3_client.h"
#include "conformance/multipart_conformance.h"
#include "conformance/on_loop.h"
#include "support/run_on.h"

// The client against a store that is not ours, where there is one on this machine.
namespace slipway::test {
namespace {

/// One for all tests: it takes its time to start.
MinioProcess* minio() {
    static const std::unique_ptr<MinioProcess> process = MinioProcess::start();
    return process.get();
}

s3::Credentials minio_credentials() {
    s3::Credentials credentials;
    credentials.access_key_id = MinioProcess::access_key;
    credentials.secret_access_key = Secret(MinioProcess::secret_key);
    return credentials;
}

class ClientToMinio final : public StoreFixture {
  public:
    ClientToMinio() {
        threads_.start();
        auto endpoint = client::make_endpoint(minio()->url(), "us-east-1", "auto").value();
        client_.emplace(http_client_, credentials_, std::move(endpoint), clock_);
        on_loop_.emplace(*client_, threads_.loop(0));
        empty();
    }
    ~ClientToMinio() override { threads_.stop(); }
    objects::ObjectStore& store() override { return *on_loop_; }

  private:
    /// What the test before left.
    void empty() {
        objects::ListRequest request;
        request.bucket = "photos";
        const auto page = run(on_loop_->list(request));
        if (!page) {
            return;
        }
        for (const objects::ObjectInfo& object : page->objects) {
            EXPECT_TRUE(run(on_loop_->remove("photos", object.key)));
        }
        EXPECT_TRUE(run(on_loop_->remove_bucket("photos")));
    }

    SystemClock clock_;
    net::IoThreads threads_{1};
    net::HttpClient http_client_{threads_, {}};
    client::FixedCredentials credentials_{minio_credentials()};
    std::optional<client::S3Client> client_;
    std::optional<OnLoop> on_loop_;
};

INSTANTIATE_TEST_SUITE_P(Minio,
                         MultipartConformance,
                         ::testing::Values(StoreUnderTest{
                             "client_to_minio", [] {
                                 return minio() != nullptr ? std::make_unique<ClientToMinio>()
                                                           : nullptr;
                             }}));

}  // namespace
}  // namespace slipway::test
