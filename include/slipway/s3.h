// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/export.h"
#include "slipway/result.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway {

/// Where an S3 is, and who we are there. What is left empty comes from where the AWS tools have it:
/// their environment variables, shared config and credentials files, and the services that hand
/// out keys (web identity, container, instance).
struct S3Options {
    std::string endpoint_url;   ///< "http://127.0.0.1:9000"; nowhere one: Amazon's own
    std::string region;         ///< nowhere one: us-east-1
    std::string profile;        ///< empty: AWS_PROFILE, else "default"
    std::string access_key_id;  ///< with secret_access_key: these keys and no others
    std::string secret_access_key;
    std::string session_token;        ///< of temporary keys
    std::string addressing = "auto";  ///< path, virtual, or auto: path for an endpoint URL
    std::string ca_bundle;            ///< PEM file of authorities; nowhere one: the system's
    bool verify_tls = true;
    bool sign_requests = true;  ///< off: for public buckets
};

/// A bucket and a key or prefix in it, as "s3://bucket/key" names them.
struct S3Uri {
    std::string bucket;
    std::string key;  ///< may be empty

    friend bool operator==(const S3Uri&, const S3Uri&) = default;
};

/// Errors: invalid_argument: another scheme, no bucket.
SLIPWAY_API Result<S3Uri> parse_s3_uri(std::string_view text);
SLIPWAY_API std::string to_string(const S3Uri& uri);

/// What is said about an object besides its bytes. Empty: not said.
struct ObjectHeaders {
    std::string content_type;
    std::string cache_control;
    std::string content_disposition;
    std::string content_encoding;
    std::string content_language;
    std::string expires;
    std::string storage_class;
    std::vector<std::pair<std::string, std::string>> metadata;  ///< x-amz-meta-*, without that
    std::vector<std::pair<std::string, std::string>> tags;
};

/// An object as stat and list tell it.
struct ObjectSummary {
    std::string key;
    std::uint64_t size = 0;
    std::string etag;  ///< without quotes
    std::chrono::sys_seconds last_modified{};
    ObjectHeaders headers;  ///< list: only the storage class
    /// "crc64nvme" and its value as S3 writes it (base64); empty: the store tells none.
    std::string checksum_algorithm;
    std::string checksum;
};

/// One entry of a listing: an object, or with a delimiter what names up to it have in common.
struct ListEntry {
    std::string prefix;  ///< "photos/"; empty: an object
    ObjectSummary object;
};

struct ListRequest {
    std::string bucket;
    std::string prefix;
    std::string delimiter;    ///< "/": one level as a file manager shows it; empty: all below
    std::string start_after;  ///< only what comes after this key or prefix; empty: from the first
};

/// Which names below a directory or prefix are meant. Later rules go before earlier ones, as with
/// aws cli; what no rule matches is included. `*`, `?`, `[a-z]`, `[!a-z]`; `*` also stands for '/'.
struct PathRule {
    bool include = true;
    std::string pattern;
};

/// What is to be deleted.
struct RemoveRequest {
    /// Objects; with `recursive` all that is below each: "photos" means "photos/...", not
    /// "photos2".
    std::vector<S3Uri> targets;
    bool recursive = false;
    /// Of what is below a prefix, by its path from there; of an object that is named itself, by its
    /// last name.
    std::vector<PathRule> rules;
    bool dry_run = false;  ///< only tell what would be deleted
};

/// What became of one object.
struct RemoveEvent {
    S3Uri object;
    std::optional<Error> error;  ///< nothing: it is removed
};

struct RemoveReport {
    std::uint64_t removed = 0;  ///< in a dry run: would be
    std::uint64_t failed = 0;
};

/// What a presigned URL holds its holder to, and what its answer says. Empty: nothing.
struct PresignTerms {
    std::string content_type;           ///< put: must be sent just so
    std::optional<std::uint64_t> size;  ///< put: exactly so many bytes
    std::string response_content_type;  ///< get
    std::string response_content_disposition;
};

/// What the holder of a browser form may store.
struct PostRequest {
    S3Uri object;  ///< a key that ends with "${filename}" stands for all that begin as it does
    std::chrono::seconds expires_in{3600};
    std::optional<std::uint64_t> size_min;
    std::optional<std::uint64_t> size_max;
    /// Further fields of the form with the values they must have: "Content-Type",
    /// "success_action_status", "x-amz-meta-...".
    std::vector<std::pair<std::string, std::string>> fields;
};

/// Where a browser sends a form, and the fields it puts before the file.
struct PresignedPost {
    std::string url;
    std::vector<std::pair<std::string, std::string>> fields;
};

/// A client of one S3, with its threads and connections.
///
/// Calls come from any threads that are not its own, and wait. What fails for a reason that passes
/// is tried again with growing rests. Destroy it after what was started with it.
/// Cost: up to four threads for the network and four for files; connections as they are used. The
/// process ignores SIGPIPE from the first one on, and may have as many files open as the system
/// lets it.
class SLIPWAY_API S3 {
  public:
    /// Finds endpoint, region and keys; nothing is sent yet.
    /// Errors: invalid_argument, io, naming what is wrong and where.
    static Result<std::unique_ptr<S3>> open(const S3Options& options);
    ~S3();
    S3(const S3&) = delete;
    S3& operator=(const S3&) = delete;

    /// "https://s3.eu-west-1.amazonaws.com".
    const std::string& url() const;

    /// Errors of all: not_found (`NoSuchBucket`, `NoSuchKey`), permission_denied,
    /// unauthenticated, unavailable, timeout.
    Result<ObjectSummary> stat(const S3Uri& object);
    /// Calls `each` for every entry in order of the keys, until it answers false. Memory: one page.
    Result<> list(const ListRequest& request, const std::function<bool(const ListEntry&)>& each);
    /// Deleting what is not there succeeds, as in S3.
    Result<> remove(const S3Uri& object);
    /// Deletes many objects at once, while what is left of them is still listed. `each` is called
    /// for every object, on a thread of the S3's own, one call at a time. Objects that failed are
    /// counted; an error is one of the whole: invalid_argument (a bucket without `recursive`), and
    /// those of listing. Memory: two pages of a listing.
    Result<RemoveReport> remove_all(const RemoveRequest& request,
                                    const std::function<void(const RemoveEvent&)>& each);
    Result<std::vector<std::string>> list_buckets();

    /// A URL that lets its holder do this one thing until it expires; nothing is sent.
    /// expires_in   1 s to 7 days. Errors: also invalid_argument.
    Result<std::string> presign_get(const S3Uri& object,
                                    std::chrono::seconds expires_in,
                                    const PresignTerms& terms = {});
    Result<std::string> presign_put(const S3Uri& object,
                                    std::chrono::seconds expires_in,
                                    const PresignTerms& terms = {});
    /// A form that lets a browser store one object, its size within bounds; nothing is sent.
    /// Errors: also invalid_argument.
    Result<PresignedPost> presign_post(const PostRequest& request);

    /// Of the implementation.
    struct State;
    State& state() { return *state_; }

  private:
    explicit S3(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace slipway
