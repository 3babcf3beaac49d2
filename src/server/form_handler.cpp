// SPDX-License-Identifier: Apache-2.0
// Files through the server: POST of a form, PUT of one file.
#include "http/router.h"
#include "server/forwarded_files.h"
#include "server/forwarded_key.h"
#include "server/routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace slipway::server {
namespace {

constexpr std::string_view category_field = "file_category";
constexpr std::string_view workers_field = "max_workers";

/// What the plain fields of a form say, or the query.
struct Options {
    std::string category = "general";
    unsigned workers = limits::form_workers_default;
};

Result<> set_workers(Options& options, std::string_view text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool digits = !text.empty() && std::ranges::all_of(text, [](char each) {
        return each >= '0' && each <= '9';
    });
    if (error == std::errc::result_out_of_range && digits) {
        value = limits::form_workers_max;
    }
    if (!digits || value == 0) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("{} must be a whole number from 1, not '{}'", workers_field,
                                text.substr(0, limits::short_text_bytes_max)),
                    "invalid_max_workers");
    }
    options.workers = std::min(value, limits::form_workers_max);
    return {};
}

Result<Options> read_query(const http::Request& request) {
    Options options;
    SLIPWAY_TRY(category, http::query_parameter(request.query(), category_field));
    if (category) {
        SLIPWAY_CHECK(check_key_part(category_field, *category));
        options.category = *std::move(category);
    }
    SLIPWAY_TRY(workers, http::query_parameter(request.query(), workers_field));
    if (workers) {
        SLIPWAY_CHECK(set_workers(options, *workers));
    }
    return options;
}

/// The files before it have their keys, and may be stored.
Result<> set_category(Options& options, std::string value, const ForwardedFiles& files) {
    SLIPWAY_CHECK(check_key_part(category_field, value));
    if (!files.files().empty() && value != options.category) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("{} comes after the file {}: send it before the files, or as a "
                                "query parameter",
                                category_field, files.files().front()->name),
                    "category_after_files");
    }
    options.category = std::move(value);
    return {};
}

Task<std::string> read_field(FormReader& reader, const std::string& name) {
    std::string value;
    while (true) {
        SLIPWAY_CO_TRY(chunk, co_await reader.read());
        if (chunk.empty()) {
            co_return value;
        }
        value.append(chunk.text());
        if (value.size() > limits::form_field_bytes_max) {
            co_return fail(ErrorKind::too_large,
                           fmt::format("the field {} has more than {} bytes; a file has a file "
                                       "name",
                                       name.substr(0, limits::short_text_bytes_max),
                                       limits::form_field_bytes_max),
                           "field_too_large");
        }
    }
}

Task<> read_form(FormReader& reader, Options options, ForwardedFiles& files) {
    while (true) {
        SLIPWAY_CO_TRY(part, co_await reader.next_part());
        if (!part) {
            co_return Result<>();
        }
        if (part->file_name) {
            files.set_workers(options.workers);
            co_await files.take(options.category, *part);
            continue;
        }
        SLIPWAY_CO_TRY(value, co_await read_field(reader, part->name));
        if (part->name == category_field) {
            SLIPWAY_CO_CHECK(set_category(options, std::move(value), files));
        } else if (part->name == workers_field) {
            SLIPWAY_CO_CHECK(set_workers(options, value));
        }
    }
}

std::uint64_t body_bytes_max(const Settings& settings) {
    return std::max(limits::form_bytes_max, settings.file_size_max);
}

/// Django's view takes whatever comes without files for a form without files.
bool has_no_form(const Call& call) {
    const std::string_view type = call.request.headers.get("Content-Type");
    return call.request.content_length == 0U ||
           type.starts_with("application/x-www-form-urlencoded");
}

/// Its boundary.
Result<std::string> check_form(const Parts& parts, const Call& call) {
    const std::uint64_t size_max = body_bytes_max(parts.settings);
    if (call.request.content_length.value_or(0) > size_max) {
        return fail(ErrorKind::too_large,
                    fmt::format("the form is longer than {} bytes; send several forms", size_max),
                    "form_too_large");
    }
    return http::form_boundary(call.request.headers.get("Content-Type"));
}

std::optional<Error> error_of(Result<> result) {
    return result ? std::nullopt : std::optional(std::move(result).error());
}

Task<http::Response> answer(Result<http::Response> response) {
    co_return response;
}

Task<http::Response> forward_form(const Parts& parts,
                                  Call& call,
                                  std::string boundary,
                                  Options options) {
    FormReader reader(call.body, std::move(boundary),
                      reader_options(parts, body_bytes_max(parts.settings)));
    const IoExecutor executor = co_await this_executor();
    ForwardedFiles files(parts, call.user, reader, executor);
    const auto form = co_await read_form(reader, std::move(options), files);
    co_await files.wait();
    co_return forwarded_answer(files.files(), parts.settings.bucket, error_of(form));
}

}  // namespace

/// No coroutine: nothing of its checks takes memory while a form arrives.
Task<http::Response> upload_form(const Parts& parts, Call& call) {
    auto options = read_query(call.request);
    if (!options) {
        return answer(fail(std::move(options).error()));
    }
    if (has_no_form(call)) {
        return answer(forwarded_answer({}, parts.settings.bucket, std::nullopt));
    }
    auto boundary = check_form(parts, call);
    if (!boundary) {
        return answer(fail(std::move(boundary).error()));
    }
    return forward_form(parts, call, *std::move(boundary), *std::move(options));
}

/// One file as the body, for scripts.
Task<http::Response> put_upload(const Parts& parts, Call& call) {
    const std::string& category = call.parameters[0];
    SLIPWAY_CO_CHECK(check_key_part(category_field, category));
    SLIPWAY_CO_CHECK(check_key_part("file_type", call.parameters[1]));
    SLIPWAY_CO_TRY(options, read_query(call.request));
    if (call.request.content_length.value_or(0) > parts.settings.file_size_max) {
        co_return fail(ErrorKind::too_large,
                       fmt::format("the file has {} bytes; at most {} ({} MB) are allowed",
                                   *call.request.content_length, parts.settings.file_size_max,
                                   parts.settings.file_size_max / 1'000'000),
                       "file_too_large");
    }
    http::FormPart part;
    part.name = call.parameters[1];
    part.content_type = call.request.headers.get("Content-Type");
    SLIPWAY_CO_TRY(name, http::query_parameter(call.request.query(), "file_name"));
    part.file_name =
        name ? std::move(name)
             : http::header_parameter(call.request.headers.get("Content-Disposition"), "filename");
    if (part.file_name == "") {
        part.file_name.reset();
    }
    FormReader reader(call.body, std::nullopt,
                      reader_options(parts, body_bytes_max(parts.settings)));
    const IoExecutor executor = co_await this_executor();
    ForwardedFiles files(parts, call.user, reader, executor);
    files.set_workers(options.workers);
    SLIPWAY_CO_CHECK(co_await reader.next_part());
    co_await files.take(category, part);
    co_await files.wait();
    co_return forwarded_answer(files.files(), parts.settings.bucket, std::nullopt);
}

}  // namespace slipway::server
