// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/router.h"
#include "server/auth.h"
#include "server/page_handler.h"
#include "server/routes.h"

#include <cstddef>
#include <vector>

namespace slipway::server {

/// What a run of the reaper did.
struct ReapReport {
    std::size_t uploads = 0;  ///< forgotten, their objects deleted
    std::size_t failed = 0;   ///< left for a later run
};

/// The upload API, the page and the probes as one handler. Any I/O thread.
///
/// At the border, in this order: host, route, who asks, then the route itself, which reads the
/// body.
class UploadService final : public http::Handler {
  public:
    /// What is passed by reference must outlive the service.
    UploadService(objects::ObjectStore& store,
                  catalog::Catalog& catalog,
                  const Presigner& presigner,
                  Settings settings,
                  const Clock& clock,
                  ForwardMemory& memory);

    Async<http::Response> handle(const http::Request& request, BodyReader& body) override;

    /// Deletes what was uploaded but not confirmed in time, and forgets it, in batches, until
    /// nothing is left or limits::reaper_batches_max are done. Call it every
    /// limits::reaper_interval.
    Task<ReapReport> reap();

  private:
    using Route = Task<http::Response> (*)(const Parts&, Call&);
    struct Entry {
        Route route;
        bool open;  ///< to anybody
    };

    void add(http::Method method, std::string_view pattern, Route route, bool open = false);
    Task<http::Response> dispatch(const http::Request& request, BodyReader& body);
    http::Response to_problem(const http::Request& request, const Error& error) const;
    Task<ReapReport> reap_batch();

    const Settings settings_;
    const Parts parts_;
    const Authenticator auth_;
    const PageHandler page_;
    http::Router router_;
    std::vector<Entry> entries_;  // by the router's numbers
};

}  // namespace slipway::server
