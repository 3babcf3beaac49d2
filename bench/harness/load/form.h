// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "body.h"

#include <cstddef>
#include <string_view>

namespace slipway::load {

inline constexpr std::string_view form_boundary = "----slipwayBenchBoundary7MA4YWxk";

// A multipart/form-data body as a browser sends it: a field `file_category`, then `files` files of
// `file_bytes` each, with the types file_0, file_1, ..., all of them `block` over and over.
Body make_form(std::string_view category,
               std::size_t files,
               std::string_view block,
               std::size_t file_bytes);

}  // namespace slipway::load
