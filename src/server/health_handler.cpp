// SPDX-License-Identifier: Apache-2.0
#include "server/routes.h"

namespace slipway::server {
namespace {

http::Response ok() {
    http::Response response;
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    response.headers.add("Cache-Control", "no-store");
    response.body = std::string("ok\n");
    return response;
}

}  // namespace

/// The process answers. It asks nobody: a store that is away is no reason to be restarted.
Task<http::Response> healthz(const Parts&, Call&) {
    co_return ok();
}

/// Catalog and store answer: send requests here.
Task<http::Response> readyz(const Parts& parts, Call&) {
    const auto catalog = co_await parts.catalog.check();
    if (!catalog) {
        co_return fail(ErrorKind::unavailable, "the catalog: " + catalog.error().message);
    }
    const auto bucket = co_await parts.store.head_bucket(parts.settings.bucket);
    if (!bucket) {
        co_return fail(ErrorKind::unavailable, "the store: " + bucket.error().message);
    }
    co_return ok();
}

}  // namespace slipway::server
