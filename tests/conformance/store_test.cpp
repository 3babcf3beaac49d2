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

}  // namespace
}  // namespace slipway::test
