// SPDX-License-Identifier: Apache-2.0
#include "client/s3_client.h"
#include "codec/percent.h"
#include "s3/documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace slipway::client {
namespace {

using objects::ListRequest;
using objects::ListResult;

/// S3 would name the common prefix "a/" again after "a/", for the keys below it are greater. The
/// greatest character there is leads past all of them.
std::string past_prefix(const ListRequest& request) {
    const bool is_common_prefix = !request.delimiter.empty() &&
                                  request.start_after.size() > request.prefix.size() &&
                                  request.start_after.ends_with(request.delimiter);
    return is_common_prefix ? request.start_after + "\xf4\x8f\xbf\xbf" : request.start_after;
}

/// A store that goes through many deleted keys may send pages without entries, not so many.
constexpr unsigned empty_pages_max = 1'000;

/// `token`: where a page without entries said it ended; empty at first.
std::string query_of(const ListRequest& request, const std::string& token) {
    std::string query = fmt::format("encoding-type=url&list-type=2&max-keys={}", request.keys_max);
    const auto add = [&query](std::string_view name, std::string_view value) {
        if (!value.empty()) {
            query.append("&").append(name).append("=");
            codec::append_percent_encoded(query, value, false);
        }
    };
    add("continuation-token", token);
    add("delimiter", request.delimiter);
    add("prefix", request.prefix);
    add("start-after", past_prefix(request));
    return query;
}

ListResult to_list_result(s3::ListObjectsResult page) {
    ListResult result;
    result.truncated = page.truncated;
    for (s3::ListedObject& listed : page.objects) {
        objects::ObjectInfo info;
        info.key = std::move(listed.key);
        info.size = listed.size;
        info.etag = std::move(listed.etag);
        info.last_modified = listed.last_modified;
        info.attributes.storage_class = std::move(listed.storage_class);
        result.objects.push_back(std::move(info));
    }
    result.common_prefixes = std::move(page.common_prefixes);
    if (result.truncated) {
        if (!result.objects.empty()) {
            result.next_start_after = result.objects.back().key;
        }
        if (!result.common_prefixes.empty()) {
            result.next_start_after =
                std::max(result.next_start_after, result.common_prefixes.back());
        }
    }
    return result;
}

}  // namespace

Task<ListResult> S3Client::list(const ListRequest& request) {
    const std::string attempt = fmt::format("list {}/{}", request.bucket, request.prefix);
    std::string token;
    for (unsigned pages = 0; pages < empty_pages_max; ++pages) {
        Operation operation(http::Method::get, "list", request.bucket, "");
        operation.query = query_of(request, token);
        SLIPWAY_CO_TRY(document, co_await send_for_document(std::move(operation)));
        auto page = s3::parse_list_objects(document);
        if (!page) {
            co_return fail(in_answer(attempt, std::move(page).error()));
        }
        const bool empty = page->objects.empty() && page->common_prefixes.empty();
        std::string next_token = std::move(page->next_continuation_token);
        ListResult result = to_list_result(std::move(*page));
        if (!result.truncated) {
            co_return result;
        }
        const bool advances = empty ? !next_token.empty() && next_token != token
                                    : result.next_start_after != request.start_after;
        if (!advances) {
            co_return no_next_page(attempt);
        }
        if (!empty) {
            co_return result;
        }
        // Without a last key there is only the store's own word for where it was.
        token = std::move(next_token);
    }
    co_return fail(ErrorKind::unavailable,
                   fmt::format("{}: the store sent {} pages without entries, and says that there "
                               "is more",
                               attempt, empty_pages_max));
}

}  // namespace slipway::client
