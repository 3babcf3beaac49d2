// SPDX-License-Identifier: Apache-2.0
#include "gateway/copy_source.h"

#include "codec/percent.h"
#include "s3/errors.h"
#include "s3/names.h"

#include <string_view>

namespace slipway::gateway {
namespace {

tl::unexpected<Error> bad_source(std::string_view why) {
    return s3::s3_fail(
        "InvalidArgument",
        std::string("Copy Source must mention the source bucket and key: sourcebucket/sourcekey. ")
            .append(why));
}

}  // namespace

Result<CopySource> read_copy_source(const Call& call) {
    std::string_view text = call.header("x-amz-copy-source");
    constexpr std::string_view version = "?versionId=";
    if (const auto mark = text.rfind(version); mark != std::string_view::npos) {
        if (text.substr(mark + version.size()) != "null") {
            return s3::s3_fail("NoSuchVersion");
        }
        text = text.substr(0, mark);
    }
    auto decoded = codec::form_decode(text);  // a '+' is a space to S3
    if (!decoded) {
        return bad_source(decoded.error().message);
    }
    std::string_view path = *decoded;
    if (path.starts_with('/')) {
        path.remove_prefix(1);
    }
    const auto slash = path.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == path.size()) {
        return bad_source({});
    }
    CopySource source{std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
    SLIPWAY_CHECK(s3::check_bucket_name(source.bucket));
    SLIPWAY_CHECK(s3::check_object_key(source.key));
    return source;
}

}  // namespace slipway::gateway
