// SPDX-License-Identifier: Apache-2.0
#include "codec/hex.h"
#include "codec/percent.h"
#include "codec/time.h"
#include "s3/limits.h"
#include "s3/names.h"
#include "s3/sigv4.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <utility>

namespace slipway::s3 {

namespace chrono = std::chrono;

// --- keys ----------------------------------------------------------------------------------------

std::string Scope::text() const {
    return fmt::format("{}/{}/{}/aws4_request", day, region, service);
}

namespace {

codec::HmacSha256Key derive(const Secret& secret, const Scope& scope) {
    const std::string start = fmt::format("AWS4{}", secret.reveal());
    const auto day = codec::HmacSha256Key(start).sign(scope.day);
    const auto region = codec::HmacSha256Key(day).sign(scope.region);
    const auto service = codec::HmacSha256Key(region).sign(scope.service);
    return codec::HmacSha256Key(codec::HmacSha256Key(service).sign("aws4_request"));
}

}  // namespace

SigningKey::SigningKey(const Secret& secret_access_key, const Scope& scope)
    : scope_(scope.text()), key_(derive(secret_access_key, scope)) {
}

void SigningKey::append_signature(std::string& out,
                                  std::string_view canonical_request,
                                  std::string_view amz_date) const {
    thread_local std::string string_to_sign;
    string_to_sign = "AWS4-HMAC-SHA256\n";
    string_to_sign += amz_date;
    string_to_sign += '\n';
    string_to_sign += scope_;
    string_to_sign += '\n';
    codec::append_hex(string_to_sign, codec::sha256(canonical_request));
    append_text_signature(out, string_to_sign);
}

void SigningKey::append_text_signature(std::string& out, std::string_view string_to_sign) const {
    codec::append_hex(out, key_.sign(string_to_sign));
}

struct Signer::DayKey {
    DayKey(const Credentials& credentials, const Scope& scope, chrono::sys_days of)
        : day(of),
          day_text(scope.day),
          key(credentials.secret_access_key, scope),
          credential(fmt::format("{}/{}", credentials.access_key_id, key.scope())),
          encoded_credential(codec::percent_encode(credential, false)) {}

    chrono::sys_days day;
    std::string day_text;
    SigningKey key;
    std::string credential;
    std::string encoded_credential;
    const DayKey* earlier = nullptr;
};

Signer::Signer(Credentials credentials, std::string region, std::string service)
    : credentials_(std::move(credentials)),
      region_(std::move(region)),
      service_(std::move(service)),
      encoded_token_(codec::percent_encode(credentials_.session_token, false)) {
}

Signer::~Signer() {
    const DayKey* node = days_.load();
    while (node != nullptr) {
        node = std::unique_ptr<const DayKey>(node)->earlier;
    }
}

const Signer::DayKey& Signer::day_key(chrono::sys_days day) const {
    const DayKey* head = days_.load(std::memory_order_acquire);
    for (const DayKey* node = head; node != nullptr; node = node->earlier) {
        if (node->day == day) {
            return *node;
        }
    }
    auto fresh = std::make_unique<DayKey>(
        credentials_, Scope{.day = codec::amz_day(day), .region = region_, .service = service_},
        day);
    fresh->earlier = head;
    // Two threads may both derive a day's key; both stay, the same.
    while (!days_.compare_exchange_weak(fresh->earlier, fresh.get(), std::memory_order_release,
                                        std::memory_order_relaxed)) {
    }
    return *fresh.release();
}

const SigningKey& Signer::signing_key(chrono::sys_days day) const {
    return day_key(day).key;
}

// --- presigning ----------------------------------------------------------------------------------

namespace {

/// "20261121T050000Z" on the stack, from the day's text and the time of day.
class AmzDate {
  public:
    AmzDate(std::string_view day_text, chrono::seconds since_midnight) {
        const auto seconds = static_cast<unsigned>(since_midnight.count());
        std::ranges::copy(day_text, text_.begin());
        text_[8] = 'T';
        put_two_digits(9, seconds / 3600);
        put_two_digits(11, seconds / 60 % 60);
        put_two_digits(13, seconds % 60);
        text_[15] = 'Z';
    }
    std::string_view text() const { return std::string_view(text_.data(), text_.size()); }

  private:
    void put_two_digits(std::size_t at, unsigned value) {
        text_[at] = static_cast<char>('0' + value / 10);
        text_[at + 1] = static_cast<char>('0' + value % 10);
    }
    std::array<char, 16> text_;
};

using EncodedPair = std::pair<std::string, std::string>;

/// Writes a sorted query: ours come in their order, the caller's are put between them.
class QueryWriter {
  public:
    QueryWriter(std::string& out, std::span<const NameValue> extras) : out_(out) {
        for (const NameValue& extra : extras) {
            extras_.emplace_back(codec::percent_encode(extra.name, false),
                                 codec::percent_encode(extra.value, false));
        }
        std::ranges::sort(extras_);
    }

    /// Starts a parameter; its encoded value is appended by the caller.
    void name(std::string_view name) {
        while (next_ < extras_.size() && extras_[next_].first < name) {
            put_extra();
        }
        put_name(name);
    }

    void finish() {
        while (next_ < extras_.size()) {
            put_extra();
        }
    }

  private:
    void put_name(std::string_view name) {
        out_ += std::exchange(first_, false) ? '?' : '&';
        out_ += name;
        out_ += '=';
    }
    void put_extra() {
        put_name(extras_[next_].first);
        out_ += extras_[next_].second;
        ++next_;
    }

    std::string& out_;
    std::vector<EncodedPair> extras_;
    std::size_t next_ = 0;
    bool first_ = true;
};

/// The Host header a browser sends: without the scheme's own port. Empty when there is none.
std::string_view host_of(std::string_view scheme_and_host) {
    const auto slashes = scheme_and_host.find("://");
    if (slashes == std::string_view::npos) {
        return {};
    }
    std::string_view host = scheme_and_host.substr(slashes + 3);
    const std::string_view own_port = scheme_and_host.starts_with("https:") ? ":443" : ":80";
    if (host.ends_with(own_port)) {
        host.remove_suffix(own_port.size());
    }
    return host.find_first_of("/?#") == std::string_view::npos ? host : std::string_view();
}

Result<void> check(const PresignRequest& request, std::string_view host) {
    if (host.empty()) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("presign: \"{}\" is not a scheme and host like "
                                "https://s3.example:9000",
                                request.scheme_and_host));
    }
    if (request.expires_in < chrono::seconds(1) || request.expires_in > presign_expiry_max) {
        return fail(ErrorKind::invalid_argument,
                    fmt::format("presign: expires_in is {} s; use 1 to {}",
                                request.expires_in.count(), presign_expiry_max.count()));
    }
    if (auto checked = check_headers(request.headers); !checked) {
        return checked;
    }
    return check_object_key(request.key);
}

}  // namespace

Result<std::string> Signer::presign(const PresignRequest& request, Time now) const {
    const std::string_view host = host_of(request.scheme_and_host);
    if (auto checked = check(request, host); !checked) {
        return fail(std::move(checked).error());
    }
    const auto today = chrono::floor<chrono::days>(now);
    const DayKey& day = day_key(today);
    const AmzDate date(day.day_text, chrono::floor<chrono::seconds>(now - today));

    thread_local std::vector<NameValue> headers;
    headers.assign(request.headers.begin(), request.headers.end());
    headers.push_back(NameValue{"host", host});
    sort_headers(headers);

    std::string url;
    url.reserve(512 + request.scheme_and_host.size() + request.path_prefix.size() +
                request.key.size() * 2 + encoded_token_.size());
    url += request.scheme_and_host;
    const std::size_t path_at = url.size();
    url += request.path_prefix;
    url += '/';
    codec::append_percent_encoded(url, request.key, true);
    const std::size_t query_at = url.size() + 1;

    QueryWriter query(url, request.query);
    query.name("X-Amz-Algorithm");
    url += "AWS4-HMAC-SHA256";
    query.name("X-Amz-Credential");
    url += day.encoded_credential;
    query.name("X-Amz-Date");
    url += date.text();
    query.name("X-Amz-Expires");
    const fmt::format_int expires_in(request.expires_in.count());
    url.append(expires_in.data(), expires_in.size());
    if (!encoded_token_.empty()) {
        query.name("X-Amz-Security-Token");
        url += encoded_token_;
    }
    query.name("X-Amz-SignedHeaders");
    append_header_names(url, headers, "%3B");
    query.finish();

    thread_local std::string canonical;
    canonical.clear();
    const std::string_view so_far = url;
    append_canonical_request(canonical,
                             SignableRequest{.method = http::to_string(request.method),
                                             .path = so_far.substr(path_at, query_at - 1 - path_at),
                                             .query = so_far.substr(query_at),
                                             .headers = headers,
                                             .payload_hash = unsigned_payload_hash});
    url += "&X-Amz-Signature=";
    day.key.append_signature(url, canonical, date.text());
    return url;
}

// --- signing a request ---------------------------------------------------------------------------

namespace {

/// Headers that proxies and HTTP libraries add or change on the way.
constexpr std::array<std::string_view, 9> unsigned_headers = {
    "accept-encoding", "authorization", "connection",        "expect",         "te",
    "trailer",         "user-agent",    "transfer-encoding", "x-amzn-trace-id"};

bool is_signed(std::string_view name) {
    return std::ranges::none_of(unsigned_headers, [name](std::string_view other) {
        return http::equal_ignoring_case(name, other);
    });
}

}  // namespace

Result<void> Signer::sign(http::Request& request, std::string_view payload_hash, Time now) const {
    if (!request.headers.has("host")) {
        return fail(ErrorKind::invalid_argument, "sign: the request has no Host header");
    }
    SLIPWAY_TRY(path, canonical_path(request.path()));
    SLIPWAY_TRY(query, canonical_query(request.query()));
    const DayKey& day = day_key(chrono::floor<chrono::days>(now));
    const std::string date = codec::amz_date(now);
    request.headers.set("x-amz-date", date);
    request.headers.set("x-amz-content-sha256", std::string(payload_hash));
    if (!credentials_.session_token.empty()) {
        request.headers.set("x-amz-security-token", credentials_.session_token);
    }

    std::vector<NameValue> headers;
    headers.reserve(request.headers.size());
    for (const http::Header& header : request.headers) {
        if (is_signed(header.name)) {
            headers.push_back(NameValue{header.name, header.value});
        }
    }
    if (auto checked = check_headers(headers); !checked) {
        return checked;
    }
    sort_headers(headers);
    std::string canonical;
    append_canonical_request(canonical, SignableRequest{.method = http::to_string(request.method),
                                                        .path = path,
                                                        .query = query,
                                                        .headers = headers,
                                                        .payload_hash = payload_hash});
    std::string authorization = "AWS4-HMAC-SHA256 Credential=";
    authorization += day.credential;
    authorization += ", SignedHeaders=";
    append_header_names(authorization, headers, ";");
    authorization += ", Signature=";
    day.key.append_signature(authorization, canonical, date);
    request.headers.set("authorization", std::move(authorization));
    return {};
}

}  // namespace slipway::s3
