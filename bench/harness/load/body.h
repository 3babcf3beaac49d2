// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::load {

// What a request carries or an answer must: pieces, of which many may be the same bytes, so that a
// form of a gigabyte needs no more memory than one block of it. Made once, read by all threads.
class Body {
  public:
    // Keeps `text` for append(), which may be given any part of it.
    std::string_view keep(std::string text);
    void append(std::string_view kept);
    // `kept` over and over until there are `size` bytes of it.
    void append_repeated(std::string_view kept, std::size_t size);

    [[nodiscard]] std::size_t size() const { return size_; }
    // The bytes from `offset` to the end of their piece; empty at the end of all.
    [[nodiscard]] std::string_view from(std::size_t offset) const;
    // Whether these are its bytes from `offset` on.
    [[nodiscard]] bool equals(std::size_t offset, std::string_view bytes) const;

  private:
    struct Piece {
        std::size_t begin;
        std::string_view bytes;
    };

    std::deque<std::string> kept_;  // a deque: what views point to stays where it is
    std::vector<Piece> pieces_;
    std::size_t size_ = 0;
};

}  // namespace slipway::load
