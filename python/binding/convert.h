// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/s3.h"

#include "operation.h"
#include "upload_job.h"

#include <nanobind/nanobind.h>

/// Values of ours as Python's, and back. All with the GIL held.
namespace slipway::python {

/// (kind, message, code, status, request_id, retry_after_seconds)
nanobind::tuple to_python(const Error& error);
/// (key, skipped, error or None, size, etag, checksum, attempts)
nanobind::tuple to_python(const Outcome& outcome);
/// (id, item, offset or None, size)
nanobind::tuple to_python(const Read& read);
nanobind::dict to_python(const UploadProgress& progress);
nanobind::object to_python(const Value& value);

/// Of "content_type", "metadata" and so on, texts and dictionaries of texts. What has another name
/// is left to the caller to refuse.
ObjectHeaders to_headers(const nanobind::dict& headers);

}  // namespace slipway::python
