// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "s3/documents.h"
#include "s3/multipart_documents.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Documents of S3 about objects that only a gateway needs: what it answers, and what it reads.
namespace slipway::s3 {

// --- ListObjectVersions --------------------------------------------------------------------------

/// A page of the versions of a bucket that never had versioning: every object as its version
/// "null". Texts as in ListObjectsResult.
struct ListVersionsResult {
    std::string bucket;
    std::string prefix;
    std::string delimiter;
    std::string key_marker;
    std::string version_id_marker;
    std::string next_key_marker;
    std::string next_version_id_marker;
    unsigned keys_max = 1000;
    bool url_encoded = false;
    bool truncated = false;
    Owner owner;
    std::vector<ListedObject> versions;
    std::vector<std::string> common_prefixes;
};

std::string list_versions_xml(const ListVersionsResult& result);

// --- GetObjectAttributes -------------------------------------------------------------------------

/// The parts an object was completed from.
struct AttributeParts {
    unsigned total = 0;
    unsigned number_marker = 0;
    unsigned next_number_marker = 0;
    unsigned parts_max = 1000;
    bool truncated = false;
    std::vector<ListedPart> parts;  ///< ETags are not shown
};

/// What was asked for and is known; empty and nothing: not shown.
struct AttributesResult {
    std::string etag;                ///< without quotes, here and in the document
    std::string checksum_algorithm;  ///< "CRC64NVME"
    std::string checksum_value;      ///< base64
    std::optional<AttributeParts> parts;
    std::string storage_class;
    std::optional<std::uint64_t> size;
};

std::string attributes_xml(const AttributesResult& result);

// --- RestoreObject -------------------------------------------------------------------------------

/// How long a copy of an archived object is to be readable.
struct RestoreRequest {
    unsigned days = 1;
    std::string tier;  ///< "Standard", "Bulk", "Expedited"; empty: not said
};

/// Errors: invalid_argument `MalformedXML`, `InvalidArgument` for the days; unsupported
/// `NotImplemented` for a query over the archive (Type SELECT).
Result<RestoreRequest> parse_restore_request(std::string_view body);

// --- PutBucketVersioning -------------------------------------------------------------------------

/// The Status asked for: "Enabled" or "Suspended".
/// Errors: invalid_argument `MalformedXML`, `IllegalVersioningConfigurationException`.
Result<std::string> parse_versioning(std::string_view body);

}  // namespace slipway::s3
