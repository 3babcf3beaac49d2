// SPDX-License-Identifier: Apache-2.0
#include "catalog/sqlite_catalog.h"
#include "conformance/catalog_conformance.h"
#include "support/temporary_directory.h"

namespace slipway::test {
namespace {

class SqliteFixture final : public CatalogFixture {
  public:
    SqliteFixture() { reopen(); }
    catalog::Catalog& catalog() override { return *catalog_; }
    void reopen() override {
        catalog_.reset();
        catalog_ = catalog::SqliteCatalog::open(directory_.path() + "/catalog.db").value();
    }

  private:
    TemporaryDirectory directory_;
    std::unique_ptr<catalog::SqliteCatalog> catalog_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite,
                         CatalogConformance,
                         ::testing::Values(CatalogUnderTest{
                             "sqlite", [] { return std::make_unique<SqliteFixture>(); }}));

}  // namespace
}  // namespace slipway::test
