// SPDX-License-Identifier: Apache-2.0
#include "conformance/object_store_conformance.h"
#include "support/memory_store.h"

namespace slipway::test {
namespace {

class MemoryFixture final : public StoreFixture {
  public:
    objects::ObjectStore& store() override { return store_; }

  private:
    SystemClock clock_;
    MemoryStore store_{clock_};
};

INSTANTIATE_TEST_SUITE_P(Memory,
                         ObjectStoreConformance,
                         ::testing::Values(StoreUnderTest{
                             "memory", [] { return std::make_unique<MemoryFixture>(); }}));

}  // namespace
}  // namespace slipway::test
