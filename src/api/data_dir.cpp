// SPDX-License-Identifier: Apache-2.0
#include "api/data_dir.h"

#include "slipway/serve.h"
#include "slipway/upload.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace slipway {
namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

/// Empty: neither variable names one. A relative XDG path is to be ignored (XDG Base Directory
/// Specification 0.8).
std::string xdg_base(const char* name, const char* below_home) {
    if (std::string path = variable(name); path.starts_with('/')) {
        return path;
    }
    const std::string home = variable("HOME");
    return home.starts_with('/') ? home + below_home : std::string();
}

}  // namespace

Result<std::string> default_data_dir() {
    const std::string base = xdg_base("XDG_DATA_HOME", "/.local/share");
    if (base.empty()) {
        return fail(
            ErrorKind::invalid_argument,
            "no data directory: neither XDG_DATA_HOME nor HOME is set; name one with data_dir");
    }
    return base + "/slipway";
}

Result<std::string> default_journal_dir() {
    const std::string base = xdg_base("XDG_STATE_HOME", "/.local/state");
    if (base.empty()) {
        return fail(ErrorKind::invalid_argument,
                    "no place for the journal of uploads: neither XDG_STATE_HOME nor HOME is set");
    }
    return base + "/slipway/uploads";
}

namespace api {

Result<std::string> open_data_dir(const std::string& path) {
    std::string chosen = path;
    if (chosen.empty()) {
        SLIPWAY_TRY(usual, default_data_dir());
        chosen = std::move(usual);
    }
    if (chosen.starts_with("~/")) {  // in a settings file no shell has replaced it
        chosen = variable("HOME") + chosen.substr(1);
    }
    std::error_code error;
    const auto full = std::filesystem::absolute(chosen, error).lexically_normal();
    if (!error) {
        std::filesystem::create_directories(full.parent_path(), error);
    }
    if (error) {
        return fail(ErrorKind::io,
                    fmt::format("cannot make the data directory {}: {}", chosen, error.message()));
    }
    // Nobody else's business: it holds the keys and everybody's files.
    if (::mkdir(full.c_str(), 0700) != 0 && errno != EEXIST) {
        error.assign(errno, std::generic_category());
        return fail(
            errno == EACCES ? ErrorKind::permission_denied : ErrorKind::io,
            fmt::format("cannot make the data directory {}: {}", full.string(), error.message()));
    }
    if (!std::filesystem::is_directory(full, error)) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("the data directory {} is not a directory", full.string()));
    }
    return full.string();
}

}  // namespace api
}  // namespace slipway
