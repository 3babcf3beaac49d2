// SPDX-License-Identifier: Apache-2.0
#include "form.h"

#include <string>

namespace slipway::load {

Body make_form(std::string_view category,
               std::size_t files,
               std::string_view block,
               std::size_t file_bytes) {
    Body body;
    const std::string_view kept_block = body.keep(std::string(block));
    const std::string delimiter = "--" + std::string(form_boundary);
    body.append(body.keep(delimiter +
                          "\r\nContent-Disposition: form-data; name=\"file_category\"\r\n\r\n" +
                          std::string(category)));
    for (std::size_t i = 0; i < files; ++i) {
        const std::string name = "file_" + std::to_string(i);
        body.append(body.keep("\r\n" + delimiter + "\r\nContent-Disposition: form-data; name=\"" +
                              name + "\"; filename=\"" + name +
                              ".jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"));
        body.append_repeated(kept_block, file_bytes);
    }
    body.append(body.keep("\r\n" + delimiter + "--\r\n"));
    return body;
}

}  // namespace slipway::load
