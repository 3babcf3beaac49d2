// SPDX-License-Identifier: Apache-2.0
#include "conformance/hosted_conformance.h"
#include "store/local_store.h"
#include "support/temporary_directory.h"

#include <filesystem>

namespace slipway::test {
namespace {

class LocalFixture final : public HostedFixture {
  public:
    LocalFixture() {
        store::LocalStoreOptions options;
        options.directory = std::filesystem::path(directory_.path()) / "store";
        store_ = store::LocalStore::open(options, disk_, clock).value();
    }
    objects::HostedStore& hosted() override { return *store_; }

  private:
    TemporaryDirectory directory_;
    DiskThreads disk_{2};
    std::unique_ptr<store::LocalStore> store_;
};

const auto local =
    ::testing::Values(StoreUnderTest{"local", [] { return std::make_unique<LocalFixture>(); }});

INSTANTIATE_TEST_SUITE_P(Local, ObjectStoreConformance, local);
INSTANTIATE_TEST_SUITE_P(Local, MultipartConformance, local);
INSTANTIATE_TEST_SUITE_P(Local, HostedConformance, local);

}  // namespace
}  // namespace slipway::test
