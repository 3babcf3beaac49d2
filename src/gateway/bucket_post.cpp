// SPDX-License-Identifier: Apache-2.0
// PostObject: a browser's form with a file.
// Source: AWS, "POST Object" and "Browser-based uploads using POST" (read 2026-11).
#include "codec/percent.h"
#include "codec/xml.h"
#include "gateway/answers.h"
#include "gateway/attributes.h"
#include "gateway/authorize.h"
#include "gateway/expiration.h"
#include "gateway/integrity.h"
#include "gateway/not_implemented.h"
#include "gateway/operations.h"
#include "gateway/post_form.h"
#include "s3/errors.h"
#include "s3/names.h"
#include "s3/post_policy.h"
#include "s3/tagging.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace slipway::gateway {
namespace {

using s3::find_field;
using s3::PostFields;

constexpr std::string_view file_name_variable = "${filename}";

// What proves the form; no variable is replaced in it.
constexpr auto proof_fields = std::to_array<std::string_view>({
    "awsaccesskeyid",
    "policy",
    "signature",
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-signature",
});

// Fields that mean what the header of that name means in a PUT, besides x-amz-*.
constexpr auto header_fields = std::to_array<std::string_view>({
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
});

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
    return std::ranges::find(names, name) != names.end();
}

std::string_view value_of(const PostFields& fields, std::string_view name) {
    const std::string* value = find_field(fields, name);
    return value != nullptr ? std::string_view(*value) : std::string_view();
}

void replace_file_name(PostFields& fields, std::string_view file_name) {
    for (auto& [name, value] : fields) {
        if (is_one_of(name, proof_fields)) {
            continue;
        }
        std::size_t at = 0;
        while ((at = value.find(file_name_variable, at)) != std::string::npos) {
            value.replace(at, file_name_variable.size(), file_name);
            at += file_name.size();
        }
    }
}

Result<std::string> boundary_of(const http::Request& request) {
    auto boundary = http::form_boundary(request.headers.get("content-type"));
    if (!boundary && boundary.error().code == "not_a_form") {
        return s3::s3_fail("PreconditionFailed",
                           "Bucket POST must be of the enclosure-type multipart/form-data");
    }
    if (!boundary) {
        return s3::s3_fail("MalformedPOSTRequest", boundary.error().message);
    }
    return boundary;
}

/// Whose form it is, nullptr: nobody's; and that its policy lets it be sent.
Result<std::shared_ptr<const AccessKey>> authenticate(const Call& call,
                                                      const PostFields& fields,
                                                      PostForm& form) {
    SLIPWAY_TRY(claim, s3::read_post_claim(fields));
    if (!claim) {
        return nullptr;
    }
    auto key = call.keys.find(claim->access_key_id);
    if (key == nullptr) {
        return s3::s3_fail("InvalidAccessKeyId");
    }
    const std::string_view encoded = value_of(fields, "policy");
    const Time now = call.clock.now();
    SLIPWAY_CHECK(s3::verify_post(*claim, encoded, key->signer, now));
    SLIPWAY_TRY(policy, s3::parse_post_policy(encoded));
    SLIPWAY_CHECK(s3::check_post_policy(policy, fields, call.target.bucket, now));
    form.set_size_range(policy.size_min,
                        std::min(policy.size_max.value_or(UINT64_MAX), s3::single_put_bytes_max));
    return key;
}

/// The PUT that says the same as the form.
http::Request as_put(const http::Request& post, const PostFields& fields) {
    http::Request put;
    put.method = http::Method::put;
    put.target = post.target;
    put.peer = post.peer;
    put.id = post.id;
    put.content_length = std::nullopt;
    for (const auto& [name, value] : fields) {
        if (name == "acl") {
            put.headers.add("x-amz-acl", value);
        } else if (is_one_of(name, header_fields) ||
                   (name.starts_with("x-amz-") && !is_one_of(name, proof_fields))) {
            put.headers.add(name, value);
        }
    }
    return put;
}

Result<objects::PutRequest> to_put_request(const Call& call, const PostFields& fields) {
    SLIPWAY_CHECK(check_implemented(call));
    for (const http::Header& header : call.request.headers) {
        SLIPWAY_CHECK(check_header_value(header.name, header.value));
    }
    objects::PutRequest put;
    put.bucket = call.target.bucket;
    put.key = call.target.key;
    SLIPWAY_TRY(attributes, read_attributes(call));
    put.attributes = std::move(attributes);
    if (const std::string* tagging = find_field(fields, "tagging"); tagging != nullptr) {
        SLIPWAY_TRY(tags, s3::parse_tagging(*tagging));
        put.attributes.tagging = s3::tagging_text(std::move(tags));
    }
    SLIPWAY_TRY(integrity, read_integrity(call));
    put.checksum = std::move(integrity.checksum);
    return put;
}

/// Where the browser is sent next; empty when the form does not say, or says no web address.
std::string redirect_of(const PostFields& fields,
                        std::string_view bucket,
                        std::string_view key,
                        std::string_view etag) {
    std::string_view url = value_of(fields, "success_action_redirect");
    url = url.empty() ? value_of(fields, "redirect") : url;
    const bool is_address = url.starts_with("http://") || url.starts_with("https://");
    if (!is_address || std::ranges::any_of(url, [](char c) { return c <= ' ' || c > '~'; })) {
        return {};
    }
    const std::string_view fragment = url.substr(std::min(url.find('#'), url.size()));
    url.remove_suffix(fragment.size());
    return fmt::format("{}{}bucket={}&key={}&etag={}{}", url,
                       url.find('?') == std::string_view::npos ? '?' : '&',
                       codec::percent_encode(bucket, false), codec::percent_encode(key, false),
                       codec::percent_encode(etag, false), fragment);
}

http::Response created(std::string_view location,
                       const Call& call,
                       std::string_view key,
                       std::string_view etag) {
    std::string document;
    codec::XmlWriter xml(document);
    xml.open("PostResponse");
    xml.element("Location", location);
    xml.element("Bucket", call.target.bucket);
    xml.element("Key", key);
    xml.element("ETag", etag);
    xml.close("PostResponse");
    http::Response response = xml_answer(std::move(document));
    response.status = 201;
    return response;
}

http::Response answer(const Call& call,
                      const PostFields& fields,
                      const objects::ObjectInfo& info,
                      std::string_view key) {
    const std::string etag = quoted(info.etag);
    std::string location = url_of(call, key);
    std::string redirect = redirect_of(fields, call.target.bucket, key, etag);
    const std::string_view status = value_of(fields, "success_action_status");
    http::Response response = !redirect.empty() ? empty_answer(303)
                              : status == "201" ? created(location, call, key, etag)
                              : status == "200" ? empty_answer(200)
                                                : empty_answer(204);
    response.headers.add("Location", redirect.empty() ? std::move(location) : std::move(redirect));
    response.headers.add("ETag", etag);
    if (info.checksum) {
        write_checksum(*info.checksum, response.headers);
    }
    return response;
}

}  // namespace

/// The one operation that looks for itself at who sends it: that stands in the first bytes of the
/// body. No byte of the file is read before.
Task<http::Response> post_object(Call& call) {
    SLIPWAY_CO_CHECK(call.store.bucket_settings(call.target.bucket));
    SLIPWAY_CO_TRY(boundary, boundary_of(call.request));
    PostForm form(call.body, boundary);
    SLIPWAY_CO_TRY(fields, co_await form.read_fields());
    replace_file_name(fields, form.file_name());

    const std::string* key = find_field(fields, "key");
    if (key == nullptr) {
        co_return s3::s3_fail("InvalidArgument",
                              "Bucket POST must contain a field named 'key'.  If it is specified, "
                              "please check the order of the fields.");
    }
    SLIPWAY_CO_TRY(sender, authenticate(call, fields, form));
    const http::Request request = as_put(call.request, fields);
    s3::S3Target target;
    target.bucket = call.target.bucket;
    target.key = *key;
    const s3::Claim claim;
    Call put_call{request,      form,       target,    claim,   call.store,
                  call.options, call.clock, call.keys, call.key};
    SLIPWAY_CO_TRY(acl, read_acl(put_call));
    SLIPWAY_CO_CHECK(authorize_post(call, sender != nullptr ? sender.get() : call.key, acl));
    SLIPWAY_CO_CHECK(s3::check_object_key(target.key));
    SLIPWAY_CO_TRY(put, to_put_request(put_call, fields));
    SLIPWAY_CO_TRY(info, co_await call.store.put(put, form));
    http::Response response = answer(call, fields, info, target.key);
    write_expiration(put_call, info, response.headers);
    co_return response;
}

}  // namespace slipway::gateway
