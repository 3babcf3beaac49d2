// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/message.h"
#include "s3/sigv4.h"

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace slipway::server {

/// Makes URLs for objects of one bucket, as clients reach it. Any thread.
class Presigner {
  public:
    /// `scheme_and_host` is what clients connect to, "http://127.0.0.1:9000"; `path_prefix` what
    /// stands before the key's '/', "/bucket", or "" where the host names the bucket.
    Presigner(std::shared_ptr<const s3::Signer> signer,
              std::string scheme_and_host,
              std::string path_prefix)
        : signer_(std::move(signer)),
          scheme_and_host_(std::move(scheme_and_host)),
          path_prefix_(std::move(path_prefix)) {}

    /// Errors: those of s3::Signer::presign.
    Result<std::string> presign(http::Method method,
                                std::string_view key,
                                std::span<const s3::NameValue> query,
                                std::span<const s3::NameValue> headers,
                                std::chrono::seconds expires_in,
                                Time now) const;

  private:
    std::shared_ptr<const s3::Signer> signer_;  // shared with whoever else signs with these keys
    std::string scheme_and_host_;
    std::string path_prefix_;
};

}  // namespace slipway::server
