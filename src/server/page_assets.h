// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace slipway::server {

/// One file of the web page as it was built; everything in it lives as long as the program.
struct Asset {
    std::string_view path;  ///< "/index.html", "/assets/index-Bx3.js"
    std::string_view content_type;
    std::string_view etag;  ///< with quotes; from the content
    std::string_view bytes;
    std::string_view gzip_bytes;  ///< empty where compressing does not help
    bool immutable = false;       ///< the path has the content's hash in it
};

/// The page's files, sorted by path. Written by tools/embed_page.py while building; empty when the
/// program was built without the page (SLIPWAY_WEB=OFF).
std::span<const Asset> page_assets();

}  // namespace slipway::server
