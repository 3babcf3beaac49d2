// SPDX-License-Identifier: Apache-2.0
#include "api/download_target.h"

#include "api/object_sources.h"
#include "engine/object_path.h"
#include "engine/readable.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <utility>

namespace slipway::api {
namespace {

constexpr std::string_view standard_output = "-";

bool is_directory(const std::string& path) {
    std::error_code ignored;
    return path.ends_with('/') || std::filesystem::is_directory(path, ignored);
}

/// What a source is called among others: "photos/2026/" is 2026, a whole bucket its own name.
std::string name_of(const engine::ObjectSource& source) {
    if (!source.below) {
        return std::string(engine::last_part(source.key));
    }
    if (source.key.empty()) {
        return source.bucket;
    }
    return std::string(
        engine::last_part(std::string_view(source.key).substr(0, source.key.size() - 1)));
}

/// What a symbolic link stands for is replaced, and not the link.
Result<std::string> behind_link(const std::string& path) {
    std::error_code failed;
    if (!std::filesystem::is_symlink(path, failed)) {
        return path;
    }
    const auto file = std::filesystem::canonical(path, failed);
    if (failed) {
        return fail(
            ErrorKind::invalid_argument,
            fmt::format("{} is a symbolic link that leads to no file (standard output is -)",
                        engine::readable(path)));
    }
    return file.string();
}

std::string uri_of(const engine::ObjectSource& source) {
    return engine::readable(to_string(S3Uri{source.bucket, source.key}));
}

}  // namespace

Result<DownloadTarget> DownloadTarget::open(const DownloadRequest& request) {
    DownloadTarget target;
    for (const S3Uri& uri : request.sources) {
        const bool below = request.recursive || uri.key.empty() || uri.key.ends_with('/');
        target.sources_.push_back(to_source(uri, below));
    }
    if (target.sources_.empty() || request.target.empty()) {
        return fail(ErrorKind::invalid_argument,
                    "say what to get and where to: s3://bucket/key TARGET");
    }
    target.several_ = target.sources_.size() > 1;
    const bool one_object = !target.several_ && !target.sources_.front().below;
    target.standard_output_ = request.target == standard_output;
    if (target.standard_output_ && !one_object) {
        return fail(ErrorKind::invalid_argument,
                    "standard output (-) is for one object: name it, s3://bucket/key");
    }
    if (target.standard_output_) {
        return target;
    }
    std::string directory = request.target;
    if (one_object && !is_directory(directory)) {
        SLIPWAY_TRY(file, behind_link(directory));
        directory = std::move(file);
        const auto slash = directory.rfind('/');
        target.file_name_ = directory.substr(slash + 1);
        directory = slash == directory.npos ? "." : directory.substr(0, slash + 1);
        SLIPWAY_CHECK(engine::check_object_path(target.file_name_));
    }
    target.directory_path_ = directory == "." ? "" : folder_of(directory);
    SLIPWAY_CHECK(target.check_names());
    if (!request.dry_run) {
        SLIPWAY_TRY(opened, engine::TargetDirectory::open(directory));
        target.directory_ = std::move(opened);
    }
    return target;
}

Result<> DownloadTarget::check_names() const {
    std::map<std::string, const engine::ObjectSource*> named;
    for (const engine::ObjectSource& source : sources_) {
        const auto [first, is_new] = named.emplace(name_of(source), &source);
        if (!is_new) {
            return fail(ErrorKind::already_exists,
                        fmt::format("{} would go where {} goes, to {}: get it by itself, to "
                                    "another place",
                                    uri_of(source), uri_of(*first->second),
                                    engine::readable(directory_path_ + first->first)));
        }
    }
    return {};
}

std::string DownloadTarget::path_of(const engine::FoundObject& found) const {
    const engine::ObjectSource& source = sources_[found.source];
    if (!source.below) {
        return file_name_.empty() ? name_of(source) : file_name_;
    }
    std::string path = found.key.substr(source.key.size());
    return several_ ? name_of(source) + "/" + path : path;
}

Result<engine::DownloadOptions::Place> DownloadTarget::place(
    const engine::FoundObject& found) const {
    engine::DownloadOptions::Place place;
    if (standard_output_) {
        place.path = standard_output;
        return place;
    }
    std::string path = path_of(found);
    SLIPWAY_CHECK(engine::check_object_path(path));
    place.path = directory_path_ + path;
    place.file = std::make_shared<engine::TargetFile>(directory_, std::move(path));
    return place;
}

}  // namespace slipway::api
