// SPDX-License-Identifier: Apache-2.0
#include "conformance/hosted_conformance.h"
#include "support/memory_store.h"

namespace slipway::test {
namespace {

class MemoryFixture final : public HostedFixture {
  public:
    objects::HostedStore& hosted() override { return store_; }

  private:
    MemoryStore store_{clock};
};

const auto memory =
    ::testing::Values(StoreUnderTest{"memory", [] { return std::make_unique<MemoryFixture>(); }});

INSTANTIATE_TEST_SUITE_P(Memory, ObjectStoreConformance, memory);
INSTANTIATE_TEST_SUITE_P(Memory, MultipartConformance, memory);
INSTANTIATE_TEST_SUITE_P(Memory, HostedConformance, memory);

}  // namespace
}  // namespace slipway::test
