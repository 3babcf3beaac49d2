// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "http/form_data.h"
#include "s3/limits.h"
#include "s3/post_policy.h"
#include "task/body.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::gateway {

/// A form of PostObject as it arrives: first its fields, then its file, which is a body of its own.
/// What comes after the file is nobody's.
class PostForm final : public BodyReader {
  public:
    /// `body` outlives this; `boundary` as http::form_boundary() answers it.
    PostForm(BodyReader& body, std::string_view boundary) : body_(body), parser_(boundary) {}

    /// Reads up to the first byte of the file.
    /// Errors: invalid_argument `MalformedPOSTRequest`, `InvalidArgument` for a form without a file
    /// or with a field that comes twice; too_large `MaxPostPreDataLengthExceededError`; those of
    /// the body.
    Task<s3::PostFields> read_fields();

    /// What the browser calls the file, without folders; known after read_fields().
    std::string_view file_name() const { return file_name_; }

    /// How large the file may be; before it is read.
    void set_size_range(std::uint64_t least, std::uint64_t most) {
        size_min_ = least;
        size_max_ = most;
    }

    /// The file's bytes. Errors: too_large `EntityTooLarge`; invalid_argument `EntityTooSmall`,
    /// `MalformedPOSTRequest`; those of the body.
    Task<Chunk> read() override;
    std::optional<std::uint64_t> size() const override { return std::nullopt; }

  private:
    Task<http::FormEvent> next_event();
    Result<> refill(Chunk chunk);
    Result<> begin_part(s3::PostFields& fields);
    Result<> take_field_bytes(s3::PostFields& fields, std::string_view data);
    Task<Chunk> read_file();
    Result<Chunk> count(Chunk chunk);

    BodyReader& body_;
    http::FormDataParser parser_;
    Chunk window_;           // what was received last
    std::string_view rest_;  // of it, not parsed yet
    std::size_t fields_bytes_ = 0;
    bool in_file_ = false;
    std::string file_name_;
    std::uint64_t file_bytes_ = 0;
    std::uint64_t size_min_ = 0;
    std::uint64_t size_max_ = s3::single_put_bytes_max;
    bool file_ended_ = false;
    std::optional<Error> failure_;
};

}  // namespace slipway::gateway
