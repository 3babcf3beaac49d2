// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "client/aws_settings.h"
#include "client/credentials.h"
#include "client/credentials_provider.h"
#include "net/http_client.h"
#include "task/waiters.h"

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace slipway::client {

/// Asks places in turn for credentials, keeps what the first of them has, and asks that one again
/// before it ends: one request does, others go on with the old ones while they are good, and wait
/// for it when there are none or those were refused. Any I/O thread.
class CredentialsChain final : public CredentialsSource {
  public:
    /// `clock` outlives this.
    CredentialsChain(std::vector<std::unique_ptr<CredentialsProvider>> providers,
                     const Clock& clock);
    ~CredentialsChain() override;

    /// Errors: unauthenticated, saying each place that was asked and why it had none; those of a
    /// place that was meant and does not work, naming it.
    /// Also why there were none in place of refused ones.
    Task<CredentialsPtr> credentials() override;
    void refused(const CredentialsPtr& credentials) override;

  private:
    using Fetched = Result<CredentialsPtr>;
    class Fetch;

    bool lasts(std::chrono::seconds at_least) const;
    void keep_locked(s3::Credentials fetched);
    /// What is there, if the caller need not fetch or wait.
    CredentialsPtr take_locked() const;
    Task<CredentialsPtr> fetch();
    void finish(std::optional<Fetched> fetched);

    std::vector<std::unique_ptr<CredentialsProvider>> providers_;
    const Clock& clock_;
    std::optional<std::size_t> chosen_;  // touched by the one who fetches

    Waiters waiters_;  // for the end of a fetch

    std::mutex mutex_;  // guards what follows; never held across co_await
    CredentialsPtr current_;
    Time renew_not_before_{};
    bool refused_ = false;  // those that are current, since the last fetch
    Time hear_not_before_{};
    bool fetching_ = false;
    /// What the last fetch brought; nothing after one that was broken off: then somebody else has
    /// to.
    std::optional<Fetched> last_;
};

/// The chain as the AWS SDKs have it: environment, web identity, the profile, the container's
/// agent, the instance's role. A profile chosen by a flag goes before the environment: the first
/// two are not asked. `http` and `clock` outlive it.
std::unique_ptr<CredentialsSource> make_credentials_chain(net::HttpClient& http,
                                                          const Environment& environment,
                                                          const AwsSettings& settings,
                                                          bool profile_by_flag,
                                                          const Clock& clock);

}  // namespace slipway::client
