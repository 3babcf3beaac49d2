// SPDX-License-Identifier: Apache-2.0
#include "s3/lifecycle.h"

#include "codec/percent.h"
#include "codec/time.h"
#include "s3/document_parts.h"
#include "s3/errors.h"
#include "s3/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <system_error>

namespace slipway::s3 {
namespace {

using codec::XmlElement;

tl::unexpected<Error> malformed(const std::string& message) {
    return s3_fail("MalformedXML", message);
}

/// Refuses a child that is none of `known`, and one that is there twice but is not in `repeated`.
Result<> check_children(const XmlElement& parent,
                        std::initializer_list<std::string_view> known,
                        std::string_view repeated = {}) {
    std::set<std::string_view> seen;
    for (const XmlElement& child : parent.children()) {
        const std::string_view name = child.name();
        if (std::ranges::find(known, name) == known.end()) {
            return malformed(fmt::format("{} has no element {}.", parent.name(), name));
        }
        if (!seen.insert(name).second && name != repeated) {
            return malformed(fmt::format("{} has more than one {}.", parent.name(), name));
        }
    }
    return {};
}

/// A whole number, which may be out of its range; nothing when the child is not there.
Result<std::optional<std::int64_t>> optional_number(const XmlElement& parent,
                                                    std::string_view name) {
    const XmlElement child = parent.child(name);
    if (!child) {
        return std::nullopt;
    }
    const std::string text = child.text();
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
        return malformed(fmt::format("{} is not a number: \"{}\"", name, text));
    }
    return value;
}

/// A count of days or versions.
Result<std::optional<unsigned>> optional_count(const XmlElement& parent, std::string_view name) {
    SLIPWAY_TRY(value, optional_number(parent, name));
    if (!value) {
        return std::nullopt;
    }
    if (*value < 1 || *value > lifecycle_days_max) {
        return s3_fail("InvalidArgument", fmt::format("'{}' for {} action must be a positive "
                                                      "integer",
                                                      name, parent.name()));
    }
    return static_cast<unsigned>(*value);
}

Result<std::optional<std::uint64_t>> optional_size(const XmlElement& parent,
                                                   std::string_view name) {
    SLIPWAY_TRY(value, optional_number(parent, name));
    if (!value) {
        return std::nullopt;
    }
    if (*value < 0) {
        return s3_fail("InvalidRequest", fmt::format("{} must not be negative", name));
    }
    return static_cast<std::uint64_t>(*value);
}

Result<> read_predicates(const XmlElement& parent, LifecycleFilter& filter) {
    filter.prefix = parent.child_text("Prefix");
    SLIPWAY_TRY(greater, optional_size(parent, "ObjectSizeGreaterThan"));
    SLIPWAY_TRY(less, optional_size(parent, "ObjectSizeLessThan"));
    filter.size_greater_than = greater;
    filter.size_less_than = less;
    for (const XmlElement& tag : parent.children("Tag")) {
        SLIPWAY_CHECK(check_children(tag, {"Key", "Value"}));
        std::pair<std::string, std::string> pair(tag.child_text("Key"), tag.child_text("Value"));
        if (pair.first.empty() || !tag.child("Value")) {
            return malformed("A Tag has a Key and a Value.");
        }
        const auto same = [&](const auto& other) { return other.first == pair.first; };
        if (std::ranges::any_of(filter.tags, same)) {
            return s3_fail("InvalidRequest", "Duplicate Tag Keys are not allowed.");
        }
        filter.tags.push_back(std::move(pair));
    }
    if (greater && less && *less <= *greater) {
        return s3_fail("InvalidRequest",
                       "ObjectSizeLessThan must be larger than ObjectSizeGreaterThan");
    }
    return {};
}

Result<LifecycleFilter> read_filter(const XmlElement& element) {
    LifecycleFilter filter;
    SLIPWAY_CHECK(check_children(
        element, {"Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan", "And"}));
    if (element.children().size() > 1) {
        return malformed("A Filter has one element; several go into an And.");
    }
    const XmlElement both = element.child("And");
    if (both) {
        SLIPWAY_CHECK(check_children(
            both, {"Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan"}, "Tag"));
        if (both.children().empty()) {
            return malformed("The And of a Filter is empty.");
        }
    }
    SLIPWAY_CHECK(read_predicates(both ? both : element, filter));
    return filter;
}

Result<> read_expiration(const XmlElement& element, LifecycleRule& rule) {
    SLIPWAY_CHECK(check_children(element, {"Days", "Date", "ExpiredObjectDeleteMarker"}));
    if (element.children().size() != 1) {
        return malformed("An Expiration has Days, a Date, or ExpiredObjectDeleteMarker.");
    }
    SLIPWAY_TRY(days, optional_count(element, "Days"));
    rule.expiration_days = days;
    if (element.child("Date")) {
        const auto date = codec::parse_iso8601(element.child_text("Date"));
        if (!date) {
            return malformed(fmt::format("The Date of an Expiration: {}", date.error().message));
        }
        if (std::chrono::floor<std::chrono::days>(*date) != *date) {
            return s3_fail("InvalidArgument", "'Date' must be at midnight GMT");
        }
        rule.expiration_date = *date;
    }
    if (element.child("ExpiredObjectDeleteMarker")) {
        const std::string text = element.child_text("ExpiredObjectDeleteMarker");
        if (text != "true" && text != "false") {
            return malformed("ExpiredObjectDeleteMarker is true or false.");
        }
        rule.expired_object_delete_marker = text == "true";
    }
    return {};
}

Result<> read_noncurrent(const XmlElement& element, LifecycleRule& rule) {
    SLIPWAY_CHECK(check_children(element, {"NoncurrentDays", "NewerNoncurrentVersions"}));
    SLIPWAY_TRY(days, optional_count(element, "NoncurrentDays"));
    SLIPWAY_TRY(versions, optional_count(element, "NewerNoncurrentVersions"));
    if (!days) {
        return malformed("A NoncurrentVersionExpiration has NoncurrentDays.");
    }
    rule.noncurrent_days = days;
    rule.newer_noncurrent_versions = versions;
    return {};
}

Result<> read_actions(const XmlElement& element, LifecycleRule& rule) {
    if (element.child("Transition") || element.child("NoncurrentVersionTransition")) {
        return s3_fail("NotImplemented",
                       "Objects are not moved to another storage class by a lifecycle rule; copy "
                       "them there.");
    }
    if (const XmlElement expiration = element.child("Expiration")) {
        SLIPWAY_CHECK(read_expiration(expiration, rule));
    }
    if (const XmlElement noncurrent = element.child("NoncurrentVersionExpiration")) {
        SLIPWAY_CHECK(read_noncurrent(noncurrent, rule));
    }
    if (const XmlElement abort = element.child("AbortIncompleteMultipartUpload")) {
        SLIPWAY_CHECK(check_children(abort, {"DaysAfterInitiation"}));
        SLIPWAY_TRY(days, optional_count(abort, "DaysAfterInitiation"));
        if (!days) {
            return malformed("An AbortIncompleteMultipartUpload has DaysAfterInitiation.");
        }
        rule.abort_incomplete_days = days;
    }
    const bool any = rule.expiration_days || rule.expiration_date ||
                     rule.expired_object_delete_marker || rule.noncurrent_days ||
                     rule.abort_incomplete_days;
    if (!any) {
        return s3_fail("InvalidRequest", "At least one action needs to be specified in a rule");
    }
    return {};
}

/// What S3 refuses although each part of it would be right.
Result<> check_combination(const LifecycleRule& rule) {
    const LifecycleFilter& filter = rule.filter;
    if (rule.abort_incomplete_days && !filter.tags.empty()) {
        return s3_fail("InvalidRequest",
                       "AbortIncompleteMultipartUpload cannot be specified with Tags");
    }
    if (rule.abort_incomplete_days && (filter.size_greater_than || filter.size_less_than)) {
        return s3_fail("InvalidRequest",
                       "AbortIncompleteMultipartUpload cannot be specified with Object Size");
    }
    if (rule.expired_object_delete_marker && !filter.tags.empty()) {
        return s3_fail("InvalidRequest", "ExpiredObjectDeleteMarker cannot be specified with Tags");
    }
    return {};
}

Result<LifecycleRule> read_rule(const XmlElement& element) {
    SLIPWAY_CHECK(check_children(element,
                                 {"ID", "Status", "Prefix", "Filter", "Expiration", "Transition",
                                  "NoncurrentVersionExpiration", "NoncurrentVersionTransition",
                                  "AbortIncompleteMultipartUpload"},
                                 "Transition"));
    LifecycleRule rule;
    rule.id = element.child_text("ID");
    if (rule.id.size() > lifecycle_id_bytes_max) {
        return s3_fail(
            "InvalidArgument",
            fmt::format("ID length should not exceed allowed limit of {}", lifecycle_id_bytes_max));
    }
    const std::string status = element.child_text("Status");
    if (status != "Enabled" && status != "Disabled") {
        return malformed("The Status of a Rule is Enabled or Disabled.");
    }
    rule.enabled = status == "Enabled";
    const XmlElement filter = element.child("Filter");
    rule.prefix_in_rule = static_cast<bool>(element.child("Prefix"));
    if (static_cast<bool>(filter) == rule.prefix_in_rule) {
        return malformed("A Rule has either a Filter or a Prefix.");
    }
    if (filter) {
        SLIPWAY_TRY(read, read_filter(filter));
        rule.filter = std::move(read);
    } else {
        rule.filter.prefix = element.child_text("Prefix");
    }
    SLIPWAY_CHECK(read_actions(element, rule));
    SLIPWAY_CHECK(check_combination(rule));
    return rule;
}

void write_predicates(codec::XmlWriter& xml, const LifecycleFilter& filter, bool prefix) {
    if (prefix) {
        xml.element("Prefix", filter.prefix);
    }
    for (const auto& [name, value] : filter.tags) {
        xml.open("Tag");
        xml.element("Key", name);
        xml.element("Value", value);
        xml.close("Tag");
    }
    if (filter.size_greater_than) {
        xml.element("ObjectSizeGreaterThan", *filter.size_greater_than);
    }
    if (filter.size_less_than) {
        xml.element("ObjectSizeLessThan", *filter.size_less_than);
    }
}

void write_filter(codec::XmlWriter& xml, const LifecycleFilter& filter) {
    const std::size_t predicates = filter.tags.size() + (filter.prefix.empty() ? 0U : 1U) +
                                   (filter.size_greater_than ? 1U : 0U) +
                                   (filter.size_less_than ? 1U : 0U);
    xml.open("Filter");
    if (predicates > 1) {
        xml.open("And");
        write_predicates(xml, filter, !filter.prefix.empty());
        xml.close("And");
    } else {
        write_predicates(xml, filter, predicates == 0 || !filter.prefix.empty());
    }
    xml.close("Filter");
}

void write_expiration(codec::XmlWriter& xml, const LifecycleRule& rule) {
    if (!rule.expiration_days && !rule.expiration_date && !rule.expired_object_delete_marker) {
        return;
    }
    xml.open("Expiration");
    if (rule.expiration_days) {
        xml.element("Days", std::uint64_t{*rule.expiration_days});
    }
    if (rule.expiration_date) {
        xml.element("Date", codec::iso8601(*rule.expiration_date));
    }
    if (rule.expired_object_delete_marker) {
        xml.boolean("ExpiredObjectDeleteMarker", *rule.expired_object_delete_marker);
    }
    xml.close("Expiration");
}

void write_rule(codec::XmlWriter& xml, const LifecycleRule& rule) {
    xml.open("Rule");
    if (!rule.id.empty()) {
        xml.element("ID", rule.id);
    }
    if (rule.prefix_in_rule) {
        xml.element("Prefix", rule.filter.prefix);
    } else {
        write_filter(xml, rule.filter);
    }
    xml.element("Status", rule.enabled ? "Enabled" : "Disabled");
    write_expiration(xml, rule);
    if (rule.noncurrent_days) {
        xml.open("NoncurrentVersionExpiration");
        xml.element("NoncurrentDays", std::uint64_t{*rule.noncurrent_days});
        if (rule.newer_noncurrent_versions) {
            xml.element("NewerNoncurrentVersions", std::uint64_t{*rule.newer_noncurrent_versions});
        }
        xml.close("NoncurrentVersionExpiration");
    }
    if (rule.abort_incomplete_days) {
        xml.open("AbortIncompleteMultipartUpload");
        xml.element("DaysAfterInitiation", std::uint64_t{*rule.abort_incomplete_days});
        xml.close("AbortIncompleteMultipartUpload");
    }
    xml.close("Rule");
}

/// Whether an object's tags, as x-amz-tagging has them, hold this one.
bool has_tag(std::string_view tagging, const std::pair<std::string, std::string>& wanted) {
    while (!tagging.empty()) {
        const std::string_view one = tagging.substr(0, tagging.find('&'));
        tagging.remove_prefix(std::min(one.size() + 1, tagging.size()));
        const auto equals = std::min(one.find('='), one.size());
        const auto name = codec::form_decode(one.substr(0, equals));
        const auto value = codec::form_decode(one.substr(std::min(equals + 1, one.size())));
        if (name && value && *name == wanted.first && *value == wanted.second) {
            return true;
        }
    }
    return false;
}

}  // namespace

Result<std::vector<LifecycleRule>> parse_lifecycle(std::string_view body) {
    SLIPWAY_TRY(document, parse_rooted(body, "LifecycleConfiguration"));
    SLIPWAY_CHECK(check_children(document.root(), {"Rule"}, "Rule"));
    std::vector<LifecycleRule> rules;
    std::set<std::string> ids;
    for (const XmlElement& element : document.root().children("Rule")) {
        SLIPWAY_TRY(rule, read_rule(element));
        if (!rule.id.empty() && !ids.insert(rule.id).second) {
            return s3_fail("InvalidArgument",
                           "Rule ID must be unique. Found same ID for more than one rule");
        }
        rules.push_back(std::move(rule));
    }
    if (rules.empty() || rules.size() > lifecycle_rules_max) {
        return malformed(
            fmt::format("A LifecycleConfiguration has 1 to {} rules.", lifecycle_rules_max));
    }
    return rules;
}

std::string lifecycle_xml(std::span<const LifecycleRule> rules) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("LifecycleConfiguration", xmlns);
    for (const LifecycleRule& rule : rules) {
        write_rule(xml, rule);
    }
    xml.close("LifecycleConfiguration");
    return out;
}

bool matches(const LifecycleFilter& filter, const LifecycleObject& object) {
    return object.key.starts_with(filter.prefix) &&
           (!filter.size_greater_than || object.size > *filter.size_greater_than) &&
           (!filter.size_less_than || object.size < *filter.size_less_than) &&
           std::ranges::all_of(filter.tags,
                               [&](const auto& tag) { return has_tag(object.tagging, tag); });
}

Time lifecycle_due(Time begun, unsigned days, std::chrono::microseconds day) {
    const auto due = begun.time_since_epoch() + days * day;
    const auto past_midnight = due % day;
    return Time(past_midnight.count() == 0 ? due : due - past_midnight + day);
}

std::optional<LifecycleExpiry> expiry_of(std::span<const LifecycleRule> rules,
                                         const LifecycleObject& object,
                                         std::chrono::microseconds day) {
    std::optional<LifecycleExpiry> earliest;
    for (const LifecycleRule& rule : rules) {
        if (!rule.enabled || (!rule.expiration_days && !rule.expiration_date) ||
            !matches(rule.filter, object)) {
            continue;
        }
        const Time time = rule.expiration_days
                              ? lifecycle_due(object.modified, *rule.expiration_days, day)
                              : *rule.expiration_date;
        if (!earliest || time < earliest->time) {
            earliest = LifecycleExpiry{time, rule.id};
        }
    }
    return earliest;
}

}  // namespace slipway::s3
