// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::engine {

/// Cuts the text of a list into paths, as it comes: at NULs where there is one in the first
/// limits::list_probe_bytes, as `find -print0` writes, else at line ends (LF or CR LF, a byte order
/// mark is passed over). Empty ones are left out.
///
/// Holds what came last and at most one path of the longest kind; until the probe is there, or the
/// end, nothing comes out.
class ListText {
  public:
    struct Line {
        std::string path;
        bool cut = false;  ///< it was longer than limits::list_path_bytes_max: only its beginning
    };

    void add(std::string_view bytes);
    void end() { ended_ = true; }

    /// Nothing: add() more, or after end() that was all.
    std::optional<Line> next();

  private:
    bool decide();
    std::optional<Line> take(std::string_view raw);

    std::string text_;
    std::size_t position_ = 0;  // of text_: what is before it is used up
    std::optional<char> separator_;
    bool ended_ = false;
    std::optional<Line> overlong_;  // its rest is being passed over
};

}  // namespace slipway::engine
