// SPDX-License-Identifier: Apache-2.0
#include "server/upload_service.h"

#include "base/log.h"
#include "http/problem.h"
#include "server/cors.h"

#include <utility>

namespace slipway::server {

UploadService::UploadService(objects::ObjectStore& store,
                             catalog::Catalog& catalog,
                             const Presigner& presigner,
                             Settings settings,
                             const Clock& clock,
                             ForwardMemory& memory)
    : settings_(std::move(settings)),
      parts_{store, catalog, presigner, settings_, clock, memory},
      auth_(settings_),
      page_(settings_, auth_, page_assets()) {
    using http::Method;
    add(Method::post, "/api/files/upload", upload_files);
    add(Method::post, "/api/files/confirm_uploads", confirm_uploads);
    add(Method::post, "/api/files/confirm_upload", confirm_upload);
    add(Method::get, "/api/files", list_files);
    add(Method::get, "/api/files/{id}", stat_file);
    add(Method::delete_, "/api/files/{id}", delete_file);
    add(Method::get, "/api/files/{id}/download", download_file);
    add(Method::post, "/api/uploads", upload_form);
    add(Method::put, "/api/uploads/{category}/{type}", put_upload);
    add(Method::get, "/api/settings", show_settings);
    add(Method::get, "/healthz", healthz, true);
    add(Method::get, "/readyz", readyz, true);
}

void UploadService::add(http::Method method, std::string_view pattern, Route route, bool open) {
    router_.add(method, pattern);
    entries_.push_back(Entry{route, open});
}

Async<http::Response> UploadService::handle(const http::Request& request, BodyReader& body) {
    Result<http::Response> answer = co_await dispatch(request, body);
    http::Response response = answer ? *std::move(answer) : to_problem(request, answer.error());
    share_with_origin(request, settings_, response);
    co_return response;
}

http::Response UploadService::to_problem(const http::Request& request, const Error& error) const {
    http::Response response = http::problem(error);
    if (response.status == 401) {
        response.headers.add("WWW-Authenticate", "Bearer");
    }
    if (response.status == 405) {
        response.headers.add("Allow", router_.allowed(request.path()));
    }
    if (response.status >= 500) {
        log::warn("{} {} ({}): {}", http::to_string(request.method), request.path(), request.id,
                  error.message);
    }
    return response;
}

Task<http::Response> UploadService::dispatch(const http::Request& request, BodyReader& body) {
    SLIPWAY_CO_CHECK(check_host(request, settings_));
    if (auto preflight = answer_preflight(request, settings_)) {
        co_return *std::move(preflight);
    }
    const Time now = parts_.clock.now();
    if (auto page = page_.answer(request, now)) {
        co_return *std::move(page);
    }
    SLIPWAY_CO_TRY(match, router_.find(request.method, request.path()));
    const Entry& entry = entries_[match.route];
    Call call{request, body, std::move(match.parameters), std::string()};
    if (!entry.open) {
        SLIPWAY_CO_TRY(user, auth_.authenticate(request, now));
        call.user = std::move(user);
    }
    co_return co_await entry.route(parts_, call);
}

}  // namespace slipway::server
