// SPDX-License-Identifier: Apache-2.0
#include "server/proof.h"

#include "http/headers.h"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace slipway::server {
namespace {

/// "crc64nvme:<base64>", as the catalog writes checksums; empty when the store has none.
std::string text_of(const std::optional<objects::Checksum>& checksum) {
    if (!checksum) {
        return std::string();
    }
    return http::lower_case(objects::to_string(checksum->algorithm)) + ":" + checksum->value;
}

tl::unexpected<Error> differs(std::string_view code, std::string words) {
    return fail(ErrorKind::corrupted, std::move(words), std::string(code));
}

}  // namespace

Result<catalog::File> prove(const catalog::Upload& upload,
                            const objects::ObjectInfo& found,
                            const Settings& settings) {
    if (found.size != upload.file_size) {
        return differs("size_differs",
                       fmt::format("the stored object has {} bytes, {} were declared", found.size,
                                   upload.file_size));
    }
    const Tier* tier = settings.find_tier(upload.tier);
    const std::string& wanted_class = tier != nullptr ? tier->storage_class : upload.tier;
    if (found.attributes.storage_class != wanted_class) {
        return differs("class_differs",
                       fmt::format("the stored object is in class {}, the tier {} stands for {}",
                                   found.attributes.storage_class, upload.tier, wanted_class));
    }
    std::string checksum = text_of(found.checksum);
    if (!upload.checksum.empty() && checksum != upload.checksum) {
        return differs(
            "checksum_differs",
            fmt::format("the stored object's checksum is {}, {} was declared",
                        checksum.empty() ? "unknown to the store" : checksum, upload.checksum));
    }
    catalog::File file;
    file.id = upload.id;
    file.s3_key = upload.s3_key;
    file.user = upload.user;
    file.file_size = upload.file_size;
    file.content_type = upload.content_type;
    file.tier = upload.tier;
    file.checksum = std::move(checksum);
    file.etag = found.etag;
    file.uploaded_at = found.last_modified;
    return file;
}

bool is_replaced_object(const catalog::Pending& pending, const objects::ObjectInfo& found) {
    return pending.upload && pending.file && pending.upload->checksum.empty() &&
           found.etag == pending.file->etag && found.last_modified == pending.file->uploaded_at;
}

Result<catalog::File> prove_again(const catalog::File& file, const objects::ObjectInfo& found) {
    if (found.size != file.file_size || (!file.etag.empty() && found.etag != file.etag)) {
        return differs("object_changed",
                       fmt::format("the stored object is not the one that was confirmed: it has {} "
                                   "bytes and the ETag {}",
                                   found.size, found.etag));
    }
    return file;
}

}  // namespace slipway::server
