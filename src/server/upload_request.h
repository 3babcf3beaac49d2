// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/catalog.h"
#include "server/settings.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::server {

/// One file of an upload request: what is to be reserved, or why it can never work.
struct UploadItem {
    /// As the client wrote it; empty where it wrote none.
    std::string file_name;
    Result<catalog::NewUpload> upload;
};

struct UploadRequest {
    /// One bare object instead of {"files": [...]}.
    bool single = false;
    std::vector<UploadItem> items;
};

/// Reads the body of POST /api/files/upload/. Pure.
///
/// What is wrong with one file is that item's error; what is wrong with the request as a whole
/// (not JSON, no or too many files) fails it.
/// Errors: invalid_argument `invalid_json`, `invalid_request`; too_large `too_many_files`.
Result<UploadRequest> parse_upload_request(std::string_view body,
                                           std::string_view user,
                                           const Settings& settings,
                                           Time expires_at);

/// Reads {"s3_keys": [...]} of POST /api/files/confirm_uploads/.
/// Errors: as above.
Result<std::vector<std::string>> parse_confirm_batch(std::string_view body,
                                                     const Settings& settings);

/// Reads {"s3_key": "..."} of POST /api/files/confirm_upload/.
Result<std::string> parse_confirm_single(std::string_view body);

/// Whether a user may store a file of this name: a relative path of at most
/// `limits::key_bytes_max` bytes with the user's name before it.
/// Errors: invalid_argument `invalid_file_name`, saying which rule it breaks.
Result<> check_file_name(std::string_view user, std::string_view file_name);

}  // namespace slipway::server
