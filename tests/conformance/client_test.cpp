// SPDX-License-Identifier: Apache-2.0
#include "client/s3_client.h"
#include "conformance/object_store_conformance.h"
#include "conformance/on_loop.h"
#include "gateway/gateway.h"
#include "net/http_server.h"
#include "store/local_store.h"
#include "support/memory_store.h"
#include "support/temporary_directory.h"

namespace slipway::test {
namespace {

s3::Credentials test_credentials() {
    s3::Credentials credentials;
    credentials.access_key_id = "ACCESSKEY";
    credentials.secret_access_key = Secret("secretkey");
    return credentials;
}

/// The client, over a real socket, to a gateway in front of `Inner`.
class ClientFixture : public StoreFixture {
  public:
    objects::ObjectStore& store() override { return *on_loop_; }

  protected:
    /// Before the store behind it goes.
    void stop() {
        http_server_.reset();
        threads_.stop();
    }

    void serve(objects::HostedStore& inner) {
        keys_.add(test_credentials());
        gateway::GatewayOptions options;
        options.region = region;
        gateway_ = std::make_unique<gateway::Gateway>(inner, keys_, std::move(options), clock_);
        threads_.start();
        http_server_ = std::make_unique<net::HttpServer>(threads_, *gateway_, pool_, "store");
        const auto port = http_server_->listen("127.0.0.1:0").value();
        auto endpoint =
            client::make_endpoint("http://127.0.0.1:" + std::to_string(port), region, "auto");
        client_ = std::make_unique<client::S3Client>(http_client_, credentials_, endpoint.value(),
                                                     clock_);
        on_loop_ = std::make_unique<OnLoop>(*client_, threads_.loop(0));
    }

    StoppedClock clock_;
    ChunkPool pool_;
    net::IoThreads threads_{2};
    DiskThreads disk_{2};

  private:
    /// Not us-east-1, where making one's bucket again is no error.
    static constexpr const char* region = "eu-central-1";

    gateway::FixedAccessKeys keys_{region};
    std::unique_ptr<gateway::Gateway> gateway_;
    std::unique_ptr<net::HttpServer> http_server_;
    client::FixedCredentials credentials_{test_credentials()};
    net::HttpClient http_client_{threads_, {}};
    std::unique_ptr<client::S3Client> client_;
    std::unique_ptr<OnLoop> on_loop_;
};

class ClientToMemory final : public ClientFixture {
  public:
    ClientToMemory() { serve(store_); }
    ~ClientToMemory() override { stop(); }

  private:
    MemoryStore store_{clock_};
};

class ClientToDisk final : public ClientFixture {
  public:
    ClientToDisk() {
        store::LocalStoreOptions options;
        options.directory = directory_.path();
        store_ = store::LocalStore::open(options, disk_, clock_).value();
        serve(*store_);
    }
    ~ClientToDisk() override { stop(); }

  private:
    TemporaryDirectory directory_;
    std::unique_ptr<store::LocalStore> store_;
};

INSTANTIATE_TEST_SUITE_P(
    Client,
    ObjectStoreConformance,
    ::testing::Values(
        StoreUnderTest{"client_to_memory", [] { return std::make_unique<ClientToMemory>(); }},
        StoreUnderTest{"client_to_disk", [] { return std::make_unique<ClientToDisk>(); }}));

}  // namespace
}  // namespace slipway::test
