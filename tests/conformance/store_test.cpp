// SPDX-License-Identifier: Apache-2.0
#include "conformance/object_store_conformance.h"
#include "store/local_store.h"
#include "support/temporary_directory.h"

#include <filesystem>

namespace slipway::test {
namespace {

class LocalFixture final : public StoreFixture {
  public:
    LocalFixture() {
        store::LocalStoreOptions options;
        options.directory = std::filesystem::path(directory_.path()) / "store";
        store_ = store::LocalStore::open(options, disk_, clock_).value();
    }
    objects::ObjectStore& store() override { return *store_; }

  private:
    TemporaryDirectory directory_;
    SystemClock clock_;
    DiskThreads disk_{2};
    std::unique_ptr<store::LocalStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Local,
                         ObjectStoreConformance,
                         ::testing::Values(StoreUnderTest{
                             "local", [] { return std::make_unique<LocalFixture>(); }}));

TEST(LocalStore, says_that_it_takes_no_uploads_in_parts) {
    LocalFixture local;
    const auto begun = run(local.store().create_multipart(objects::CreateMultipartRequest()));
    ASSERT_FALSE(begun);
    EXPECT_EQ(begun.error().kind, ErrorKind::unsupported);
    EXPECT_EQ(begun.error().code, "NotImplemented");
    EXPECT_EQ(code_of(run(local.store().list_parts(objects::ListPartsRequest()))),
              "NotImplemented");
}

TEST(LocalStore, refuses_tags_that_it_would_lose) {
    LocalFixture local;
    ASSERT_TRUE(run(local.store().create_bucket("photos")));
    objects::PutRequest request;
    request.bucket = "photos";
    request.key = "tagged";
    request.attributes.tagging = "team=a";
    MemoryBodyReader body("hello");
    EXPECT_EQ(code_of(run(local.store().put(request, body))), "NotImplemented");
    objects::CopyRequest copy;
    copy.source_bucket = copy.bucket = "photos";
    copy.source_key = "a";
    copy.key = "b";
    copy.attributes = request.attributes;
    EXPECT_EQ(code_of(run(local.store().copy(copy))), "NotImplemented");
}

}  // namespace
}  // namespace slipway::test
