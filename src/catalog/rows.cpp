// SPDX-License-Identifier: Apache-2.0
#include "catalog/rows.h"

#include "catalog/file_names.h"

namespace slipway::catalog {

std::int64_t to_column(Time time) {
    return time.time_since_epoch().count();
}

Time to_time(std::int64_t column) {
    return Time(Time::duration(column));
}

Upload read_upload(const sqlite::Statement& row) {
    Upload upload;
    upload.id = std::string(row.bytes(0));
    upload.s3_key = std::string(row.bytes(1));
    upload.user = std::string(user_of(upload.s3_key));
    upload.file_size = static_cast<std::uint64_t>(row.integer(2));
    upload.content_type = std::string(row.bytes(3));
    upload.tier = std::string(row.bytes(4));
    upload.checksum = std::string(row.bytes(5));
    upload.expires_at = to_time(row.integer(6));
    return upload;
}

File read_file(const sqlite::Statement& row) {
    File file;
    file.id = std::string(row.bytes(0));
    file.s3_key = std::string(row.bytes(1));
    file.user = std::string(user_of(file.s3_key));
    file.file_size = static_cast<std::uint64_t>(row.integer(2));
    file.content_type = std::string(row.bytes(3));
    file.tier = std::string(row.bytes(4));
    file.checksum = std::string(row.bytes(5));
    file.etag = std::string(row.bytes(6));
    file.uploaded_at = to_time(row.integer(7));
    return file;
}

}  // namespace slipway::catalog
