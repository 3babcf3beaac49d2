// SPDX-License-Identifier: Apache-2.0
#include "api/process.h"

#include "api/file.h"
#include "codec/json.h"

#include <sys/resource.h>
#include <unistd.h>

namespace slipway::api {

void raise_file_limit() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);  // refused: what we have has to do
    }
}

Result<> write_ready_file(const std::string& path,
                          std::string_view url,
                          std::string_view store_url) {
    std::string text;
    codec::JsonWriter json(text);
    json.begin_object();
    if (!url.empty()) {
        json.member("url", url);
    }
    json.member("store_url", store_url);
    json.member("pid", ::getpid());
    json.end_object();
    text.push_back('\n');
    return write_file(path, text, 0644);
}

}  // namespace slipway::api
