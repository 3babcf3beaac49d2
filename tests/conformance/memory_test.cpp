// SPDX-License-Identifier: Apache-2.0
#include "conformance/multipart_conformance.h"
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

const auto memory =
    ::testing::Values(StoreUnderTest{"memory", [] { return std::make_unique<MemoryFixture>(); }});

INSTANTIATE_TEST_SUITE_P(Memory, ObjectStoreConformance, memory);
INSTANTIATE_TEST_SUITE_P(Memory, MultipartConformance, memory);

}  // namespace
}  // namespace slipway::test
