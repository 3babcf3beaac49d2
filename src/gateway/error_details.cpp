// SPDX-License-Identifier: Apache-2.0
#include "gateway/error_details.h"

#include "codec/time.h"
#include "s3/limits.h"

#include <chrono>

namespace slipway::gateway {

std::vector<std::pair<std::string, std::string>> error_details(const Error& error,
                                                               const http::Request& request,
                                                               const s3::S3Target& target,
                                                               const s3::Claim& claim,
                                                               const GatewayOptions& options,
                                                               Time now) {
    const std::string& code = error.code;
    if (code == "NoSuchBucket" || code == "BucketNotEmpty" || code == "BucketAlreadyOwnedByYou" ||
        code == "InvalidBucketName") {
        return {{"BucketName", target.bucket}};
    }
    if (code == "NoSuchKey") {
        return {{"Key", target.key}};
    }
    if (code == "NoSuchUpload") {
        return {{"UploadId", std::string(target.get("uploadId"))}};
    }
    if (code == "InvalidRange") {
        return {{"RangeRequested", std::string(request.headers.get("range"))}};
    }
    if (code == "InvalidAccessKeyId") {
        return {{"AWSAccessKeyId", claim.access_key_id}};
    }
    if (code == "RequestTimeTooSkewed") {
        const auto skew = std::chrono::milliseconds(s3::clock_skew_max).count();
        return {{"RequestTime", codec::amz_date(claim.date)},
                {"ServerTime", codec::iso8601_seconds(now)},
                {"MaxAllowedSkewMilliseconds", std::to_string(skew)}};
    }
    if (code == "AccessDenied" && claim.version_2 && now >= claim.date) {
        return {{"Expires", codec::iso8601_seconds(claim.date)},
                {"ServerTime", codec::iso8601_seconds(now)}};
    }
    if (code == "AccessDenied" && claim.presigned && now >= claim.date + claim.expires_in) {
        return {{"X-Amz-Expires", std::to_string(claim.expires_in.count())},
                {"Expires", codec::iso8601_seconds(claim.date + claim.expires_in)},
                {"ServerTime", codec::iso8601_seconds(now)}};
    }
    if (!claim.scope.region.empty() && claim.scope.region != options.region) {
        return {{"Region", options.region}};
    }
    return {};
}

}  // namespace slipway::gateway
