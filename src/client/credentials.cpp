// SPDX-License-Identifier: Apache-2.0
#include "client/credentials.h"

#include "client/static_keys.h"

#include <fmt/format.h>

#include <optional>
#include <string>

namespace slipway::client {
namespace {

StaticKeys from_files(const SharedFiles& files) {
    SLIPWAY_TRY(found, keys_of_section(files.credentials ? &*files.credentials : nullptr,
                                       files.credentials_path));
    if (found) {
        return found;
    }
    return keys_of_section(files.config ? &*files.config : nullptr, files.config_path);
}

}  // namespace

Result<s3::Credentials> find_credentials(const Environment& environment,
                                         const SharedFiles& files,
                                         bool profile_by_flag) {
    if (!profile_by_flag) {
        SLIPWAY_TRY(found, keys_of_environment(environment));
        if (found) {
            return std::move(*found);
        }
    }
    SLIPWAY_TRY(found, from_files(files));
    if (found) {
        return std::move(*found);
    }
    return fail(
        ErrorKind::unauthenticated,
        fmt::format("no S3 credentials: looked for {}profile '{}' in {} and {}; set "
                    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or name a profile",
                    profile_by_flag ? "" : "AWS_ACCESS_KEY_ID in the environment, ", files.profile,
                    files.credentials_path.empty() ? "~/.aws/credentials (HOME is not set)"
                                                   : files.credentials_path,
                    files.config_path.empty() ? "~/.aws/config" : files.config_path));
}

}  // namespace slipway::client
