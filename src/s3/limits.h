// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/limits.h"

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Limits of the S3 protocol, as Amazon documents them ("Amazon S3 endpoints and quotas", checked
/// 2026-11). Limits of ours are in base/limits.h.
namespace slipway::s3 {

inline constexpr std::size_t bucket_name_bytes_min = 3;
inline constexpr std::size_t bucket_name_bytes_max = 63;
/// UTF-8 bytes of a key.
inline constexpr std::size_t key_bytes_max = limits::key_bytes_max;

/// One PUT; also what one part of a multipart upload may be.
inline constexpr std::uint64_t single_put_bytes_max = 5ULL << 30;
/// 50 TB, which Amazon counts as 48.8 TiB.
inline constexpr std::uint64_t object_bytes_max = 48ULL * (1ULL << 40) + 8ULL * (1ULL << 40) / 10;
inline constexpr std::uint64_t part_bytes_min = 5ULL << 20;
inline constexpr unsigned parts_max = 10'000;
/// Names and values of x-amz-meta-* together, names counted without the prefix.
inline constexpr std::size_t user_metadata_bytes_max = 2 * 1024;

inline constexpr auto presign_expiry_max = std::chrono::seconds(std::chrono::hours(24 * 7));
/// How far the date of a signature may be from ours.
inline constexpr auto clock_skew_max = std::chrono::minutes(15);

/// A chunk's head, or a trailing header, of an aws-chunked body; and all of the latter together.
inline constexpr std::size_t aws_chunked_line_bytes_max = 1024;
inline constexpr std::size_t aws_chunked_trailer_bytes_max = 4 * 1024;

inline constexpr std::size_t delete_objects_max = 1000;
inline constexpr unsigned list_keys_max = 1000;
inline constexpr unsigned list_parts_max = 1000;
inline constexpr unsigned list_uploads_max = 1000;
inline constexpr unsigned list_buckets_max = 10'000;
/// Body of DeleteObjects.
inline constexpr std::size_t delete_document_bytes_max = 2 * 1024 * 1024;
/// Of one bucket's lifecycle: rules, bytes of a rule's ID, and days that fit S3's own counter.
inline constexpr std::size_t lifecycle_rules_max = 1000;
inline constexpr std::size_t lifecycle_id_bytes_max = 255;
inline constexpr std::int64_t lifecycle_days_max = 2'147'483'647;
/// Body of CompleteMultipartUpload: parts_max times number, ETag and the longest checksum.
inline constexpr std::size_t complete_document_bytes_max = 4 * 1024 * 1024;
/// Body of CreateBucket, and other small documents.
inline constexpr std::size_t small_document_bytes_max = 16 * 1024;

/// Tags of an object: how many, and the characters (not bytes) of each.
inline constexpr std::size_t object_tags_max = 10;
inline constexpr std::size_t tag_key_characters_max = 128;
inline constexpr std::size_t tag_value_characters_max = 256;

/// Of a RestoreRequest.
inline constexpr unsigned restore_days_max = 36'500;

inline constexpr std::size_t acl_grants_max = 100;

/// A browser's form: its fields in front of the file, together and by number; names count as well.
inline constexpr std::size_t post_fields_bytes_max = 20 * 1024;
inline constexpr std::size_t post_fields_max = 100;
/// What is decoded of a form's policy.
inline constexpr std::size_t post_policy_depth_max = 4;
inline constexpr std::size_t post_policy_conditions_max = 200;

inline constexpr std::size_t cors_rules_max = 100;
inline constexpr std::size_t cors_document_bytes_max = 64 * 1024;
inline constexpr std::size_t cors_rule_id_characters_max = 255;
inline constexpr std::size_t bucket_tags_max = 50;
inline constexpr std::size_t bucket_tagging_bytes_max = 128 * 1024;
/// lifecycle_rules_max rules, with their names and filters.
inline constexpr std::size_t lifecycle_document_bytes_max = 1024 * 1024;

/// A file with the keys of a store.
inline constexpr std::size_t keys_file_bytes_max = 4 * 1024 * 1024;
inline constexpr std::size_t keys_file_keys_max = 10'000;
inline constexpr std::size_t key_buckets_max = 1'000;

/// A text in a line of the request log; and the lines that a slow disk has not taken yet: what
/// comes beyond is dropped.
inline constexpr std::size_t request_log_text_bytes_max = 1024;
inline constexpr std::size_t request_log_kept_bytes_max = 4 * 1024 * 1024;

}  // namespace slipway::s3
