// SPDX-License-Identifier: Apache-2.0
#include "gateway/post_form.h"

#include "http/headers.h"
#include "s3/errors.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

namespace slipway::gateway {
namespace {

using http::FormEvent;

tl::unexpected<Error> malformed(const Error& cause) {
    return s3::s3_fail("MalformedPOSTRequest",
                       fmt::format("The body of your POST request is not well-formed "
                                   "multipart/form-data: {}.",
                                   cause.message));
}

}  // namespace

/// Takes the next piece of the body; the end of the body is the form's.
Result<> PostForm::refill(Chunk chunk) {
    window_ = std::move(chunk);
    rest_ = window_.text();
    if (!window_.empty()) {
        return {};
    }
    const auto whole = parser_.finish();
    return whole ? s3::s3_fail("InvalidArgument",
                               "POST requires exactly one file upload per request.")
                 : malformed(whole.error());
}

/// The next thing in the form that is not `none`.
Task<FormEvent> PostForm::next_event() {
    while (true) {
        if (rest_.empty()) {
            SLIPWAY_CO_TRY(chunk, co_await body_.read());
            SLIPWAY_CO_CHECK(refill(std::move(chunk)));
        }
        auto event = parser_.next(rest_);
        if (!event) {
            co_return malformed(event.error());
        }
        if (event->kind != FormEvent::Kind::none) {
            co_return *event;
        }
    }
}

/// Of the fields: a new one, unless it is the file.
Result<> PostForm::begin_part(s3::PostFields& fields) {
    const http::FormPart& part = parser_.part();
    std::string name = http::lower_case(part.name);
    if (name == "file") {
        in_file_ = true;
        const std::string_view path = part.file_name ? *part.file_name : std::string_view();
        file_name_ = path.substr(path.find_last_of("/\\") + 1);
        return {};
    }
    if (s3::find_field(fields, name) != nullptr) {
        return s3::s3_fail("InvalidArgument",
                           fmt::format("POST requires exactly one field named '{}'.", part.name));
    }
    if (fields.size() == s3::post_fields_max) {
        return s3::s3_fail("MaxPostPreDataLengthExceededError",
                           fmt::format("Your POST request has more than {} fields in front of the "
                                       "file.",
                                       s3::post_fields_max));
    }
    fields_bytes_ += part.name.size();
    fields.emplace_back(std::move(name), std::string());
    return take_field_bytes(fields, {});
}

Result<> PostForm::take_field_bytes(s3::PostFields& fields, std::string_view data) {
    fields_bytes_ += data.size();
    if (fields_bytes_ > s3::post_fields_bytes_max) {
        return s3::s3_fail("MaxPostPreDataLengthExceededError",
                           fmt::format("Your POST request fields preceding the upload file were "
                                       "too large: they may have {} bytes.",
                                       s3::post_fields_bytes_max));
    }
    fields.back().second.append(data);
    return {};
}

Task<s3::PostFields> PostForm::read_fields() {
    s3::PostFields fields;
    while (!in_file_) {
        SLIPWAY_CO_TRY(event, co_await next_event());
        if (event.kind == FormEvent::Kind::part_begin) {
            SLIPWAY_CO_CHECK(begin_part(fields));
        } else if (event.kind == FormEvent::Kind::data) {
            SLIPWAY_CO_CHECK(take_field_bytes(fields, event.data));
        } else if (event.kind == FormEvent::Kind::form_end) {
            co_return s3::s3_fail("InvalidArgument",
                                  "POST requires exactly one file upload per request.");
        }
    }
    co_return fields;
}

Task<Chunk> PostForm::read() {
    if (failure_) {
        co_return fail(*failure_);
    }
    if (file_ended_) {
        co_return Chunk();
    }
    auto chunk = co_await read_file();
    if (chunk) {
        chunk = count(*std::move(chunk));
    }
    if (!chunk) {
        failure_ = chunk.error();
    }
    co_return chunk;
}

/// The next bytes of the file, in the memory they were received in; empty at its end.
Task<Chunk> PostForm::read_file() {
    std::size_t begin = 0;
    std::size_t size = 0;
    while (size == 0 && !file_ended_) {
        if (rest_.empty()) {
            SLIPWAY_CO_TRY(chunk, co_await body_.read());
            SLIPWAY_CO_CHECK(refill(std::move(chunk)));
        }
        while (!rest_.empty() && !file_ended_) {
            const auto event = parser_.next(rest_);
            if (!event) {
                co_return malformed(event.error());
            }
            if (event->kind == FormEvent::Kind::part_end) {
                file_ended_ = true;
            } else if (event->kind == FormEvent::Kind::data && event->held) {
                co_return Chunk::copy_of(event->data);  // its window has been handed out
            } else if (event->kind == FormEvent::Kind::data) {
                if (size == 0) {
                    begin = static_cast<std::size_t>(event->data.data() - window_.text().data());
                }
                size += event->data.size();
            }
        }
    }
    Chunk chunk = std::exchange(window_, Chunk());
    rest_ = {};
    if (begin > 0 && size > 0) {
        std::memmove(chunk.data(), chunk.data() + begin, size);
    }
    chunk.resize(size);
    co_return chunk;
}

Result<Chunk> PostForm::count(Chunk chunk) {
    file_bytes_ += chunk.size();
    if (file_bytes_ > size_max_) {
        return s3::s3_fail("EntityTooLarge",
                           fmt::format("Your proposed upload exceeds the maximum allowed size: {} "
                                       "bytes.",
                                       size_max_));
    }
    // The last bytes are not handed out either when there are too few.
    if (file_ended_ && file_bytes_ < size_min_) {
        return s3::s3_fail("EntityTooSmall",
                           fmt::format("Your proposed upload is smaller than the minimum allowed "
                                       "size: {} bytes, at least {} are wanted.",
                                       file_bytes_, size_min_));
    }
    return chunk;
}

}  // namespace slipway::gateway
