// SPDX-License-Identifier: Apache-2.0
#include "slipway/s3.h"

#include "api/process.h"
#include "api/s3_state.h"
#include "base/limits.h"
#include "codec/percent.h"
#include "s3/post_policy.h"
#include "s3/sigv4.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace slipway {
namespace {

constexpr std::string_view scheme = "s3://";

api::RuntimeOptions runtime_options() {
    api::RuntimeOptions options;
    // One thread decides; large bodies are read and sent by all.
    options.io_threads =
        std::clamp(std::thread::hardware_concurrency(), 1U, limits::engine_io_threads_max);
    options.disk_threads = limits::engine_disk_threads;
    options.memory = limits::engine_memory_bytes + limits::engine_part_bytes;
    return options;
}

objects::GetRequest request_for(const S3Uri& object) {
    objects::GetRequest request;
    request.bucket = object.bucket;
    request.key = object.key;
    return request;
}

std::string tagging_of(const std::vector<std::pair<std::string, std::string>>& tags) {
    std::string text;
    for (const auto& [name, value] : tags) {
        text += (text.empty() ? "" : "&") + codec::percent_encode(name, false) + "=" +
                codec::percent_encode(value, false);
    }
    return text;
}

/// Who signs here, now. Errors: also invalid_argument: nobody does.
Task<client::CredentialsPtr> signing_credentials(api::RemoteStore& store) {
    SLIPWAY_CO_TRY(credentials, co_await store.credentials());
    if (!credentials) {
        co_return fail(ErrorKind::invalid_argument,
                       "nothing can be signed without keys (sign_requests is off)");
    }
    co_return credentials;
}

Task<std::string> presign(api::RemoteStore& store,
                          const Clock& clock,
                          s3::PresignRequest request,
                          const std::string& bucket) {
    SLIPWAY_CO_TRY(credentials, co_await signing_credentials(store));
    const client::Endpoint& endpoint = store.endpoint();
    const s3::Signer signer(*credentials, endpoint.region);
    const auto address = client::address_of(endpoint, bucket, endpoint.region);
    const std::string origin = net::origin_url(address.origin);
    request.scheme_and_host = origin;
    request.path_prefix = address.path_prefix;
    co_return signer.presign(request, clock.now());
}

Task<PresignedPost> presign_form(api::RemoteStore& store,
                                 const Clock& clock,
                                 const PostRequest& wanted) {
    SLIPWAY_CO_TRY(credentials, co_await signing_credentials(store));
    const client::Endpoint& endpoint = store.endpoint();
    const s3::Signer signer(*credentials, endpoint.region);
    s3::PostPolicy policy;
    policy.bucket = wanted.object.bucket;
    policy.key = wanted.object.key;
    policy.expires_in = wanted.expires_in;
    policy.size_min = wanted.size_min;
    policy.size_max = wanted.size_max;
    for (const auto& [name, value] : wanted.fields) {
        policy.fields.push_back({name, value});
    }
    SLIPWAY_CO_TRY(fields, s3::sign_post(signer, policy, clock.now()));
    const auto address = client::address_of(endpoint, wanted.object.bucket, endpoint.region);
    PresignedPost post;
    post.url = net::origin_url(address.origin) + address.path_prefix;
    post.fields = std::move(fields);
    co_return post;
}

Task<> list_pages(objects::ObjectStore& store,
                  const ListRequest& wanted,
                  const std::function<bool(const ListEntry&)>& each) {
    objects::ListRequest request;
    request.bucket = wanted.bucket;
    request.prefix = wanted.prefix;
    request.delimiter = wanted.delimiter;
    request.start_after = wanted.start_after;
    while (true) {
        SLIPWAY_CO_TRY(page, co_await store.list(request));
        // Both are in order; together they shall be, too.
        auto prefix = page.common_prefixes.begin();
        auto object = page.objects.begin();
        while (prefix != page.common_prefixes.end() || object != page.objects.end()) {
            ListEntry entry;
            if (object == page.objects.end() ||
                (prefix != page.common_prefixes.end() && *prefix < object->key)) {
                entry.prefix = *prefix++;
            } else {
                entry.object = api::to_summary(*object++);
            }
            if (!each(entry)) {
                co_return Result<>();
            }
        }
        if (!page.truncated) {
            co_return Result<>();
        }
        request.start_after = std::move(page.next_start_after);
    }
}

}  // namespace

Result<S3Uri> parse_s3_uri(std::string_view text) {
    const std::string quoted = "'" + std::string(text) + "'";
    if (!text.starts_with(scheme)) {
        return fail(ErrorKind::invalid_argument,
                    quoted + " names no bucket: write s3://bucket/prefix");
    }
    text.remove_prefix(scheme.size());
    const auto slash = text.find('/');
    S3Uri uri{std::string(text.substr(0, slash)),
              slash == text.npos ? std::string() : std::string(text.substr(slash + 1))};
    if (uri.bucket.empty()) {
        return fail(ErrorKind::invalid_argument,
                    quoted + " names no bucket: write s3://bucket/prefix");
    }
    return uri;
}

std::string to_string(const S3Uri& uri) {
    return std::string(scheme) + uri.bucket + "/" + uri.key;
}

S3::State::State() : runtime(runtime_options()), spread(runtime.io.executors()) {
}

S3::State::~State() {
    runtime.io.stop();  // nothing runs any more when the parts go
}

S3::S3(std::unique_ptr<State> state) : state_(std::move(state)) {
}
S3::~S3() = default;

Result<std::unique_ptr<S3>> S3::open(const S3Options& options) {
    api::raise_file_limit();
    auto state = std::make_unique<State>();
    SLIPWAY_TRY(store, api::RemoteStore::open(state->runtime, options));
    state->store = std::move(store);
    state->url = state->store->url();
    state->runtime.io.start();
    return std::unique_ptr<S3>(new S3(std::move(state)));
}

const std::string& S3::url() const {
    return state_->url;
}

Result<ObjectSummary> S3::stat(const S3Uri& object) {
    const objects::GetRequest request = request_for(object);
    SLIPWAY_TRY(info, state_->runtime.wait_for(state_->store->objects().head(request)));
    ObjectSummary summary = api::to_summary(info);
    summary.key = object.key;
    return summary;
}

Result<> S3::list(const ListRequest& request, const std::function<bool(const ListEntry&)>& each) {
    return state_->runtime.wait_for(list_pages(state_->store->objects(), request, each));
}

Result<> S3::remove(const S3Uri& object) {
    return state_->runtime.wait_for(state_->store->objects().remove(object.bucket, object.key));
}

Result<std::vector<std::string>> S3::list_buckets() {
    SLIPWAY_TRY(buckets, state_->runtime.wait_for(state_->store->objects().list_buckets()));
    std::vector<std::string> names;
    for (objects::BucketInfo& bucket : buckets) {
        names.push_back(std::move(bucket.name));
    }
    return names;
}

Result<std::string> S3::presign_get(const S3Uri& object,
                                    std::chrono::seconds expires_in,
                                    const PresignTerms& terms) {
    std::vector<s3::NameValue> query;
    if (!terms.response_content_type.empty()) {
        query.push_back({"response-content-type", terms.response_content_type});
    }
    if (!terms.response_content_disposition.empty()) {
        query.push_back({"response-content-disposition", terms.response_content_disposition});
    }
    s3::PresignRequest request;
    request.method = http::Method::get;
    request.key = object.key;
    request.query = query;
    request.expires_in = expires_in;
    return state_->runtime.wait_for(
        presign(*state_->store, state_->runtime.clock, request, object.bucket));
}

Result<std::string> S3::presign_put(const S3Uri& object,
                                    std::chrono::seconds expires_in,
                                    const PresignTerms& terms) {
    std::vector<s3::NameValue> headers;
    const std::string size = terms.size ? std::to_string(*terms.size) : std::string();
    if (terms.size) {
        headers.push_back({"content-length", size});
    }
    if (!terms.content_type.empty()) {
        headers.push_back({"content-type", terms.content_type});
    }
    s3::PresignRequest request;
    request.method = http::Method::put;
    request.key = object.key;
    request.headers = headers;
    request.expires_in = expires_in;
    return state_->runtime.wait_for(
        presign(*state_->store, state_->runtime.clock, request, object.bucket));
}

Result<PresignedPost> S3::presign_post(const PostRequest& request) {
    return state_->runtime.wait_for(presign_form(*state_->store, state_->runtime.clock, request));
}

}  // namespace slipway

namespace slipway::api {

objects::ObjectAttributes to_attributes(const ObjectHeaders& headers) {
    objects::ObjectAttributes attributes;
    attributes.content_type = headers.content_type;
    attributes.cache_control = headers.cache_control;
    attributes.content_disposition = headers.content_disposition;
    attributes.content_encoding = headers.content_encoding;
    attributes.content_language = headers.content_language;
    attributes.expires = headers.expires;
    attributes.tagging = tagging_of(headers.tags);
    for (const auto& [name, value] : headers.metadata) {
        attributes.user_metadata.push_back({name, value});
    }
    if (!headers.storage_class.empty()) {
        attributes.storage_class = headers.storage_class;
    }
    return attributes;
}

ObjectSummary to_summary(const objects::ObjectInfo& info) {
    ObjectSummary summary;
    summary.key = info.key;
    summary.size = info.size;
    summary.etag = info.etag;
    summary.last_modified = std::chrono::floor<std::chrono::seconds>(info.last_modified);
    summary.headers.content_type = info.attributes.content_type;
    summary.headers.cache_control = info.attributes.cache_control;
    summary.headers.content_disposition = info.attributes.content_disposition;
    summary.headers.content_encoding = info.attributes.content_encoding;
    summary.headers.content_language = info.attributes.content_language;
    summary.headers.expires = info.attributes.expires;
    summary.headers.storage_class = info.attributes.storage_class;
    for (const http::Header& header : info.attributes.user_metadata) {
        summary.headers.metadata.emplace_back(header.name, header.value);
    }
    if (info.checksum) {
        summary.checksum_algorithm = objects::to_string(info.checksum->algorithm);
        summary.checksum = info.checksum->value;
    }
    return summary;
}

}  // namespace slipway::api
