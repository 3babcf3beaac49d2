// SPDX-License-Identifier: Apache-2.0
#include "client/credentials_chain.h"

#include "base/limits.h"
#include "client/container_credentials.h"
#include "client/environment_credentials.h"
#include "client/instance_credentials.h"
#include "client/profile_credentials.h"
#include "client/sts.h"
#include "client/web_identity_credentials.h"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <utility>

namespace slipway::client {

/// The right to ask, held by one at a time; given back also when its coroutine is broken off.
class CredentialsChain::Fetch {
  public:
    explicit Fetch(CredentialsChain& chain) : chain_(chain) {}
    ~Fetch() { chain_.finish(std::move(fetched)); }
    Fetch(const Fetch&) = delete;
    Fetch& operator=(const Fetch&) = delete;

    std::optional<Fetched> fetched;

  private:
    CredentialsChain& chain_;
};

CredentialsChain::CredentialsChain(std::vector<std::unique_ptr<CredentialsProvider>> providers,
                                   const Clock& clock)
    : providers_(std::move(providers)), clock_(clock) {
}

CredentialsChain::~CredentialsChain() = default;

bool CredentialsChain::lasts(std::chrono::seconds at_least) const {
    return current_ && (!current_->expires_at || clock_.now() + at_least < *current_->expires_at);
}

CredentialsPtr CredentialsChain::take_locked() const {
    if (refused_) {
        return nullptr;
    }
    const bool renew =
        !lasts(limits::credentials_renew_before) && !fetching_ && clock_.now() >= renew_not_before_;
    return !renew && lasts(limits::credentials_spare_time) ? current_ : nullptr;
}

void CredentialsChain::refused(const CredentialsPtr& credentials) {
    const std::lock_guard lock(mutex_);
    // A store that refuses all does not have them fetched with each request.
    if (credentials != nullptr && credentials == current_ && clock_.now() >= hear_not_before_) {
        refused_ = true;
        hear_not_before_ = clock_.now() + limits::credentials_renew_pause;
    }
}

/// The same ones again stay the same pointer, by which others tell whether there are new ones.
void CredentialsChain::keep_locked(s3::Credentials fetched) {
    const bool same = current_ && current_->access_key_id == fetched.access_key_id &&
                      current_->secret_access_key == fetched.secret_access_key &&
                      current_->session_token == fetched.session_token &&
                      current_->expires_at == fetched.expires_at;
    if (!same) {
        current_ = std::make_shared<const s3::Credentials>(std::move(fetched));
    }
}

Task<CredentialsPtr> CredentialsChain::credentials() {
    while (true) {
        bool ours = false;
        std::uint64_t ticket = 0;
        {
            const std::lock_guard lock(mutex_);
            if (CredentialsPtr taken = take_locked()) {
                co_return taken;
            }
            ours = !std::exchange(fetching_, true);
            ticket = waiters_.ticket();
        }
        if (ours) {
            Fetch fetch_right(*this);
            auto fetched = co_await fetch();
            fetch_right.fetched = fetched;
            co_return fetched;
        }
        co_await waiters_.wait(ticket);
        const std::lock_guard lock(mutex_);
        if (last_) {
            co_return *last_;
        }
    }
}

/// Asks the places; a failure is none while the old credentials are good and not refused.
Task<CredentialsPtr> CredentialsChain::fetch() {
    Result<Offer> offer;
    std::string looked;
    for (std::size_t i = chosen_.value_or(0); i < providers_.size(); ++i) {
        offer = co_await providers_[i]->ask();
        const std::string name = providers_[i]->name();
        if (offer && offer->credentials) {
            chosen_ = i;
            break;
        }
        looked += fmt::format("{}{}: {}", looked.empty() ? "" : "; ", name,
                              offer ? offer->why_not : offer.error().message);
        if (!offer || chosen_) {
            break;
        }
    }
    const std::lock_guard lock(mutex_);
    renew_not_before_ = clock_.now() + limits::credentials_renew_pause;
    const bool brought = offer && offer->credentials;
    if (brought) {
        keep_locked(*offer->credentials);
    }
    const bool were_refused = std::exchange(refused_, false);
    if ((brought || !were_refused) && lasts(limits::credentials_spare_time)) {
        co_return current_;
    }
    if (!offer) {
        offer.error().message = "no S3 credentials: " + looked;
        co_return fail(std::move(offer).error());
    }
    if (offer->credentials) {
        co_return fail(ErrorKind::unauthenticated,
                       fmt::format("no S3 credentials: those of {} have expired, or the clock of "
                                   "this machine is wrong",
                                   providers_[*chosen_]->name()));
    }
    co_return fail(ErrorKind::unauthenticated,
                   fmt::format("no S3 credentials: {}; set AWS_ACCESS_KEY_ID and "
                               "AWS_SECRET_ACCESS_KEY, name a profile, or send without a signature",
                               looked));
}

void CredentialsChain::finish(std::optional<Fetched> fetched) {
    {
        const std::lock_guard lock(mutex_);
        fetching_ = false;
        last_ = std::move(fetched);
    }
    waiters_.wake_all();
}

namespace {

/// A chain with the token service that members of it ask.
class SdkCredentials final : public CredentialsSource {
  public:
    SdkCredentials(net::HttpClient& http,
                   const Environment& environment,
                   const AwsSettings& settings,
                   bool profile_by_flag,
                   const Clock& clock)
        : sts_(http, settings.sts_endpoint_url, settings.region, clock),
          chain_(providers(http, environment, settings.files, profile_by_flag), clock) {}

    Task<CredentialsPtr> credentials() override { return chain_.credentials(); }
    void refused(const CredentialsPtr& credentials) override { chain_.refused(credentials); }

  private:
    std::vector<std::unique_ptr<CredentialsProvider>> providers(net::HttpClient& http,
                                                                const Environment& environment,
                                                                const SharedFiles& files,
                                                                bool profile_by_flag) {
        std::vector<std::unique_ptr<CredentialsProvider>> made;
        if (!profile_by_flag) {
            made.push_back(std::make_unique<EnvironmentCredentials>(environment));
            made.push_back(std::make_unique<WebIdentityCredentials>(sts_, environment));
        }
        made.push_back(std::make_unique<ProfileCredentials>(sts_, http, environment, files));
        made.push_back(std::make_unique<ContainerCredentials>(http, environment));
        made.push_back(std::make_unique<InstanceCredentials>(http, environment));
        return made;
    }

    TokenService sts_;
    CredentialsChain chain_;
};

}  // namespace

std::unique_ptr<CredentialsSource> make_credentials_chain(net::HttpClient& http,
                                                          const Environment& environment,
                                                          const AwsSettings& settings,
                                                          bool profile_by_flag,
                                                          const Clock& clock) {
    return std::make_unique<SdkCredentials>(http, environment, settings, profile_by_flag, clock);
}

}  // namespace slipway::client
