// SPDX-License-Identifier: Apache-2.0
#include "s3/errors.h"

#include "codec/xml.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace slipway::s3 {
namespace {

using enum ErrorKind;

// Codes, statuses and words of "Error responses" in the Amazon S3 API reference (checked 2026-11).
constexpr auto table = std::to_array<ErrorCode>({
    {"AccessControlListNotSupported", 400, "The bucket does not allow ACLs", invalid_argument},
    {"AccessDenied", 403, "Access Denied", permission_denied},
    {"AccessForbidden", 403, "CORSResponse: This CORS request is not allowed.", permission_denied},
    {"AccountProblem", 403, "There is a problem with your account.", permission_denied},
    {"AllAccessDisabled", 403, "All access to this resource has been disabled.", permission_denied},
    {"AuthorizationHeaderMalformed", 400, "The authorization header you provided is not valid.",
     unauthenticated},
    {"AuthorizationQueryParametersError", 400,
     "The authorization query parameters that you provided are not valid.", unauthenticated},
    {"BadDigest", 400,
     "The Content-MD5 or checksum value that you specified did not match what the server received.",
     corrupted},
    {"BadRequest", 400, "Bad Request", invalid_argument},
    {"BucketAlreadyExists", 409,
     "The requested bucket name is not available. The bucket namespace is shared by all users of "
     "the system. Please select a different name and try again.",
     already_exists},
    {"BucketAlreadyOwnedByYou", 409,
     "Your previous request to create the named bucket succeeded and you already own it.",
     already_exists},
    {"BucketNotEmpty", 409, "The bucket you tried to delete is not empty.", precondition_failed},
    {"ConditionalRequestConflict", 409,
     "A conflicting operation occurred during the request. Please try again.", unavailable},
    {"EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed object size.",
     too_large},
    {"EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed object size.",
     invalid_argument},
    {"ExpiredToken", 400, "The provided token has expired.", unauthenticated},
    {"IllegalLocationConstraintException", 400,
     "The specified location constraint is not valid for this endpoint.", invalid_argument},
    {"IllegalVersioningConfigurationException", 400,
     "The versioning configuration specified in the request is invalid.", invalid_argument},
    {"IncompleteBody", 400,
     "You did not provide the number of bytes specified by the Content-Length HTTP header.",
     invalid_argument},
    {"InternalError", 500, "We encountered an internal error. Please try again.", internal},
    {"InvalidAccessKeyId", 403,
     "The AWS access key ID that you provided does not exist in our records.", unauthenticated},
    {"InvalidArgument", 400, "Invalid Argument", invalid_argument},
    {"InvalidBucketAclWithObjectOwnership", 400,
     "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
     invalid_argument},
    {"InvalidBucketName", 400, "The specified bucket is not valid.", invalid_argument},
    {"InvalidDigest", 400, "The Content-MD5 or checksum value that you specified is not valid.",
     invalid_argument},
    {"InvalidLocationConstraint", 400, "The specified location constraint is not valid.",
     invalid_argument},
    {"InvalidObjectState", 403, "The operation is not valid for the current state of the object.",
     precondition_failed},
    {"InvalidPart", 400, "One or more of the specified parts could not be found.",
     invalid_argument},
    {"InvalidPartNumber", 416, "The requested partnumber is not satisfiable", invalid_argument},
    {"InvalidPartOrder", 400,
     "The list of parts was not in ascending order. The parts list must be specified in order by "
     "part number.",
     invalid_argument},
    {"InvalidPolicyDocument", 400,
     "The content of the form does not meet the conditions specified in the policy document.",
     invalid_argument},
    {"InvalidRange", 416, "The requested range is not satisfiable", invalid_argument},
    {"InvalidRequest", 400, "Invalid Request", invalid_argument},
    {"InvalidSecurity", 403, "The provided security credentials are not valid.", unauthenticated},
    {"InvalidStorageClass", 400, "The storage class you specified is not valid.", invalid_argument},
    {"InvalidTag", 400, "The tag provided was not a valid tag.", invalid_argument},
    {"InvalidToken", 400, "The provided token is malformed or otherwise not valid.",
     unauthenticated},
    {"InvalidURI", 400, "Couldn't parse the specified URI.", invalid_argument},
    {"KeyTooLongError", 400, "Your key is too long", invalid_argument},
    {"MalformedACLError", 400,
     "The XML you provided was not well-formed or did not validate against our published schema",
     invalid_argument},
    {"MalformedPOSTRequest", 400,
     "The body of your POST request is not well-formed multipart/form-data.", invalid_argument},
    {"MalformedXML", 400,
     "The XML you provided was not well-formed or did not validate against our published schema",
     invalid_argument},
    {"MaxMessageLengthExceeded", 400, "Your request was too large.", too_large},
    {"MaxPostPreDataLengthExceededError", 400,
     "Your POST request fields preceding the upload file were too large.", too_large},
    {"MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size",
     too_large},
    {"MethodNotAllowed", 405, "The specified method is not allowed against this resource.",
     unsupported},
    {"MissingContentLength", 411, "You must provide the Content-Length HTTP header.",
     invalid_argument},
    {"MissingRequestBodyError", 400, "Request body is empty.", invalid_argument},
    {"MissingSecurityHeader", 400, "Your request was missing a required header", invalid_argument},
    {"NoSuchBucket", 404, "The specified bucket does not exist", not_found},
    {"NoSuchBucketPolicy", 404, "The bucket policy does not exist", not_found},
    {"NoSuchCORSConfiguration", 404, "The CORS configuration does not exist", not_found},
    {"NoSuchKey", 404, "The specified key does not exist.", not_found},
    {"NoSuchLifecycleConfiguration", 404, "The lifecycle configuration does not exist", not_found},
    {"NoSuchPublicAccessBlockConfiguration", 404,
     "The public access block configuration was not found", not_found},
    {"NoSuchTagSet", 404, "The TagSet does not exist", not_found},
    {"NoSuchUpload", 404,
     "The specified multipart upload does not exist. The upload ID might not be valid, or the "
     "multipart upload might have been aborted or completed.",
     not_found},
    {"NoSuchVersion", 404, "The specified version does not exist.", not_found},
    {"NoSuchWebsiteConfiguration", 404,
     "The specified bucket does not have a website configuration", not_found},
    {"NotImplemented", 501,
     "A header or query you provided implies functionality that is not implemented.", unsupported},
    {"NotModified", 304, "Not Modified", precondition_failed},
    {"ObjectLockConfigurationNotFoundError", 404,
     "Object Lock configuration does not exist for this bucket", not_found},
    {"OperationAborted", 409,
     "A conflicting conditional operation is currently in progress against this resource. Please "
     "try again.",
     unavailable},
    {"OwnershipControlsNotFoundError", 404, "The bucket ownership controls were not found",
     not_found},
    {"PermanentRedirect", 301,
     "The bucket you are attempting to access must be addressed using the specified endpoint.",
     invalid_argument},
    {"PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold",
     precondition_failed},
    {"QuotaExceeded", 507, "The store has no space left for this object.", no_space},
    {"ReplicationConfigurationNotFoundError", 404, "The replication configuration was not found",
     not_found},
    {"RequestTimeTooSkewed", 403,
     "The difference between the request time and the current time is too large.", unauthenticated},
    {"RequestTimeout", 400,
     "Your socket connection to the server was not read from or written to within the timeout "
     "period.",
     timeout},
    {"RestoreAlreadyInProgress", 409, "Object restore is already in progress.",
     precondition_failed},
    {"ServerSideEncryptionConfigurationNotFoundError", 404,
     "The server side encryption configuration was not found", not_found},
    {"ServiceUnavailable", 503, "Service is unable to handle request.", unavailable},
    {"SignatureDoesNotMatch", 403,
     "The request signature we calculated does not match the signature you provided. Check your "
     "key and signing method.",
     unauthenticated},
    {"SlowDown", 503, "Please reduce your request rate.", throttled},
    {"TemporaryRedirect", 307, "You are being redirected to the bucket while DNS updates.",
     unavailable},
    {"TokenRefreshRequired", 400, "The provided token must be refreshed.", unauthenticated},
    {"TooManyBuckets", 400, "You have attempted to create more buckets than allowed.", too_large},
    {"UnexpectedContent", 400, "This request contains unsupported content.", invalid_argument},
    {"UnresolvableGrantByEmailAddress", 400,
     "The e-mail address you provided does not match any account on record.", invalid_argument},
    // MinIO's word for BadDigest where it is a checksum.
    {"XAmzContentChecksumMismatch", 400,
     "The provided 'x-amz-checksum' header does not match what was computed.", corrupted},
    {"XAmzContentSHA256Mismatch", 400,
     "The provided 'x-amz-content-sha256' header does not match what was computed.", corrupted},
});
static_assert(std::ranges::is_sorted(table, {}, &ErrorCode::code),
              "the table is searched by bisection");

const ErrorCode* look_up(std::string_view code) {
    const auto found = std::ranges::lower_bound(table, code, {}, &ErrorCode::code);
    return found != table.end() && found->code == code ? &*found : nullptr;
}

std::string_view code_for_kind(ErrorKind kind) {
    switch (kind) {
        case invalid_argument:
            return "InvalidArgument";
        case not_found:
            return "NoSuchKey";
        case already_exists:
            return "BucketAlreadyOwnedByYou";
        case precondition_failed:
            return "PreconditionFailed";
        case permission_denied:
        case unauthenticated:
            return "AccessDenied";
        case too_large:
            return "EntityTooLarge";
        case throttled:
            return "SlowDown";
        case timeout:
        case cancelled:
            return "RequestTimeout";
        case unavailable:
            return "ServiceUnavailable";
        case corrupted:
            return "BadDigest";
        case unsupported:
            return "NotImplemented";
        case no_space:
            return "QuotaExceeded";
        case io:
        case internal:
            break;
    }
    return "InternalError";
}

ErrorKind kind_for_status(int status) {
    switch (status) {
        case 301:
        case 307:
        case 400:
        case 411:
        case 416:
            return invalid_argument;
        case 401:
            return unauthenticated;
        case 403:
            return permission_denied;
        case 404:
        case 410:
            return not_found;
        case 304:
        case 412:
            return precondition_failed;
        case 409:
            return already_exists;
        case 405:
        case 501:
            return unsupported;
        case 408:
            return timeout;
        case 413:
            return too_large;
        case 429:
            return throttled;
        case 507:
            return no_space;
        default:
            return status >= 500 ? unavailable : invalid_argument;
    }
}

}  // namespace

const ErrorCode& find_error_code(std::string_view code) {
    const ErrorCode* found = look_up(code);
    return found != nullptr ? *found : *look_up("InternalError");
}

bool is_error_code(std::string_view code) {
    return look_up(code) != nullptr;
}

const ErrorCode& error_code_for(const Error& error) {
    const ErrorCode* found = look_up(error.code);
    return found != nullptr ? *found : find_error_code(code_for_kind(error.kind));
}

tl::unexpected<Error> s3_fail(std::string_view code, std::string message) {
    const ErrorCode& line = find_error_code(code);
    return fail(line.kind, message.empty() ? std::string(line.message) : std::move(message),
                std::string(line.code));
}

std::string error_xml(std::string_view code,
                      std::string_view message,
                      std::string_view resource,
                      std::string_view request_id,
                      std::span<const std::pair<std::string_view, std::string_view>> extras) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("Error");
    xml.element("Code", code);
    xml.element("Message", message);
    for (const auto& [name, value] : extras) {
        xml.element(name, value);
    }
    xml.element("Resource", resource);
    xml.element("RequestId", request_id);
    xml.close("Error");
    return out;
}

Error parse_error_xml(int status, std::string_view body) {
    Error error;
    error.http_status = status;
    error.kind = kind_for_status(status);
    const auto document = codec::parse_xml(body);
    if (document && document->root().name() == "Error") {
        error.code = document->root().child_text("Code");
        error.message = document->root().child_text("Message");
    } else if (!body.empty()) {
        error.message = fmt::format(
            "status {}, but not in the words of an S3: a proxy's answer, or another kind of "
            "server?",
            status);
    }
    if (const ErrorCode* line = look_up(error.code); line != nullptr) {
        error.kind = line->kind;
    }
    if (error.message.empty()) {
        error.message = fmt::format("the store answered with status {}{}{}", status,
                                    error.code.empty() ? "" : " ", error.code);
    }
    return error;
}

std::string region_in_error_xml(std::string_view body) {
    const auto document = codec::parse_xml(body);
    return document && document->root().name() == "Error" ? document->root().child_text("Region")
                                                          : "";
}

}  // namespace slipway::s3
