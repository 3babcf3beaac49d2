// SPDX-License-Identifier: Apache-2.0
#include "codec/digest.h"
#include "codec/hex.h"
#include "conformance/hosted_conformance.h"

// What holds of objects in every store that a gateway stands before.
namespace slipway::test {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

TEST_P(HostedConformance, an_object_in_parts_is_read_at_any_place) {
    const std::string first = pattern(part_bytes, 1);
    const std::string second = pattern(part_bytes + 5, 2);
    const std::string last = pattern(100, 3);
    const std::string all = first + second + last;
    ASSERT_TRUE(make("key", {first, second, last}));
    EXPECT_EQ(get("key").value(), all);
    const std::uint64_t a = first.size();
    const std::uint64_t b = a + second.size();
    const std::pair<std::uint64_t, std::uint64_t> ranges[] = {
        {0, 0},         {0, a - 1},     {a - 1, a},          {a, a},          {a, b - 1},
        {a - 3, b + 3}, {b - 1, b - 1}, {b, all.size() - 1}, {b, 9000000000}, {3, 10}};
    for (const auto& [from, to] : ranges) {
        auto request = get_request("key");
        request.range = objects::ByteRange{from, to, {}};
        auto got = run(store().get(request));
        ASSERT_TRUE(got) << from << "-" << to << ": " << got.error().message;
        const std::string expected = all.substr(from, to - from + 1);
        EXPECT_EQ(bytes_of(got->body), expected) << from << "-" << to;
        EXPECT_EQ(got->offset, from);
        EXPECT_EQ(got->length, expected.size());
        EXPECT_TRUE(got->partial);
        EXPECT_EQ(got->info.size, all.size());
    }
    auto request = get_request("key");
    request.range = objects::ByteRange{{}, {}, 150};
    EXPECT_EQ(get(request).value(), all.substr(all.size() - 150));
    request.range = objects::ByteRange{all.size(), {}, {}};
    EXPECT_EQ(code_of(run(store().get(request))), "InvalidRange");
    EXPECT_EQ(code_of(run(store().head(request))), "InvalidRange");
}

TEST_P(HostedConformance, an_object_in_parts_is_read_part_by_part) {
    const std::vector<std::string> parts = {pattern(part_bytes, 1), pattern(part_bytes, 2), "end"};
    const auto upload = begin("key");
    std::vector<objects::PartInfo> put_parts;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        // Their own numbers do not matter once the object is made.
        const auto number = static_cast<unsigned>(5 * i + 4);
        put_parts.push_back(put_part(upload, number, parts[i]).value());
    }
    ASSERT_TRUE(complete(complete_request(upload, put_parts)));
    std::uint64_t offset = 0;
    for (unsigned number = 1; number <= parts.size(); ++number) {
        auto request = get_request("key");
        request.part_number = number;
        auto got = run(store().get(request));
        ASSERT_TRUE(got) << got.error().message;
        EXPECT_EQ(bytes_of(got->body), parts[number - 1]);
        EXPECT_EQ(got->offset, offset);
        EXPECT_EQ(got->info.parts_count, parts.size());
        offset += parts[number - 1].size();
    }
    auto request = get_request("key");
    request.part_number = 4;
    EXPECT_EQ(code_of(run(store().get(request))), "InvalidPartNumber");
    EXPECT_EQ(code_of(run(store().head(request))), "InvalidPartNumber");

    ASSERT_TRUE(put("plain", "bytes"));
    request = get_request("plain");
    request.part_number = 1;
    EXPECT_EQ(get(request).value(), "bytes");
    request.part_number = 2;
    EXPECT_EQ(code_of(run(store().get(request))), "InvalidPartNumber");
}

TEST_P(HostedConformance, tells_the_parts_that_an_object_was_made_of) {
    ASSERT_TRUE(make("key", {pattern(part_bytes, 1), pattern(part_bytes, 2), "end"}));
    objects::ObjectPartsRequest request{bucket, "key", 0, 2};
    auto page = run(hosted().list_object_parts(request));
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->info.parts_count, 3U);
    EXPECT_EQ(page->info.key, "key");
    ASSERT_EQ(page->parts.size(), 2U);
    EXPECT_TRUE(page->truncated);
    EXPECT_EQ(page->next_number_marker, 2U);
    EXPECT_EQ(page->parts[1].number, 2U);
    EXPECT_EQ(page->parts[1].size, part_bytes);
    EXPECT_EQ(page->parts[1].checksum,
              objects::checksum_of(Algorithm::crc64nvme, pattern(part_bytes, 2)));
    request.number_marker = 2;
    page = run(hosted().list_object_parts(request));
    ASSERT_EQ(page->parts.size(), 1U);
    EXPECT_FALSE(page->truncated);
    EXPECT_EQ(page->parts[0].size, 3U);

    ASSERT_TRUE(put("plain", "bytes"));
    request = {bucket, "plain", 0, 1000};
    EXPECT_THAT(run(hosted().list_object_parts(request))->parts, IsEmpty());
    request.key = "nothing";
    EXPECT_EQ(code_of(run(hosted().list_object_parts(request))), "NoSuchKey");
}

TEST_P(HostedConformance, an_object_in_parts_may_be_replaced_by_any_other) {
    ASSERT_TRUE(put("key", pattern(100'000)));
    ASSERT_TRUE(make("key", {pattern(part_bytes), "one"}));
    ASSERT_TRUE(make("key", {pattern(part_bytes), "two"}));
    EXPECT_EQ(get("key").value(), pattern(part_bytes) + "two");
    ASSERT_TRUE(put("key", "small"));
    EXPECT_EQ(get("key").value(), "small");
    EXPECT_EQ(head("key")->parts_count, 0U);
    ASSERT_TRUE(make("key", {"only"}));
    EXPECT_EQ(get("key").value(), "only");
    EXPECT_TRUE(head("key")->etag.ends_with("-1"));
    ASSERT_TRUE(run(store().remove(bucket, "key")));
    EXPECT_EQ(code_of(head("key")), "NoSuchKey");
}

TEST_P(HostedConformance, what_is_being_read_of_an_object_in_parts_outlives_it) {
    const std::string all = pattern(part_bytes, 1) + pattern(part_bytes, 2) + "end";
    ASSERT_TRUE(make("key", {pattern(part_bytes, 1), pattern(part_bytes, 2), "end"}));
    auto got = run(store().get(get_request("key")));
    ASSERT_TRUE(got);
    ASSERT_TRUE(put("key", "other"));
    ASSERT_TRUE(run(store().remove(bucket, "key")));
    EXPECT_TRUE(bytes_of(got->body) == all);
}

TEST_P(HostedConformance, a_copy_of_an_object_in_parts_is_one_of_its_own) {
    const std::string all = pattern(part_bytes, 1) + "end";
    ASSERT_TRUE(make("source", {pattern(part_bytes, 1), "end"}));
    const auto copied = run(store().copy(copy_request("source", "target")));
    ASSERT_TRUE(copied) << copied.error().message;
    EXPECT_EQ(copied->etag, codec::hex_encode(codec::md5(all)));
    EXPECT_EQ(copied->parts_count, 0U);
    EXPECT_EQ(copied->size, all.size());
    ASSERT_TRUE(run(store().remove(bucket, "source")));
    EXPECT_EQ(get("target").value(), all);
    EXPECT_EQ(head("target")->etag, copied->etag);
    EXPECT_EQ(head("target")->checksum, objects::checksum_of(Algorithm::crc64nvme, all));

    const auto upload = begin("composite", Algorithm::sha256);
    const auto part = put_part(upload, 1, "bytes").value();
    ASSERT_TRUE(complete(complete_request(upload, {part})));
    ASSERT_TRUE(run(store().copy(copy_request("composite", "target"))));
    EXPECT_EQ(head("target")->checksum, objects::checksum_of(Algorithm::sha256, "bytes"));
}

TEST_P(HostedConformance, tags_and_acl_come_back_and_can_be_changed) {
    for (const std::size_t size : {5UL, 100'000UL}) {
        auto request = put_request("key");
        request.attributes.content_type = "text/plain";
        request.attributes.tagging = "a=1&b=2";
        request.attributes.acl = "public-read";
        const auto stored = put(request, pattern(size));
        ASSERT_TRUE(stored) << stored.error().message;
        EXPECT_EQ(head("key")->attributes, request.attributes);
        fixture().clock.advance(1h);
        objects::ObjectChange change;
        change.tagging = "c=3";
        const auto changed = run(hosted().change_object(bucket, "key", change));
        ASSERT_TRUE(changed) << changed.error().message;
        request.attributes.tagging = "c=3";
        EXPECT_EQ(changed->attributes, request.attributes);
        change = {};
        change.acl = "";
        change.tagging = "";
        ASSERT_TRUE(run(hosted().change_object(bucket, "key", change)));
        request.attributes.tagging = request.attributes.acl = "";
        const auto now = head("key");
        EXPECT_EQ(now->attributes, request.attributes);
        EXPECT_EQ(now->etag, stored->etag);
        EXPECT_EQ(now->last_modified, stored->last_modified);
        EXPECT_EQ(now->checksum, stored->checksum);
        EXPECT_EQ(get("key").value(), pattern(size));
    }
    const objects::ObjectChange none;
    EXPECT_EQ(code_of(run(hosted().change_object(bucket, "nothing", none))), "NoSuchKey");
    EXPECT_EQ(code_of(run(hosted().change_object("missing", "key", none))), "NoSuchBucket");
}

TEST_P(HostedConformance, a_copy_has_the_tags_of_its_source_or_its_own_and_never_its_acl) {
    auto stored = put_request("source");
    stored.attributes.tagging = "a=1";
    stored.attributes.acl = "public-read";
    stored.attributes.content_type = "text/plain";
    ASSERT_TRUE(put(stored, "bytes"));
    auto request = copy_request("source", "target");
    ASSERT_TRUE(run(store().copy(request)));
    EXPECT_EQ(head("target")->attributes.tagging, "a=1");
    EXPECT_EQ(head("target")->attributes.acl, "");
    request.tagging = "b=2";
    request.acl = "authenticated-read";
    ASSERT_TRUE(run(store().copy(request)));
    EXPECT_EQ(head("target")->attributes.tagging, "b=2");
    EXPECT_EQ(head("target")->attributes.acl, "authenticated-read");
    EXPECT_EQ(head("target")->attributes.content_type, "text/plain");
    request.tagging.reset();
    request.attributes.emplace();
    request.attributes->acl = "private";
    ASSERT_TRUE(run(store().copy(request)));
    EXPECT_EQ(head("target")->attributes.tagging, "a=1");
    EXPECT_EQ(head("target")->attributes.acl, "private");
    EXPECT_EQ(head("target")->attributes.content_type, "");
}

TEST_P(HostedConformance, a_copy_has_conditions_on_what_it_would_replace) {
    ASSERT_TRUE(put("source", "new"));
    const auto there = put("target", "old").value();
    auto request = copy_request("source", "target");
    request.conditions.if_none_match = "*";
    EXPECT_EQ(code_of(run(store().copy(request))), "PreconditionFailed");
    request.conditions = {};
    request.conditions.if_match = "other";
    EXPECT_EQ(code_of(run(store().copy(request))), "PreconditionFailed");
    EXPECT_EQ(get("target").value(), "old");
    request.conditions.if_match = there.etag;
    EXPECT_TRUE(run(store().copy(request)));
    EXPECT_EQ(get("target").value(), "new");
}

TEST_P(HostedConformance, removes_only_what_is_there_as_expected) {
    const auto stored = put("key", "bytes").value();
    objects::Conditions conditions;
    conditions.if_match = "other";
    EXPECT_EQ(code_of(run(hosted().remove_if(bucket, "key", conditions))), "PreconditionFailed");
    EXPECT_EQ(get("key").value(), "bytes");
    conditions.if_match = stored.etag;
    EXPECT_TRUE(run(hosted().remove_if(bucket, "key", conditions)));
    EXPECT_EQ(code_of(head("key")), "NoSuchKey");
    EXPECT_EQ(code_of(run(hosted().remove_if(bucket, "key", conditions))), "NoSuchKey");
    EXPECT_TRUE(run(hosted().remove_if(bucket, "key", objects::Conditions())));
    EXPECT_EQ(code_of(run(hosted().remove_if("missing", "key", conditions))), "NoSuchBucket");
}

TEST_P(HostedConformance, an_archived_object_is_read_only_while_it_is_restored) {
    auto stored = put_request("key");
    for (const char* storage_class : {"GLACIER", "DEEP_ARCHIVE"}) {
        stored.attributes.storage_class = storage_class;
        ASSERT_TRUE(put(stored, "bytes"));
        const auto upload = begin("parts");
        const auto expect = [&](const std::string& code) {
            EXPECT_EQ(code_of(get("key")), code);
            EXPECT_EQ(code_of(run(store().copy(copy_request("key", "copy")))), code);
            EXPECT_EQ(code_of(run(hosted().copy_part(copy_part_request(upload, 1, "key")))), code);
            EXPECT_TRUE(head("key")) << "what is known of it can be read at any time";
        };
        expect("InvalidObjectState");
        objects::ObjectChange change;
        const Time now = fixture().clock.now();
        change.restoration = objects::Restoration{now + 1h, now + 25h};
        ASSERT_TRUE(run(hosted().change_object(bucket, "key", change)));
        EXPECT_EQ(head("key")->restoration, change.restoration);
        expect("InvalidObjectState");
        fixture().clock.advance(1h);
        expect("");
        EXPECT_EQ(head("copy")->restoration, std::nullopt);
        fixture().clock.advance(24h);
        expect("InvalidObjectState");
        ASSERT_TRUE(run(store().abort_multipart(upload)));
    }
    stored.attributes.storage_class = "GLACIER_IR";
    ASSERT_TRUE(put(stored, "bytes"));
    EXPECT_EQ(get("key").value(), "bytes");
    EXPECT_EQ(head("key")->restoration, std::nullopt);
}

}  // namespace
}  // namespace slipway::test
