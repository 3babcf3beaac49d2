// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/limits.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::http {

/// What a part of a form says of itself; texts as bytes, which should be UTF-8.
struct FormPart {
    std::string name;
    /// Set: the part is a file. Empty where a browser's file input was left alone.
    std::optional<std::string> file_name;
    std::string content_type;

    friend bool operator==(const FormPart&, const FormPart&) = default;
};

/// The value of a parameter of a header field, `filename` of `attachment; filename="a.jpg"`, its
/// quotes and escapes undone as for forms; nothing when it is not there. The extended form
/// (`filename*=UTF-8''a.jpg`) counts where the plain one is missing.
std::optional<std::string> header_parameter(std::string_view field, std::string_view name);

/// The boundary that a form's Content-Type names.
/// Errors: invalid_argument `not_a_form` (another type), `no_boundary` (none, or an impossible
/// one).
Result<std::string> form_boundary(std::string_view content_type);

/// What the parser found next; `data` is valid until the next call.
struct FormEvent {
    enum class Kind {
        none,        ///< all that was given is used
        part_begin,  ///< part() says which
        data,        ///< bytes of the part
        part_end,
        form_end,
    };
    Kind kind = Kind::none;
    std::string_view data;
    /// The data were given in an earlier piece: they began as the boundary does. A view into the
    /// parser's own copy of it.
    bool held = false;
};

/// Reads multipart/form-data (RFC 7578) as it arrives. Pure: no I/O, no copies of data.
///
///     while (true) {
///         event = parser.next(bytes);  // takes what it used off the front of `bytes`
///         if (event->kind == FormEvent::Kind::none) { break; }  // give it the next piece
///     }
///     parser.finish();  // at the body's end
///
/// Holds the headers of one part and nothing of its data: of what may be the start of a boundary
/// it only keeps how much of it matched. Looks at each byte of data twice, 64 at a time.
/// Errors: invalid_argument `wrong_boundary`, `malformed_form`, `truncated_form`; too_large
/// `too_many_parts`, `part_header_too_large`. After an error it is of no further use.
class FormDataParser {
  public:
    /// `boundary` as form_boundary() answers it.
    explicit FormDataParser(std::string_view boundary);

    Result<FormEvent> next(std::string_view& bytes);

    /// The body has ended: whether the form had.
    Result<> finish() const;

    const FormPart& part() const { return part_; }
    /// Parts begun so far.
    std::size_t parts() const { return parts_; }

  private:
    enum class State { preamble, delimiter_line, headers, data, epilogue };

    Result<FormEvent> search(std::string_view& bytes);
    Result<FormEvent> go_on_with_delimiter(std::string_view& bytes);
    Result<FormEvent> found_delimiter();
    Result<FormEvent> read_delimiter_line(std::string_view& bytes);
    Result<FormEvent> read_headers(std::string_view& bytes);
    FormEvent passed(std::string_view data, bool held);
    Result<> check_preamble(std::size_t bytes);
    Result<> begin_part();

    const std::string delimiter_;  // CR LF - - boundary: the only CR is its first byte
    State state_ = State::preamble;
    /// So many last bytes are the start of the delimiter. A form may begin with the boundary, as if
    /// a line had ended before.
    std::size_t matched_ = 2;
    std::size_t outside_bytes_ = 0;  // of preamble and epilogue
    std::size_t parts_ = 0;
    std::string line_;  // headers, or the rest of a delimiter's line, until they are whole
    FormPart part_;
};

}  // namespace slipway::http
