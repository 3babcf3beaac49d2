// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "objects/conditions.h"
#include "objects/multipart.h"
#include "objects/object_store.h"
#include "s3/errors.h"
#include "support/sim/sim_content.h"
#include "support/sim/sim_network.h"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace slipway::test {

/// An S3 behind a network, both simulated: it keeps of each object whose bytes it has, in which
/// size, and whether they are whole, and does as the weather says. Bodies are read as the real
/// client reads them: in pieces, as fast as the connection takes them.
class SimStore final : public objects::ObjectStore, public SimNetwork {
  public:
    struct Object {
        objects::ObjectInfo info;
        std::uint32_t content = 0;
        bool whole = false;
    };

    using SimNetwork::SimNetwork;

    Task<objects::ObjectInfo> put(const objects::PutRequest& request, BodyReader& body) override {
        Act<objects::ObjectInfo> act = [&](const SimBytes& bytes) { return keep(request, bytes); };
        SLIPWAY_CO_TRY(info, co_await exchange("put", &body, std::move(act)));
        garble("put", info.checksum);
        co_return info;
    }

    Task<objects::ObjectInfo> head(const objects::GetRequest& request) override {
        Act<objects::ObjectInfo> act = [&](const SimBytes&) -> Result<objects::ObjectInfo> {
            const auto found = objects.find(request.key);
            return found == objects.end() ? Result<objects::ObjectInfo>(s3::s3_fail("NoSuchKey"))
                                          : found->second.info;
        };
        co_return co_await exchange("head", nullptr, std::move(act));
    }

    Task<objects::MultipartUpload> create_multipart(
        const objects::CreateMultipartRequest& request) override {
        Act<objects::MultipartUpload> act =
            [&](const SimBytes&) -> Result<objects::MultipartUpload> {
            if (weather_.no_parts) {
                return s3::s3_fail("NotImplemented");
            }
            return begin(request, false);
        };
        co_return co_await exchange("create", nullptr, std::move(act));
    }

    Task<objects::PartInfo> put_part(const objects::PutPartRequest& request,
                                     BodyReader& body) override {
        Act<objects::PartInfo> act = [&](const SimBytes& bytes) { return keep(request, bytes); };
        SLIPWAY_CO_TRY(info, co_await exchange("part", &body, std::move(act)));
        if (take(garble_next, "part ETag") || dice_.happens(weather_.garbled)) {
            info.etag.clear();
        }
        garble("part", info.checksum);
        co_return info;
    }

    Task<objects::ObjectInfo> complete_multipart(
        const objects::CompleteMultipartRequest& request) override {
        Act<objects::ObjectInfo> act = [&](const SimBytes&) { return complete(request); };
        SLIPWAY_CO_TRY(info, co_await exchange("complete", nullptr, std::move(act)));
        garble("complete", info.checksum);
        co_return info;
    }

    Task<> abort_multipart(const objects::MultipartUpload& upload) override {
        Act<void> act = [&](const SimBytes&) -> Result<> {
            if (weather_.aborts_denied) {
                return s3::s3_fail("AccessDenied");
            }
            const auto gone = uploads.erase(Place(upload.key, upload.upload_id)) == 0;
            return gone && weather_.gone_is_error ? s3::s3_fail("NoSuchUpload") : Result<>();
        };
        co_return co_await exchange("abort", nullptr, std::move(act));
    }

    Task<objects::ListMultipartUploadsResult> list_multipart_uploads(
        const objects::ListMultipartUploadsRequest& request) override {
        Act<objects::ListMultipartUploadsResult> act = [&](const SimBytes&) {
            return list(request);
        };
        co_return co_await exchange("list", nullptr, std::move(act));
    }

    Task<objects::ListPartsResult> list_parts(const objects::ListPartsRequest& request) override {
        Act<objects::ListPartsResult> act = [&](const SimBytes&) { return list(request); };
        co_return co_await exchange("list parts", nullptr, std::move(act));
    }

    Task<objects::GetResult> get(const objects::GetRequest&) override {
        co_return s3::s3_fail("NotImplemented");
    }
    Task<> remove(std::string_view, std::string_view) override {
        co_return s3::s3_fail("NotImplemented");
    }
    Task<objects::ObjectInfo> copy(const objects::CopyRequest&) override {
        co_return s3::s3_fail("NotImplemented");
    }
    Task<objects::ListResult> list(const objects::ListRequest&) override {
        co_return s3::s3_fail("NotImplemented");
    }
    Task<> create_bucket(std::string_view) override { co_return s3::s3_fail("NotImplemented"); }
    Task<objects::BucketInfo> head_bucket(std::string_view) override {
        co_return s3::s3_fail("NotImplemented");
    }
    Task<> remove_bucket(std::string_view) override { co_return s3::s3_fail("NotImplemented"); }
    Task<std::vector<objects::BucketInfo>> list_buckets() override {
        co_return s3::s3_fail("NotImplemented");
    }

    /// An object that is there from before.
    void add_object(const std::string& key, std::uint32_t content, std::uint64_t size) {
        Object object;
        object.info.key = key;
        object.info.size = size;
        object.info.etag = next_etag();
        object.info.checksum =
            checksum_of_content(objects::ChecksumAlgorithm::crc64nvme, content, 0, size);
        object.content = content;
        object.whole = true;
        objects[key] = std::move(object);
    }

    /// An upload of somebody else's, begun a while before.
    void add_foreign_upload(const std::string& key, std::chrono::seconds before) {
        objects::CreateMultipartRequest request;
        request.key = key;
        const auto made = begin(request, true);
        uploads.at(Place(key, made->upload_id)).initiated -= before;
    }

    struct Part {
        objects::PartInfo info;
        SimBytes bytes;
    };
    struct Upload {
        objects::MultipartUpload id;
        Time initiated{};
        bool foreign = false;
        std::map<unsigned, Part> parts;
    };
    using Place = std::pair<std::string, std::string>;  // key and id

    std::map<std::string, Object> objects;
    std::map<Place, Upload> uploads;
    // What befalls the next requests of a kind, whatever the weather.
    std::multiset<std::string> lose_next;    ///< they are done, and the answer is lost
    std::function<void()> when_lost;         ///< what somebody else does then
    std::multiset<std::string> garble_next;  ///< the answer has another checksum, or no ETag
    std::optional<objects::Checksum> declared_whole;  ///< of the last completion

  private:
    template <class T>
    using Act = std::function<Result<T>(const SimBytes&)>;

    /// A request that has arrived is done, or not, although its client has left.
    template <class T>
    class Unheard {
      public:
        Unheard(SimStore& store, const Act<T>& act, const SimBytes& bytes)
            : store_(store), act_(act), bytes_(bytes) {}
        ~Unheard() {
            if (!over && store_.dice_.happens(0.5)) {
                (void)act_(bytes_);
            }
        }
        Unheard(const Unheard&) = delete;
        Unheard& operator=(const Unheard&) = delete;
        bool over = false;

      private:
        SimStore& store_;
        const Act<T>& act_;
        const SimBytes& bytes_;
    };

    /// Carries a request there, does it, and carries the answer back.
    template <class T>
    Task<T> exchange(const char* kind, BodyReader* body, Act<T> act) {
        const UnderWay counted(*this);
        ++requests[kind];
        SLIPWAY_CO_CHECK(co_await arrive(kind));
        SimBytes bytes;
        if (body != nullptr) {
            SLIPWAY_CO_TRY(read, co_await read_body(*body));
            bytes = read;
        }
        Unheard<T> unheard(*this, act, bytes);
        SLIPWAY_CO_CHECK(co_await dawdle());
        unheard.over = true;
        SLIPWAY_CO_CHECK(co_await fail_to_act());
        Result<T> outcome =
            weather_.no_bucket ? Result<T>(s3::s3_fail("NoSuchBucket")) : act(bytes);
        const bool lost = take(lose_next, kind) || dice_.happens(weather_.lost_answer);
        co_await travel();
        if (lost) {
            if (when_lost) {
                when_lost();
            }
            co_return fail(ErrorKind::unavailable, "connection reset before the answer");
        }
        if (!outcome) {
            outcome = s3_answer(outcome.error().code);
        }
        co_return outcome;
    }

    Task<SimBytes> read_body(BodyReader& body) {
        constexpr std::uint64_t socket_bytes = 512 * 1024;
        const std::uint64_t size = body.size().value_or(0);
        const std::uint64_t reset_at =
            dice_.happens(weather_.reset) ? dice_.below(size + 1) : ~0ULL;
        SimBytes bytes;
        std::uint64_t buffered = 0;
        Instant connection_free = time_.now();
        while (true) {
            SLIPWAY_CO_TRY(chunk, co_await body.read());
            if (!chunk.empty()) {
                bytes.add(chunk);
                buffered += chunk.size();
            }
            if (buffered >= socket_bytes || chunk.empty()) {
                const Instant done = transmit(buffered, connection_free);
                buffered = 0;
                if (done > time_.now()) {
                    co_await time_.pause(
                        std::chrono::ceil<std::chrono::microseconds>(done - time_.now()));
                }
            }
            if (bytes.size >= reset_at) {
                co_return fail(ErrorKind::unavailable, "connection reset by peer");
            }
            if (chunk.empty()) {
                break;
            }
        }
        if (bytes.size != size) {
            co_return s3::s3_fail("IncompleteBody");
        }
        co_return bytes;
    }

    void garble(const char* kind, std::optional<objects::Checksum>& checksum) {
        if (checksum && (take(garble_next, kind) || dice_.happens(weather_.garbled))) {
            checksum->value = "AAAAAAAAAAA=";
        }
    }

    std::string next_etag() { return fmt::format("{:032x}", ++etags_); }

    Result<objects::ObjectInfo> keep(const objects::PutRequest& request, const SimBytes& bytes) {
        Object object;
        object.info.key = request.key;
        object.info.size = bytes.size;
        object.info.etag = next_etag();
        object.content = bytes.content;
        object.whole = !bytes.mixed && bytes.first_chunk == 0;
        SLIPWAY_TRY(checksum, check(request.checksum, bytes));
        object.info.checksum = std::move(checksum);
        return insert(std::move(object), request.conditions);
    }

    static Result<objects::Checksum> check(const std::optional<objects::Checksum>& declared,
                                           const SimBytes& bytes) {
        if (!declared || bytes.mixed) {
            return s3::s3_fail("BadDigest");
        }
        auto checksum =
            checksum_of_content(declared->algorithm, bytes.content, bytes.offset(), bytes.size);
        if (bytes.size > 0 && !declared->value.empty() && !(checksum == *declared)) {
            return s3::s3_fail("BadDigest");
        }
        return checksum;
    }

    Result<objects::ObjectInfo> insert(Object object, const objects::Conditions& conditions) {
        const auto found = objects.find(object.info.key);
        SLIPWAY_CHECK(objects::check_write(
            conditions, found == objects.end() ? nullptr : &found->second.info.etag));
        objects::ObjectInfo info = object.info;
        objects[info.key] = std::move(object);
        return info;
    }

    Result<objects::MultipartUpload> begin(const objects::CreateMultipartRequest& request,
                                           bool foreign) {
        Upload upload;
        upload.id = objects::MultipartUpload{request.bucket, request.key,
                                             fmt::format("{:08}", ++uploads_made_)};
        upload.initiated = SimClock(time_).now();
        upload.foreign = foreign;
        const objects::MultipartUpload id = upload.id;
        uploads.emplace(Place(id.key, id.upload_id), std::move(upload));
        return id;
    }

    Result<objects::PartInfo> keep(const objects::PutPartRequest& request, const SimBytes& bytes) {
        const auto upload = uploads.find(Place(request.upload.key, request.upload.upload_id));
        if (upload == uploads.end()) {
            return s3::s3_fail("NoSuchUpload");
        }
        Part part;
        part.info.number = request.number;
        part.info.size = bytes.size;
        part.info.etag = next_etag();
        part.bytes = bytes;
        SLIPWAY_TRY(checksum, check(request.checksum, bytes));
        part.info.checksum = std::move(checksum);
        upload->second.parts[request.number] = part;
        return part.info;
    }

    /// Ten to a page.
    Result<objects::ListPartsResult> list(const objects::ListPartsRequest& request) {
        const auto upload = uploads.find(Place(request.upload.key, request.upload.upload_id));
        if (upload == uploads.end()) {
            return s3::s3_fail("NoSuchUpload");
        }
        objects::ListPartsResult page;
        const auto& parts = upload->second.parts;
        for (auto part = parts.upper_bound(request.number_marker); part != parts.end(); ++part) {
            if (page.parts.size() == 10) {
                page.truncated = true;
                page.next_number_marker = page.parts.back().number;
                break;
            }
            page.parts.push_back(part->second.info);
        }
        return page;
    }

    Result<objects::ObjectInfo> complete(const objects::CompleteMultipartRequest& request) {
        declared_whole = request.checksum;
        const auto upload = uploads.find(Place(request.upload.key, request.upload.upload_id));
        if (upload == uploads.end()) {
            return s3::s3_fail("NoSuchUpload");
        }
        Object object;
        object.info.key = request.upload.key;
        object.info.etag = next_etag();
        object.whole = true;
        std::vector<objects::PartInfo> parts;
        for (const objects::PartInfo& named : request.parts) {
            const auto part = upload->second.parts.find(named.number);
            if (part == upload->second.parts.end() || part->second.info.etag != named.etag) {
                return s3::s3_fail("InvalidPart");
            }
            const SimBytes& bytes = part->second.bytes;
            object.content = parts.empty() ? bytes.content : object.content;
            object.whole = object.whole && !bytes.mixed && bytes.content == object.content &&
                           bytes.offset() == object.info.size;
            object.info.size += bytes.size;
            parts.push_back(part->second.info);
        }
        object.info.checksum = objects::combined_checksum(parts);
        if (object.info.size != request.size) {
            return s3::s3_fail("InvalidRequest");
        }
        if (request.checksum && !(request.checksum == object.info.checksum)) {
            return s3::s3_fail("BadDigest");
        }
        SLIPWAY_TRY(info, insert(std::move(object), request.conditions));
        uploads.erase(upload);
        return info;
    }

    Result<objects::ListMultipartUploadsResult> list(
        const objects::ListMultipartUploadsRequest& request) const {
        if (weather_.lists_denied) {
            return s3::s3_fail("AccessDenied");
        }
        constexpr std::size_t page_uploads = 2;  // so that there are pages
        objects::ListMultipartUploadsResult page;
        const Place after(request.key_marker, request.upload_id_marker);
        for (auto upload = uploads.upper_bound(after); upload != uploads.end(); ++upload) {
            if (!upload->first.first.starts_with(request.prefix)) {
                continue;
            }
            if (page.uploads.size() == page_uploads) {
                page.truncated = true;
                page.next_key_marker = page.uploads.back().upload.key;
                page.next_upload_id_marker = page.uploads.back().upload.upload_id;
                break;
            }
            page.uploads.push_back(
                {upload->second.id, upload->second.initiated, "STANDARD", {}, false});
        }
        return page;
    }

    std::uint64_t etags_ = 0;
    unsigned uploads_made_ = 0;
};

}  // namespace slipway::test
