// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slipway/result.h"

#include "base/clock.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The rules by which a bucket's objects and unfinished uploads go by themselves. Pure.
namespace slipway::s3 {

/// Which objects a rule is about: all that satisfy every one of these.
struct LifecycleFilter {
    std::string prefix;
    std::vector<std::pair<std::string, std::string>> tags;  ///< name and value
    std::optional<std::uint64_t> size_greater_than;
    std::optional<std::uint64_t> size_less_than;

    friend bool operator==(const LifecycleFilter&, const LifecycleFilter&) = default;
};

struct LifecycleRule {
    std::string id;  ///< empty: the client left it to S3 to name the rule
    bool enabled = false;
    LifecycleFilter filter;
    /// The client wrote the prefix into the rule itself, as was done before there were filters.
    bool prefix_in_rule = false;
    std::optional<unsigned> expiration_days;
    std::optional<Time> expiration_date;
    std::optional<unsigned> abort_incomplete_days;
    // Of versions, which the embedded store has none of: remembered, and without effect.
    std::optional<bool> expired_object_delete_marker;
    std::optional<unsigned> noncurrent_days;
    std::optional<unsigned> newer_noncurrent_versions;

    friend bool operator==(const LifecycleRule&, const LifecycleRule&) = default;
};

/// Reads a LifecycleConfiguration.
///
/// Errors, as "PutBucketLifecycleConfiguration" and "Lifecycle configuration elements" of the
/// Amazon S3 documentation say (checked 2026-11): invalid_argument `MalformedXML` for what its
/// schema does not know, `InvalidArgument` for numbers, dates and ids out of their range,
/// `InvalidRequest` for what cannot be combined; unsupported `NotImplemented` for transitions.
Result<std::vector<LifecycleRule>> parse_lifecycle(std::string_view body);

/// The document of these rules, as GetBucketLifecycleConfiguration answers it.
std::string lifecycle_xml(std::span<const LifecycleRule> rules);

/// What a rule looks at.
struct LifecycleObject {
    std::string_view key;
    std::uint64_t size = 0;
    Time modified{};
    std::string_view tagging;  ///< as x-amz-tagging has it: "team=a%20b&keep=1"
};

/// Whether the filter lets it through.
bool matches(const LifecycleFilter& filter, const LifecycleObject& object);

/// When what began at `begun` is over after so many days: at the first midnight (UTC) not before
/// that. `day` is 24 hours but in tests.
Time lifecycle_due(Time begun, unsigned days, std::chrono::microseconds day);

struct LifecycleExpiry {
    Time time{};
    std::string rule_id;

    friend bool operator==(const LifecycleExpiry&, const LifecycleExpiry&) = default;
};

/// When an object expires by the enabled rules, the earliest of them; what x-amz-expiration tells.
std::optional<LifecycleExpiry> expiry_of(std::span<const LifecycleRule> rules,
                                         const LifecycleObject& object,
                                         std::chrono::microseconds day);

}  // namespace slipway::s3
