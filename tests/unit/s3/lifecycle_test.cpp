// SPDX-License-Identifier: Apache-2.0
#include "s3/lifecycle.h"

#include "codec/time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace slipway::s3 {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::microseconds day = 24h;

std::string document(const std::string& rules) {
    return "<LifecycleConfiguration>" + rules + "</LifecycleConfiguration>";
}

std::string rule(const std::string& inside) {
    return document("<Rule><ID>one</ID><Status>Enabled</Status>" + inside + "</Rule>");
}

std::string code_of(const std::string& body) {
    const auto parsed = parse_lifecycle(body);
    return parsed ? std::string() : parsed.error().code;
}

Time at(const char* text) {
    return codec::parse_iso8601(text).value();
}

TEST(Lifecycle, reads_every_kind_of_rule) {
    const auto rules = parse_lifecycle(document(
        "<Rule><ID>old</ID><Prefix>logs/</Prefix><Status>Enabled</Status>"
        "<Expiration><Days>30</Days></Expiration></Rule>"
        "<Rule><Filter><And><Prefix>a</Prefix><Tag><Key>k</Key><Value>v</Value></Tag>"
        "<Tag><Key>l</Key><Value/></Tag><ObjectSizeGreaterThan>0</ObjectSizeGreaterThan>"
        "<ObjectSizeLessThan>9</ObjectSizeLessThan></And></Filter><Status>Disabled</Status>"
        "<Expiration><Date>2027-01-01T00:00:00.000Z</Date></Expiration>"
        "<NoncurrentVersionExpiration><NoncurrentDays>3</NoncurrentDays>"
        "<NewerNoncurrentVersions>2</NewerNoncurrentVersions></NoncurrentVersionExpiration></Rule>"
        "<Rule><Filter/><Status>Enabled</Status><AbortIncompleteMultipartUpload>"
        "<DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>"
        "<Rule><Filter><Prefix/></Filter><Status>Enabled</Status><Expiration>"
        "<ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration></Rule>"));
    ASSERT_TRUE(rules) << rules.error().message;
    ASSERT_EQ(rules->size(), 4U);
    LifecycleRule old;
    old.id = "old";
    old.enabled = true;
    old.filter.prefix = "logs/";
    old.prefix_in_rule = true;
    old.expiration_days = 30;
    EXPECT_EQ((*rules)[0], old);
    LifecycleRule all;
    all.filter = {"a", {{"k", "v"}, {"l", ""}}, 0, 9};
    all.expiration_date = at("2027-01-01T00:00:00Z");
    all.noncurrent_days = 3;
    all.newer_noncurrent_versions = 2;
    EXPECT_EQ((*rules)[1], all);
    EXPECT_EQ((*rules)[2].abort_incomplete_days, 7U);
    EXPECT_EQ((*rules)[3].expired_object_delete_marker, true);
    EXPECT_EQ(parse_lifecycle(lifecycle_xml(*rules)).value(), *rules) << lifecycle_xml(*rules);
}

TEST(Lifecycle, refuses_what_the_schema_does_not_know) {
    const std::string days = "<Expiration><Days>1</Days></Expiration>";
    for (const std::string& body : {
             std::string("no document"),
             std::string("<Other/>"),
             document(""),
             document("<Rule><Status>Enabled</Status>" + days + "</Rule>"),
             document("<Rule><Filter/>" + days + "</Rule>"),
             document("<Rule><Filter/><Status>enabled</Status>" + days + "</Rule>"),
             rule("<Filter/><Prefix/>" + days),
             rule("<Filter/><Foo/>" + days),
             rule("<Filter/>" + days + days),
             rule("<Filter/><Expiration/>"),
             rule("<Filter/><Expiration><Days>x</Days></Expiration>"),
             rule("<Filter/><Expiration><Days>1</Days><Date>2027-01-01T00:00:00Z</Date>"
                  "</Expiration>"),
             rule("<Filter/><Expiration><Date>tomorrow</Date></Expiration>"),
             rule("<Filter><Prefix>a</Prefix><ObjectSizeLessThan>1</ObjectSizeLessThan></Filter>" +
                  days),
             rule("<Filter><And/></Filter>" + days),
             rule("<Filter><Tag><Key>k</Key></Tag></Filter>" + days),
             rule("<Filter/><AbortIncompleteMultipartUpload/>"),
         }) {
        EXPECT_EQ(code_of(body), "MalformedXML") << body;
    }
}

TEST(Lifecycle, refuses_what_is_out_of_range) {
    const std::string good =
        "<Filter/><Status>Enabled</Status><Expiration><Days>1</Days>"
        "</Expiration></Rule>";
    for (const std::string& body : {
             rule("<Filter/><Expiration><Days>0</Days></Expiration>"),
             rule("<Filter/><Expiration><Days>-1</Days></Expiration>"),
             rule("<Filter/><Expiration><Date>2027-01-01T00:00:01Z</Date></Expiration>"),
             rule("<Filter/><AbortIncompleteMultipartUpload><DaysAfterInitiation>0"
                  "</DaysAfterInitiation></AbortIncompleteMultipartUpload>"),
             document("<Rule><ID>" + std::string(256, 'a') + "</ID>" + good),
             document("<Rule><ID>same</ID>" + good + "<Rule><ID>same</ID>" + good),
         }) {
        EXPECT_EQ(code_of(body), "InvalidArgument") << body;
    }
    EXPECT_EQ(code_of(document("<Rule><ID>" + std::string(255, 'a') + "</ID>" + good)), "");
}

TEST(Lifecycle, refuses_what_cannot_be_combined_and_what_is_not_there) {
    const std::string tag = "<Tag><Key>k</Key><Value>v</Value></Tag>";
    const std::string abort =
        "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation>"
        "</AbortIncompleteMultipartUpload>";
    const std::string days = "<Expiration><Days>1</Days></Expiration>";
    EXPECT_EQ(code_of(rule("<Filter/>")), "InvalidRequest");
    EXPECT_EQ(code_of(rule("<Filter>" + tag + "</Filter>" + abort)), "InvalidRequest");
    EXPECT_EQ(code_of(rule("<Filter><And>" + tag + tag + "</And></Filter>" + days)),
              "InvalidRequest");
    EXPECT_EQ(code_of(rule("<Filter><And><ObjectSizeGreaterThan>5</ObjectSizeGreaterThan>"
                           "<ObjectSizeLessThan>5</ObjectSizeLessThan></And></Filter>" +
                           days)),
              "InvalidRequest");
    EXPECT_EQ(code_of(rule("<Filter/><Transition><Days>1</Days><StorageClass>GLACIER</StorageClass>"
                           "</Transition>")),
              "NotImplemented");
}

TEST(Lifecycle, an_object_expires_by_every_part_of_the_filter) {
    LifecycleFilter filter{"logs/", {{"a b", "1&2"}}, 10, 20};
    LifecycleObject object{"logs/x", 15, {}, "z=&a%20b=1%262"};
    EXPECT_TRUE(matches(filter, object));
    object.tagging = "a+b=1%262";
    EXPECT_TRUE(matches(filter, object));
    object.tagging = "a+b=1";
    EXPECT_FALSE(matches(filter, object));
    filter.tags.clear();
    object.size = 10;
    EXPECT_FALSE(matches(filter, object));
    object.size = 20;
    EXPECT_FALSE(matches(filter, object));
    object.size = 11;
    EXPECT_TRUE(matches(filter, object));
    object.key = "log";
    EXPECT_FALSE(matches(filter, object));
}

TEST(Lifecycle, expires_at_the_midnight_after_its_days) {
    EXPECT_EQ(lifecycle_due(at("2026-11-21T10:00:00Z"), 1, day), at("2026-11-23T00:00:00Z"));
    EXPECT_EQ(lifecycle_due(at("2026-11-21T00:00:00Z"), 1, day), at("2026-11-22T00:00:00Z"));
    LifecycleRule late;
    late.id = "late";
    late.enabled = true;
    late.expiration_days = 5;
    LifecycleRule early = late;
    early.id = "early";
    early.expiration_days.reset();
    early.expiration_date = at("2026-11-22T00:00:00Z");
    std::vector<LifecycleRule> rules{late, early};
    const LifecycleObject object{"key", 1, at("2026-11-21T10:00:00Z"), {}};
    EXPECT_EQ(expiry_of(rules, object, day),
              (LifecycleExpiry{at("2026-11-22T00:00:00Z"), "early"}));
    rules[1].enabled = false;
    EXPECT_EQ(expiry_of(rules, object, day), (LifecycleExpiry{at("2026-11-27T00:00:00Z"), "late"}));
    rules[0].filter.prefix = "other";
    EXPECT_EQ(expiry_of(rules, object, day), std::nullopt);
}

}  // namespace
}  // namespace slipway::s3
