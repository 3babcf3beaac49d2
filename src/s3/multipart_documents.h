// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/clock.h"
#include "s3/owner.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The XML documents of multipart uploads, each with its writer and its parser.
namespace slipway::s3 {

// --- CreateMultipartUpload -----------------------------------------------------------------------

struct CreateMultipartResult {
    std::string bucket;
    std::string key;
    std::string upload_id;
    friend bool operator==(const CreateMultipartResult&, const CreateMultipartResult&) = default;
};

std::string create_multipart_xml(const CreateMultipartResult& result);
/// Errors: invalid_argument `MalformedXML`, also for a document without an UploadId.
Result<CreateMultipartResult> parse_create_multipart(std::string_view body);

// --- CompleteMultipartUpload ---------------------------------------------------------------------

/// A part in the body of CompleteMultipartUpload or the answer of ListParts.
struct ListedPart {
    unsigned number = 0;
    std::string etag;                ///< without quotes
    std::string checksum_algorithm;  ///< "CRC32C"; empty: none
    std::string checksum_value;      ///< base64
    std::uint64_t size = 0;          ///< ListParts only
    Time last_modified{};            ///< ListParts only
    friend bool operator==(const ListedPart&, const ListedPart&) = default;
};

std::string complete_multipart_request_xml(const std::vector<ListedPart>& parts);
/// Errors: invalid_argument `MalformedXML`, also for no part or more than parts_max, and for a part
/// without number or ETag.
Result<std::vector<ListedPart>> parse_complete_multipart_request(std::string_view body);

struct CompleteMultipartResult {
    std::string location;
    std::string bucket;
    std::string key;
    std::string etag;                ///< without quotes
    std::string checksum_algorithm;  ///< "CRC64NVME"; empty: none
    std::string checksum_value;      ///< base64
    std::string checksum_type;       ///< "FULL_OBJECT", "COMPOSITE"
    friend bool operator==(const CompleteMultipartResult&,
                           const CompleteMultipartResult&) = default;
};

std::string complete_multipart_xml(const CompleteMultipartResult& result);
/// May answer 200, white space while it takes its time, and then an Error document: that is the
/// Error returned.
Result<CompleteMultipartResult> parse_complete_multipart(std::string_view body);

// --- UploadPartCopy ------------------------------------------------------------------------------

struct CopyPartResult {
    std::string etag;  ///< without quotes
    Time last_modified{};
    std::string checksum_algorithm;  ///< "CRC64NVME"; empty: none
    std::string checksum_value;      ///< base64
    friend bool operator==(const CopyPartResult&, const CopyPartResult&) = default;
};

std::string copy_part_xml(const CopyPartResult& result);

// --- ListParts -----------------------------------------------------------------------------------

struct ListPartsResult {
    std::string bucket;
    std::string key;
    std::string upload_id;
    unsigned number_marker = 0;
    unsigned next_number_marker = 0;
    unsigned parts_max = 1000;
    bool truncated = false;
    std::vector<ListedPart> parts;
    std::string storage_class = "STANDARD";
    bool url_encoded = false;  ///< the key is
    /// Set: shown as Owner and Initiator.
    Owner owner;
    std::string checksum_algorithm;  ///< "CRC32C"; empty: none was asked for
    std::string checksum_type;       ///< "FULL_OBJECT", "COMPOSITE"
    friend bool operator==(const ListPartsResult&, const ListPartsResult&) = default;
};

std::string list_parts_xml(const ListPartsResult& result);
Result<ListPartsResult> parse_list_parts(std::string_view body);

// --- ListMultipartUploads ------------------------------------------------------------------------

struct ListedUpload {
    std::string key;
    std::string upload_id;
    std::string storage_class = "STANDARD";
    Time initiated{};
    std::string checksum_algorithm = {};  ///< "CRC32C"; empty: none was asked for
    std::string checksum_type = {};       ///< "FULL_OBJECT", "COMPOSITE"
    friend bool operator==(const ListedUpload&, const ListedUpload&) = default;
};

/// Texts are plain here; with `url_encoded` keys, prefix and key markers are percent-encoded in the
/// document.
struct ListMultipartUploadsResult {
    std::string bucket;
    std::string prefix;
    std::string delimiter;
    std::string key_marker;
    std::string upload_id_marker;
    std::string next_key_marker;
    std::string next_upload_id_marker;
    unsigned uploads_max = 1000;
    bool url_encoded = false;
    bool truncated = false;
    std::vector<ListedUpload> uploads;
    std::vector<std::string> common_prefixes;
    /// Set: shown as Owner and Initiator of each.
    Owner owner;
    friend bool operator==(const ListMultipartUploadsResult&,
                           const ListMultipartUploadsResult&) = default;
};

std::string list_multipart_uploads_xml(const ListMultipartUploadsResult& result);
Result<ListMultipartUploadsResult> parse_list_multipart_uploads(std::string_view body);

}  // namespace slipway::s3
