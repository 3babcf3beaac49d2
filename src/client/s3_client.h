// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/limits.h"
#include "client/credentials.h"
#include "client/endpoint.h"
#include "client/trailer_trial.h"
#include "net/http_client.h"
#include "objects/object_store.h"
#include "s3/documents.h"
#include "s3/sigv4.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace slipway::client {

class TrailerBody;

/// An ObjectStore whose objects live behind S3's HTTP API: Amazon, MinIO, Ceph, our own gateway.
///
/// Sends each request once, and once more to the region a bucket turns out to be in, signed for the
/// time it is at the store or with new credentials for ended ones. Where it cannot, since the body
/// is gone, the refusal is an `unavailable`: the same request may succeed now. For more, wrap it in
/// objects::RetryingStore. A body that is held (BodyReader::held) is sent from where it is. Call
/// from coroutines on the HTTP client's I/O threads.
class S3Client final : public objects::ObjectStore {
  public:
    /// All references outlive this.
    S3Client(net::HttpClient& http,
             CredentialsSource& credentials,
             Endpoint endpoint,
             const Clock& clock);

    /// A body needs a size: S3 has to know it before the first byte. The checksum answered is the
    /// one the store says; none when it ignores them.
    /// Errors: also invalid_argument `MissingContentLength`.
    Task<objects::ObjectInfo> put(const objects::PutRequest& request, BodyReader& body) override;
    Task<objects::GetResult> get(const objects::GetRequest& request) override;
    Task<objects::ObjectInfo> head(const objects::GetRequest& request) override;
    Task<> remove(std::string_view bucket, std::string_view key) override;
    /// DeleteObjects; a DELETE for a key that XML cannot carry.
    Task<std::vector<Result<>>> remove_many(std::string_view bucket,
                                            std::span<const std::string> keys) override;
    Task<objects::ObjectInfo> copy(const objects::CopyRequest& request) override;
    /// Pages without entries are gone through. Errors: also corrupted, for a page that leads
    /// nowhere.
    Task<objects::ListResult> list(const objects::ListRequest& request) override;
    Task<> create_bucket(std::string_view bucket) override;
    Task<objects::BucketInfo> head_bucket(std::string_view bucket) override;
    Task<> remove_bucket(std::string_view bucket) override;
    Task<std::vector<objects::BucketInfo>> list_buckets() override;
    Task<objects::MultipartUpload> create_multipart(
        const objects::CreateMultipartRequest& request) override;
    /// A body needs a size, as with put. A part with read_checksum goes over TLS with its checksum
    /// after it once the store has proved that it keeps such ones, and one part is that proof; the
    /// checksum answered is then the one that was sent.
    Task<objects::PartInfo> put_part(const objects::PutPartRequest& request,
                                     BodyReader& body) override;
    Task<objects::ObjectInfo> complete_multipart(
        const objects::CompleteMultipartRequest& request) override;
    Task<> abort_multipart(const objects::MultipartUpload& upload) override;
    Task<objects::ListPartsResult> list_parts(const objects::ListPartsRequest& request) override;
    /// Some stores (MinIO) list only uploads of the key that is the whole prefix.
    Task<objects::ListMultipartUploadsResult> list_multipart_uploads(
        const objects::ListMultipartUploadsRequest& request) override;

  private:
    /// A request of S3's, not yet addressed and signed. The views are of the caller's request.
    struct Operation {
        Operation(http::Method does, std::string_view verb_, std::string_view b, std::string_view k)
            : method(does), verb(verb_), bucket(b), key(k) {}

        http::Method method;
        std::string_view verb;  ///< for messages: "put"
        std::string_view bucket;
        std::string_view key;  ///< decoded
        std::string query;     ///< encoded
        http::Headers headers;
        /// The body: `reader`, else `bytes`.
        std::string bytes;
        BodyReader* reader = nullptr;
        std::string_view payload_hash = s3::unsigned_payload_hash;
        std::chrono::milliseconds answer_time_max = limits::client_answer_time_max;

        /// Whether the body can be sent again.
        bool repeatable() const { return reader == nullptr || reader->held() || reader->slice(); }
    };

    /// What a request is addressed and signed with.
    struct Signing {
        std::string region;
        CredentialsPtr credentials;
        Time::duration clock_offset{0};
    };
    /// An answer of 300 and above, with the region the bucket is in where the store says so.
    struct Refusal {
        Error error;
        std::string region;
        std::string date;  ///< when it was sent, as its header says
    };
    /// What was learnt from refusals of one request, or tried to; each once, so that nothing goes
    /// round in circles.
    struct Learnt {
        bool region = false;
        bool credentials = false;
        bool clock = false;
    };

    /// "put photos/a.jpg", what messages begin with.
    static std::string describe(const Operation& operation);
    /// That failure of it, with those words before.
    static tl::unexpected<Error> failed(const Operation& operation, Error error);
    /// What went wrong with the document of an answer that was no failure by its status.
    static Error in_answer(const std::string& attempt, Error error);
    /// A page of a listing that names its own begin as the next one's: who asked for that would do
    /// so without end.
    static tl::unexpected<Error> no_next_page(const std::string& attempt);

    /// Sends; an answer of 300 and above is its Error.
    Task<net::ClientResponse> send(Operation operation);
    Task<net::ClientResponse> send_signed(const Operation& operation, const Signing& signing);
    Async<Refusal> read_refusal(net::ClientResponse& response, const Operation& operation);
    /// Whether there is now something else to send the request with than there was.
    Async<bool> learn(const Operation& operation,
                      const Signing& signing,
                      Refusal& refusal,
                      Learnt& learnt);
    /// Whether there are other credentials than those; why not goes into the refusal's words.
    Async<bool> renew(const CredentialsPtr& ended, Refusal& refusal);
    /// The same with the answer's whole body.
    Task<std::string> send_for_document(Operation operation);

    /// Errors: `MissingContentLength`, `EntityTooLarge`.
    static Result<std::uint64_t> size_to_send(const Operation& operation, const BodyReader& body);
    /// Sends with that body, verified by `checksum`; one without a value is computed.
    Task<net::ClientResponse> send_body(Operation operation,
                                        BodyReader& body,
                                        std::uint64_t size,
                                        const std::optional<objects::Checksum>& checksum);
    Task<net::ClientResponse> send_with_trailer(Operation operation, TrailerBody& trailer);
    Task<std::optional<objects::PartInfo>> put_part_with_trailer(
        Operation operation, const objects::PutPartRequest& request, BodyReader& body, bool trial);
    Async<bool> has_part(const objects::MultipartUpload& upload, const objects::PartInfo& part);
    Task<s3::DeleteResult> send_removal(std::string_view bucket, const s3::DeleteRequest& request);
    Task<net::ClientResponse> send_read(http::Method method, const objects::GetRequest& request);

    std::string region_of(std::string_view bucket) const;
    void remember_region(std::string_view bucket, std::string region);
    /// Signers are kept: each has the day's key.
    std::shared_ptr<const s3::Signer> signer_for(const CredentialsPtr& credentials,
                                                 const std::string& region);
    /// Learns from a refusal what time it is at the store; whether that may have been the reason,
    /// for a request that was signed with that offset.
    bool correct_clock(const Refusal& refusal, Time::duration signed_offset);

    net::HttpClient& http_;
    CredentialsSource& credentials_;
    const Endpoint endpoint_;
    const Clock& clock_;
    TrailerTrial trailers_;

    /// How far the store's clock is ahead of ours, where requests were refused for that.
    std::atomic<Time::duration> clock_offset_{Time::duration(0)};

    struct KeptSigner {
        CredentialsPtr credentials;
        std::shared_ptr<const s3::Signer> signer;
    };
    mutable std::mutex mutex_;  // guards what follows; never held across co_await
    std::map<std::string, std::string, std::less<>> regions_;  // of buckets that are elsewhere
    std::map<std::string, KeptSigner, std::less<>> signers_;   // by region
};

}  // namespace slipway::client
