// SPDX-License-Identifier: Apache-2.0
#include "client/s3_client.h"
#include "conformance/object_store_conformance.h"
#include "gateway/gateway.h"
#include "net/http_server.h"
#include "store/local_store.h"
#include "support/memory_store.h"
#include "support/temporary_directory.h"

#include <boost/asio/co_spawn.hpp>

namespace slipway::test {
namespace {

/// Runs every call of a store on one I/O thread, whatever loop the caller is on; a body that is
/// still coming is read there to its end.
class OnLoop final : public objects::ObjectStore {
  public:
    OnLoop(objects::ObjectStore& store, boost::asio::io_context& loop)
        : store_(store), loop_(loop) {}

    Task<objects::ObjectInfo> put(const objects::PutRequest& request, BodyReader& body) override {
        return there(store_.put(request, body));
    }
    Task<objects::GetResult> get(const objects::GetRequest& request) override {
        return there(get_whole(request));
    }
    Task<objects::ObjectInfo> head(const objects::GetRequest& request) override {
        return there(store_.head(request));
    }
    Task<> remove(std::string_view bucket, std::string_view key) override {
        return there(store_.remove(bucket, key));
    }
    Task<objects::ObjectInfo> copy(const objects::CopyRequest& request) override {
        return there(store_.copy(request));
    }
    Task<objects::ListResult> list(const objects::ListRequest& request) override {
        return there(store_.list(request));
    }
    Task<> create_bucket(std::string_view bucket) override {
        return there(store_.create_bucket(bucket));
    }
    Task<objects::BucketInfo> head_bucket(std::string_view bucket) override {
        return there(store_.head_bucket(bucket));
    }
    Task<> remove_bucket(std::string_view bucket) override {
        return there(store_.remove_bucket(bucket));
    }
    Task<std::vector<objects::BucketInfo>> list_buckets() override {
        return there(store_.list_buckets());
    }
    Task<objects::MultipartUpload> create_multipart(
        const objects::CreateMultipartRequest& request) override {
        return there(store_.create_multipart(request));
    }
    Task<objects::PartInfo> put_part(const objects::PutPartRequest& request,
                                     BodyReader& body) override {
        return there(store_.put_part(request, body));
    }
    Task<objects::ObjectInfo> complete_multipart(
        const objects::CompleteMultipartRequest& request) override {
        return there(store_.complete_multipart(request));
    }
    Task<> abort_multipart(const objects::MultipartUpload& upload) override {
        return there(store_.abort_multipart(upload));
    }
    Task<objects::ListPartsResult> list_parts(const objects::ListPartsRequest& request) override {
        return there(store_.list_parts(request));
    }
    Task<objects::ListMultipartUploadsResult> list_multipart_uploads(
        const objects::ListMultipartUploadsRequest& request) override {
        return there(store_.list_multipart_uploads(request));
    }

  private:
    template <class T>
    Async<T> there(Async<T> work) {
        co_return co_await boost::asio::co_spawn(loop_, std::move(work), as_value);
    }

    Task<objects::GetResult> get_whole(const objects::GetRequest& request) {
        SLIPWAY_CO_TRY(result, co_await store_.get(request));
        auto& body = std::get<std::unique_ptr<BodyReader>>(result.body);
        SLIPWAY_CO_TRY(bytes, co_await read_all(*body, 1U << 30));
        result.body = std::move(bytes);
        co_return result;
    }

    objects::ObjectStore& store_;
    boost::asio::io_context& loop_;
};

/// Stands still: S3 does not tell when it stored an object, so the client goes by its own clock.
class StoppedClock final : public Clock {
  public:
    Time now() const override { return now_; }

  private:
    const Time now_ = SystemClock().now();
};

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

    void serve(objects::ObjectStore& inner) {
        keys_.add(test_credentials());
        gateway_ =
            std::make_unique<gateway::Gateway>(inner, keys_, gateway::GatewayOptions(), clock_);
        threads_.start();
        http_server_ = std::make_unique<net::HttpServer>(threads_, *gateway_, pool_, "store");
        const auto port = http_server_->listen("127.0.0.1:0").value();
        auto endpoint =
            client::make_endpoint("http://127.0.0.1:" + std::to_string(port), "us-east-1", "auto");
        client_ = std::make_unique<client::S3Client>(http_client_, credentials_, endpoint.value(),
                                                     clock_);
        on_loop_ = std::make_unique<OnLoop>(*client_, threads_.loop(0));
    }

    StoppedClock clock_;
    ChunkPool pool_;
    net::IoThreads threads_{2};
    DiskThreads disk_{2};

  private:
    gateway::FixedAccessKeys keys_{"us-east-1"};
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
