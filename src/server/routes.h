// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "catalog/catalog.h"
#include "http/message.h"
#include "objects/object_store.h"
#include "server/presigner.h"
#include "server/settings.h"
#include "task/forward_memory.h"

#include <string>
#include <vector>

namespace slipway::server {

/// What every route works with. Owned by the composition root, shared by all I/O threads.
struct Parts {
    objects::ObjectStore& store;
    catalog::Catalog& catalog;
    const Presigner& presigner;
    const Settings& settings;
    const Clock& clock;
    /// For files that pass through, where the store takes no streams.
    ForwardMemory& memory;
};

/// One request that was let in.
struct Call {
    const http::Request& request;
    BodyReader& body;
    /// The path's segments in braces, decoded.
    std::vector<std::string> parameters;
    /// Who asks; empty on routes that are open to all.
    std::string user;
};

// A route answers a Response or the Error that becomes a problem document. One file each.

Task<http::Response> upload_files(const Parts& parts, Call& call);  // upload_handler.cpp
Task<http::Response> upload_form(const Parts& parts, Call& call);   // form_handler.cpp
Task<http::Response> put_upload(const Parts& parts, Call& call);
Task<http::Response> confirm_uploads(const Parts& parts, Call& call);  // confirm_handler.cpp
Task<http::Response> confirm_upload(const Parts& parts, Call& call);
Task<http::Response> list_files(const Parts& parts, Call& call);  // files_handler.cpp
Task<http::Response> stat_file(const Parts& parts, Call& call);
Task<http::Response> download_file(const Parts& parts, Call& call);
Task<http::Response> delete_file(const Parts& parts, Call& call);
Task<http::Response> show_settings(const Parts& parts, Call& call);  // settings_handler.cpp
Task<http::Response> healthz(const Parts& parts, Call& call);        // health_handler.cpp
Task<http::Response> readyz(const Parts& parts, Call& call);

/// 200 with a JSON document that nobody may cache.
http::Response json_response(std::string text);

}  // namespace slipway::server
