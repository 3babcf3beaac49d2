// SPDX-License-Identifier: Apache-2.0
#include "s3/acl.h"

#include "codec/xml.h"
#include "http/headers.h"
#include "s3/document_parts.h"
#include "s3/errors.h"
#include "s3/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace slipway::s3 {
namespace {

constexpr std::string_view full_control = "FULL_CONTROL";
constexpr std::array<std::string_view, 5> permissions = {"READ", "WRITE", "READ_ACP", "WRITE_ACP",
                                                         full_control};
constexpr std::array<std::string_view, 3> groups = {all_users, authenticated_users, log_delivery};

/// What a word grants to others than the owner.
struct CannedGrant {
    std::string_view word;
    std::string_view group;
    std::string_view permission;
};

constexpr std::array<CannedGrant, 6> canned_grants{{
    {"public-read", all_users, "READ"},
    {"public-read-write", all_users, "READ"},
    {"public-read-write", all_users, "WRITE"},
    {"authenticated-read", authenticated_users, "READ"},
    {"log-delivery-write", log_delivery, "WRITE"},
    {"log-delivery-write", log_delivery, "READ_ACP"},
}};

// All buckets and objects here are one owner's, and nobody is Amazon EC2: the last three grant what
// "private" does.
constexpr std::array<std::string_view, 7> canned_words = {
    "private",       "public-read",       "public-read-write",         "authenticated-read",
    "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control",
};

bool is_group(std::string_view grantee) {
    return std::ranges::find(groups, grantee) != groups.end();
}

tl::unexpected<Error> malformed(std::string_view why) {
    return s3_fail("MalformedACLError",
                   fmt::format("The XML you provided was not well-formed or did not validate "
                               "against our published schema: {}",
                               why));
}

/// The grantee that an id, a group's URI or an e-mail address names. Nobody has an id but the
/// owner, and nobody an address.
Result<std::string> read_grantee(std::string_view kind, std::string value, const Owner& owner) {
    if (http::equal_ignoring_case(kind, "emailAddress")) {
        return s3_fail("UnresolvableGrantByEmailAddress");
    }
    if (http::equal_ignoring_case(kind, "uri")) {
        return is_group(value) ? Result<std::string>(std::move(value))
                               : s3_fail("InvalidArgument", "Invalid group uri");
    }
    return value == owner.id ? Result<std::string>(std::move(value))
                             : s3_fail("InvalidArgument", "Invalid id");
}

Result<Grant> read_grant(const codec::XmlElement& element, const Owner& owner) {
    const codec::XmlElement grantee = element.child("Grantee");
    std::string permission = element.child_text("Permission");
    if (!grantee || std::ranges::find(permissions, permission) == permissions.end()) {
        return malformed("a Grant has a Grantee and one of S3's permissions");
    }
    for (const std::string_view kind : {"ID", "URI", "EmailAddress"}) {
        if (const auto named = grantee.child(kind)) {
            SLIPWAY_TRY(who, read_grantee(kind, named.text(), owner));
            return Grant{std::move(who), std::move(permission)};
        }
    }
    return malformed("a Grantee has an ID, a URI or an EmailAddress");
}

void write_grant(codec::XmlWriter& xml, const Grant& grant, const Owner& owner) {
    constexpr std::string_view with_type =
        R"(Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="{}")";
    xml.open("Grant");
    if (is_group(grant.grantee)) {
        xml.open(fmt::format(with_type, "Group"));
        xml.element("URI", grant.grantee);
    } else {
        xml.open(fmt::format(with_type, "CanonicalUser"));
        xml.element("ID", grant.grantee);
        xml.element("DisplayName", owner.display_name);
    }
    xml.close("Grantee");
    xml.element("Permission", grant.permission);
    xml.close("Grant");
}

}  // namespace

bool is_canned_acl(std::string_view word, bool of_bucket) {
    return std::ranges::find(canned_words, word) != canned_words.end() ||
           (of_bucket && word == "log-delivery-write");
}

std::vector<Grant> grants_of(std::string_view canned, const Owner& owner) {
    std::vector<Grant> grants;
    for (const CannedGrant& grant : canned_grants) {
        if (grant.word == canned) {
            grants.push_back(Grant{std::string(grant.group), std::string(grant.permission)});
        }
    }
    grants.push_back(Grant{owner.id, std::string(full_control)});
    return grants;
}

Result<std::string> canned_acl_of(const std::vector<Grant>& grants, const Owner& owner) {
    const auto same = [&](std::string_view word) {
        const std::vector<Grant> canned = grants_of(word, owner);
        return grants.size() == canned.size() && std::ranges::is_permutation(grants, canned);
    };
    for (const std::string_view word : canned_words) {
        if (same(word)) {
            return std::string(word);
        }
    }
    if (same("log-delivery-write")) {
        return std::string("log-delivery-write");
    }
    return s3_fail("NotImplemented",
                   "Only access control lists that a canned ACL says too are implemented here.");
}

std::string acl_xml(std::string_view canned, const Owner& owner) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.open("AccessControlPolicy", xmlns);
    xml.open("Owner");
    xml.element("ID", owner.id);
    xml.element("DisplayName", owner.display_name);
    xml.close("Owner");
    xml.open("AccessControlList");
    for (const Grant& grant : grants_of(canned, owner)) {
        write_grant(xml, grant, owner);
    }
    xml.close("AccessControlList");
    xml.close("AccessControlPolicy");
    return out;
}

Result<std::vector<Grant>> parse_acl(std::string_view body, const Owner& owner) {
    SLIPWAY_TRY(document, codec::parse_xml(body));
    const codec::XmlElement root = document.root();
    const codec::XmlElement list = root.child("AccessControlList");
    if (root.name() != "AccessControlPolicy" || !list) {
        return malformed("it has no AccessControlList");
    }
    const codec::XmlElement owned_by = root.child("Owner");
    if (owned_by && owned_by.child("ID") && owned_by.child_text("ID") != owner.id) {
        return s3_fail("AccessDenied", "The owner of a bucket or an object cannot be changed.");
    }
    const std::vector<codec::XmlElement> elements = list.children("Grant");
    if (elements.size() > acl_grants_max) {
        return malformed(fmt::format("it has more than {} grants", acl_grants_max));
    }
    std::vector<Grant> grants;
    for (const codec::XmlElement& element : elements) {
        SLIPWAY_TRY(grant, read_grant(element, owner));
        grants.push_back(std::move(grant));
    }
    return grants;
}

Result<std::vector<Grant>> parse_grant_header(std::string_view value,
                                              std::string_view permission,
                                              const Owner& owner) {
    std::vector<Grant> grants;
    while (!value.empty()) {
        const auto comma = std::min(value.find(','), value.size());
        const std::string_view grantee = http::trimmed(value.substr(0, comma));
        value.remove_prefix(std::min(comma + 1, value.size()));
        const auto equals = grantee.find('=');
        if (equals == std::string_view::npos || grants.size() == acl_grants_max) {
            return s3_fail("InvalidArgument",
                           "Argument format not recognized: grantees are written as id=\"...\" or "
                           "uri=\"...\", separated by commas.");
        }
        std::string_view named = http::trimmed(grantee.substr(equals + 1));
        if (named.size() >= 2 && named.front() == '"' && named.back() == '"') {
            named = named.substr(1, named.size() - 2);
        }
        const std::string_view kind = http::trimmed(grantee.substr(0, equals));
        if (!http::equal_ignoring_case(kind, "id") && !http::equal_ignoring_case(kind, "uri") &&
            !http::equal_ignoring_case(kind, "emailAddress")) {
            return s3_fail("InvalidArgument", "Argument format not recognized");
        }
        SLIPWAY_TRY(who, read_grantee(kind, std::string(named), owner));
        grants.push_back(Grant{std::move(who), std::string(permission)});
    }
    return grants;
}

}  // namespace slipway::s3
