// SPDX-License-Identifier: Apache-2.0
#include "codec/base64.h"
#include "codec/crc.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "conformance/object_store_conformance.h"

#include <algorithm>

// What holds of storing, reading, deleting and copying single objects in every store.
namespace slipway::test {
namespace {

TEST_P(ObjectStoreConformance, gives_back_what_was_put_at_every_size) {
    // Around the sizes where stores change their ways: small objects, chunks, several chunks.
    for (const std::size_t size : {0UL, 1UL, 4096UL, 16383UL, 16384UL, 16385UL, 131071UL, 131072UL,
                                   131073UL, 1048576UL, 3000001UL}) {
        const std::string bytes = pattern(size);
        const auto stored = put("a/key", bytes);
        ASSERT_TRUE(stored) << stored.error().message;
        EXPECT_EQ(stored->key, "a/key");
        EXPECT_EQ(stored->size, size);
        EXPECT_EQ(stored->etag, codec::hex_encode(codec::md5(bytes)));
        EXPECT_EQ(get("a/key").value(), bytes) << size;
        const auto info = head("a/key");
        ASSERT_TRUE(info);
        EXPECT_EQ(info->size, size);
        EXPECT_EQ(info->etag, stored->etag);
        EXPECT_EQ(std::chrono::floor<std::chrono::seconds>(info->last_modified),
                  std::chrono::floor<std::chrono::seconds>(stored->last_modified));
    }
}

TEST_P(ObjectStoreConformance, many_are_deleted_at_once) {
    ASSERT_TRUE(put("a", pattern(1)));
    ASSERT_TRUE(put("b <&>", pattern(1)));
    ASSERT_TRUE(put("stays", pattern(1)));
    const std::vector<std::string> keys = {"a", "b <&>", "never there", "a"};
    const auto removed = run(store().remove_many(bucket, keys));
    ASSERT_TRUE(removed) << removed.error().message;
    EXPECT_EQ(removed->size(), keys.size());
    for (const Result<>& outcome : *removed) {
        EXPECT_TRUE(outcome) << outcome.error().message;
    }
    EXPECT_EQ(code_of(head("a")), "NoSuchKey");
    EXPECT_EQ(code_of(head("b <&>")), "NoSuchKey");
    EXPECT_TRUE(head("stays"));
}

TEST_P(ObjectStoreConformance, takes_a_body_in_pieces_of_any_size) {
    for (const std::size_t piece : {1UL, 7UL, 1000UL, 16384UL, 65536UL}) {
        const std::string bytes = pattern(piece == 1 ? 20'000 : 200'000, 3);
        MemoryBodyReader body(bytes, piece);
        ASSERT_TRUE(run(store().put(put_request("pieces"), body)));
        EXPECT_EQ(get("pieces").value(), bytes) << piece;
    }
}

TEST_P(ObjectStoreConformance, keeps_attributes_as_they_were_said) {
    auto request = put_request("with/attributes");
    request.attributes.content_type = "text/plain; charset=utf-8";
    request.attributes.cache_control = "max-age=3600";
    request.attributes.content_disposition = "attachment; filename=\"x.txt\"";
    request.attributes.content_encoding = "gzip";
    request.attributes.content_language = "de, en";
    request.attributes.expires = "Thu, 01 Dec 2030 16:00:00 GMT";
    request.attributes.user_metadata = {{"zebra", "1"}, {"owner", "J\u00f6rg"}, {"none", ""}};
    request.attributes.storage_class = "GLACIER_IR";
    for (const std::size_t size : {10UL, 100'000UL}) {
        ASSERT_TRUE(put(request, pattern(size)));
        const auto info = head("with/attributes");
        ASSERT_TRUE(info);
        EXPECT_EQ(info->attributes, request.attributes);
        const auto got = run(store().get(get_request("with/attributes")));
        ASSERT_TRUE(got);
        EXPECT_EQ(got->info.attributes, request.attributes);
    }
}

TEST_P(ObjectStoreConformance, replaces_what_was_there) {
    for (const std::size_t before : {10UL, 100'000UL}) {
        for (const std::size_t after : {0UL, 20UL, 200'000UL}) {
            auto request = put_request("key");
            request.attributes.content_type = "text/old";
            ASSERT_TRUE(put(request, pattern(before, 1)));
            ASSERT_TRUE(put("key", pattern(after, 2)));
            EXPECT_EQ(get("key").value(), pattern(after, 2));
            EXPECT_NE(head("key")->attributes.content_type, "text/old");
        }
    }
}

TEST_P(ObjectStoreConformance, takes_any_valid_key) {
    const std::vector<std::string> keys = {
        "plain",
        "with space",
        "plus+plus",
        "per%2Fcent",
        "query?x=1&y#z",
        "quote\"'`",
        "back\\slash",
        "../escape",
        "/leading",
        "trailing/",
        "a//b",
        "./.",
        "..",
        "lock",
        "index.db",
        "\xc3\xbcml\xc3\xa4ut",
        "\xf0\x9f\x93\xb7 camera",
        "line\nbreak",
        std::string(1024, 'k'),
        "a/" + std::string(900, 'x') + "/b",
    };
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const auto stored = put(keys[i], pattern(30, static_cast<unsigned>(i)));
        ASSERT_TRUE(stored) << keys[i] << ": " << stored.error().message;
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
        EXPECT_EQ(get(keys[i]).value_or("missing"), pattern(30, static_cast<unsigned>(i)))
            << keys[i];
    }
    const auto page = list();
    ASSERT_TRUE(page);
    auto sorted = keys;
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(keys_of(*page), sorted);
}

TEST_P(ObjectStoreConformance, refuses_keys_that_are_none) {
    EXPECT_EQ(put(std::string(1025, 'k'), "x").error().code, "KeyTooLongError");
    EXPECT_EQ(put("", "x").error().kind, ErrorKind::invalid_argument);
    EXPECT_EQ(put("\xff\xfe", "x").error().kind, ErrorKind::invalid_argument);
}

TEST_P(ObjectStoreConformance, says_what_is_missing) {
    EXPECT_EQ(code_of(get("nothing")), "NoSuchKey");
    EXPECT_EQ(get("nothing").error().kind, ErrorKind::not_found);
    EXPECT_EQ(head("nothing").error().kind, ErrorKind::not_found);
    auto request = get_request("key");
    request.bucket = "missing";
    EXPECT_EQ(code_of(get(request)), "NoSuchBucket");
    auto upload = put_request("key");
    upload.bucket = "missing";
    EXPECT_EQ(code_of(put(upload, "x")), "NoSuchBucket");
    EXPECT_EQ(code_of(run(store().remove("missing", "key"))), "NoSuchBucket");
}

TEST_P(ObjectStoreConformance, removes) {
    for (const std::size_t size : {10UL, 100'000UL}) {
        ASSERT_TRUE(put("key", pattern(size)));
        ASSERT_TRUE(run(store().remove(bucket, "key")));
        EXPECT_EQ(code_of(get("key")), "NoSuchKey");
        EXPECT_TRUE(list()->objects.empty());
    }
    EXPECT_TRUE(run(store().remove(bucket, "key"))) << "deleting what is not there succeeds";
}

TEST_P(ObjectStoreConformance, answers_ranges) {
    using Range = objects::ByteRange;
    for (const std::size_t size : {1000UL, 100'000UL}) {
        const std::string bytes = pattern(size);
        ASSERT_TRUE(put("key", bytes));
        const auto ranged = [&](Range range) {
            auto request = get_request("key");
            request.range = range;
            return run(store().get(request));
        };
        auto middle = ranged(Range{10, 19, {}});
        ASSERT_TRUE(middle);
        EXPECT_TRUE(middle->partial);
        EXPECT_EQ(middle->offset, 10U);
        EXPECT_EQ(middle->length, 10U);
        EXPECT_EQ(middle->info.size, size);
        EXPECT_EQ(bytes_of(middle->body), bytes.substr(10, 10));
        auto open = ranged(Range{size - 5, {}, {}});
        EXPECT_EQ(bytes_of(open.value().body), bytes.substr(size - 5));
        auto suffix = ranged(Range{{}, {}, 7});
        EXPECT_EQ(bytes_of(suffix.value().body), bytes.substr(size - 7));
        EXPECT_EQ(suffix->offset, size - 7);
        auto too_long = ranged(Range{size - 1, size + 100, {}});
        EXPECT_EQ(too_long.value().length, 1U);
        auto all = ranged(Range{{}, {}, size + 1});
        EXPECT_EQ(bytes_of(all.value().body), bytes);
        EXPECT_EQ(code_of(ranged(Range{size, {}, {}})), "InvalidRange");
        EXPECT_EQ(code_of(ranged(Range{{}, {}, 0})), "InvalidRange");
    }
    ASSERT_TRUE(put("empty", ""));
    auto request = get_request("empty");
    request.range = Range{0, 0, {}};
    EXPECT_EQ(code_of(get(request)), "InvalidRange");
}

TEST_P(ObjectStoreConformance, a_body_that_breaks_leaves_what_was_there) {
    for (const std::size_t sent : {0UL, 100UL, 50'000UL}) {
        ASSERT_TRUE(put("key", "before"));
        BreakingBody body(pattern(sent), 1'000'000);
        const auto stored = run(store().put(put_request("key"), body));
        ASSERT_FALSE(stored);
        EXPECT_EQ(stored.error().kind, ErrorKind::cancelled);
        EXPECT_EQ(get("key").value(), "before");
        BreakingBody fresh(pattern(sent), 1'000'000);
        EXPECT_FALSE(run(store().put(put_request("fresh"), fresh)));
        EXPECT_EQ(code_of(head("fresh")), "NoSuchKey");
    }
}

TEST_P(ObjectStoreConformance, a_body_shorter_than_declared_is_incomplete) {
    DeclaringBody body(pattern(100), 101);
    EXPECT_EQ(code_of(run(store().put(put_request("key"), body))), "IncompleteBody");
    EXPECT_EQ(code_of(head("key")), "NoSuchKey");
}

TEST_P(ObjectStoreConformance, a_body_over_the_protocols_limit_is_refused_unread) {
    DeclaringBody body("x", (5ULL << 30) + 1);
    EXPECT_EQ(code_of(run(store().put(put_request("key"), body))), "EntityTooLarge");
}

TEST_P(ObjectStoreConformance, checks_declared_digests) {
    for (const std::size_t size : {100UL, 100'000UL}) {
        const std::string bytes = pattern(size);
        const std::string md5 = codec::hex_encode(codec::md5(bytes));
        const std::string sha256 = codec::hex_encode(codec::sha256(bytes));
        auto request = put_request("key");
        request.content_md5 = md5;
        request.content_sha256 = sha256;
        EXPECT_TRUE(put(request, bytes));
        ASSERT_TRUE(run(store().remove(bucket, "key")));

        request.content_md5 = codec::hex_encode(codec::md5("other"));
        EXPECT_EQ(code_of(put(request, bytes)), "BadDigest");
        request.content_md5 = md5;
        request.content_sha256 = codec::hex_encode(codec::sha256("other"));
        EXPECT_EQ(code_of(put(request, bytes)), "XAmzContentSHA256Mismatch");
        EXPECT_EQ(code_of(head("key")), "NoSuchKey");
    }
    auto request = put_request("key");
    request.content_md5 = "not hex";
    EXPECT_EQ(code_of(put(request, "x")), "InvalidDigest");
}

TEST_P(ObjectStoreConformance, verifies_and_remembers_checksums) {
    using objects::Checksum;
    using objects::ChecksumAlgorithm;
    const std::string check = "123456789";
    // The check values of the algorithms' catalogues, big-endian, in base64.
    const std::vector<Checksum> known = {
        {ChecksumAlgorithm::crc32, codec::base64_encode(std::string_view("\xcb\xf4\x39\x26"))},
        {ChecksumAlgorithm::crc32c, codec::base64_encode(std::string_view("\xe3\x06\x92\x83"))},
        {ChecksumAlgorithm::crc64nvme,
         codec::base64_encode(std::string_view("\xae\x8b\x14\x86\x0a\x79\x98\x88"))},
        {ChecksumAlgorithm::sha1, "98O8HYCOBHMq32eZZczDTKeuNEE="},
        {ChecksumAlgorithm::sha256, "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="},
    };
    for (const Checksum& checksum : known) {
        auto request = put_request("key");
        request.checksum = checksum;
        const auto stored = put(request, check);
        ASSERT_TRUE(stored) << to_string(checksum.algorithm) << stored.error().message;
        EXPECT_EQ(head("key")->checksum, checksum);

        request.checksum->value.clear();
        ASSERT_TRUE(put(request, check));
        EXPECT_EQ(head("key")->checksum, checksum) << "computed when not declared";

        request.checksum = checksum;
        EXPECT_EQ(code_of(put(request, "12345678X")), "BadDigest");
        EXPECT_EQ(get("key").value(), check);
    }
}

TEST_P(ObjectStoreConformance, write_conditions_hold_at_the_commit) {
    auto create = put_request("key");
    create.conditions.if_none_match = "*";
    const auto first = put(create, "one");
    ASSERT_TRUE(first);
    EXPECT_EQ(code_of(put(create, "two")), "PreconditionFailed");
    EXPECT_EQ(get("key").value(), "one");

    auto update = put_request("key");
    update.conditions.if_match = "0123456789abcdef0123456789abcdef";
    EXPECT_EQ(code_of(put(update, "two")), "PreconditionFailed");
    update.conditions.if_match = first->etag;
    EXPECT_TRUE(put(update, "two"));
    EXPECT_EQ(code_of(put(update, "three")), "PreconditionFailed") << "the ETag has changed";
    EXPECT_EQ(get("key").value(), "two");

    auto missing = put_request("nothing");
    missing.conditions.if_match = first->etag;
    EXPECT_EQ(put(missing, "x").error().kind, ErrorKind::not_found);
}

TEST_P(ObjectStoreConformance, read_conditions) {
    const auto stored = put("key", "content");
    ASSERT_TRUE(stored);
    const auto with = [&](objects::Conditions conditions) {
        auto request = get_request("key");
        request.conditions = std::move(conditions);
        const std::string of_get = code_of(get(request));
        EXPECT_EQ(code_of(run(store().head(request))), of_get);
        return of_get;
    };
    const Time before = stored->last_modified - std::chrono::seconds(10);
    const Time after = stored->last_modified + std::chrono::seconds(10);
    objects::Conditions none;
    const auto match = [&](std::string etags) {
        auto conditions = none;
        conditions.if_match = std::move(etags);
        return conditions;
    };
    const auto none_match = [&](std::string etags) {
        auto conditions = none;
        conditions.if_none_match = std::move(etags);
        return conditions;
    };
    const auto modified_since = [](objects::Conditions conditions, Time time) {
        conditions.if_modified_since = time;
        return conditions;
    };
    const auto unmodified_since = [](objects::Conditions conditions, Time time) {
        conditions.if_unmodified_since = time;
        return conditions;
    };
    EXPECT_EQ(with(match(stored->etag)), "");
    EXPECT_EQ(with(match("*")), "");
    EXPECT_EQ(with(match("other")), "PreconditionFailed");
    EXPECT_EQ(with(none_match("other")), "");
    EXPECT_EQ(with(none_match(stored->etag)), "NotModified");
    EXPECT_EQ(with(none_match("x," + stored->etag)), "NotModified");
    EXPECT_EQ(with(modified_since(none, before)), "");
    EXPECT_EQ(with(modified_since(none, stored->last_modified)), "NotModified");
    EXPECT_EQ(with(unmodified_since(none, before)), "PreconditionFailed");
    EXPECT_EQ(with(unmodified_since(none, after)), "");
    // A condition on the ETag that holds outweighs one on the date (RFC 9110 section 13.2.2).
    EXPECT_EQ(with(unmodified_since(match(stored->etag), before)), "");
    EXPECT_EQ(with(modified_since(none_match("other"), after)), "");
}

}  // namespace
}  // namespace slipway::test
