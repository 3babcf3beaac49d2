// SPDX-License-Identifier: Apache-2.0
#include "slipway/store_check.h"

#include "slipway/serve.h"

#include "store/check.h"

#include <filesystem>
#include <utility>

namespace slipway {
namespace {

Result<std::filesystem::path> store_directory(const std::string& named) {
    std::filesystem::path directory = named;
    if (named.empty()) {
        SLIPWAY_TRY(usual, default_data_dir());
        directory = std::move(usual);
    }
    std::error_code error;
    if (std::filesystem::exists(directory / "store" / "index.db", error)) {
        directory /= "store";
    }
    return std::filesystem::absolute(directory, error);
}

StoreFinding to_public(const store::CheckFinding& finding) {
    return {std::string(to_string(finding.what)), finding.where, finding.message, finding.repaired};
}

}  // namespace

Result<StoreCheckReport> check_store(
    const StoreCheckRequest& request,
    const std::function<void(const StoreFinding&)>& each,
    const std::function<void(const StoreCheckProgress&)>& progress) {
    store::CheckOptions options;
    SLIPWAY_TRY(directory, store_directory(request.directory));
    options.directory = std::move(directory);
    options.repair = request.repair;
    options.found = [&each](const store::CheckFinding& finding) {
        if (each) {
            each(to_public(finding));
        }
    };
    options.progress = [&progress](const store::CheckProgress& now) {
        if (progress) {
            progress({now.objects, now.objects_all, now.bytes, now.bytes_all, now.files});
        }
    };
    SLIPWAY_TRY(report, store::check_store(options));
    return StoreCheckReport{report.objects, report.bytes, report.files, report.findings,
                            report.repaired};
}

}  // namespace slipway
