// SPDX-License-Identifier: Apache-2.0
#include "conformance/object_store_conformance.h"

#include <algorithm>

// What holds of listing and of buckets in every store.
namespace slipway::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_P(ObjectStoreConformance, lists_in_order_of_utf8_bytes) {
    for (const char* key :
         {"b", "a", "B", "a/b", "a!", "\xc3\xa9", "z", "\xf0\x9f\x93\xb7", "\xef\xbf\xbd"}) {
        ASSERT_TRUE(put(key, "x"));
    }
    const auto page = list();
    ASSERT_TRUE(page);
    EXPECT_FALSE(page->truncated);
    EXPECT_THAT(keys_of(*page), ElementsAre("B", "a", "a!", "a/b", "b", "z", "\xc3\xa9",
                                            "\xef\xbf\xbd", "\xf0\x9f\x93\xb7"));
}

TEST_P(ObjectStoreConformance, list_entries_say_what_head_says) {
    auto request = put_request("key");
    request.attributes.storage_class = "STANDARD_IA";
    request.attributes.content_type = "text/plain";
    ASSERT_TRUE(put(request, pattern(100'000)));
    const auto page = list();
    ASSERT_EQ(page.value().objects.size(), 1U);
    const auto& entry = page->objects[0];
    const auto info = head("key");
    EXPECT_EQ(entry.size, info->size);
    EXPECT_EQ(entry.etag, info->etag);
    EXPECT_EQ(entry.attributes.storage_class, "STANDARD_IA");
    EXPECT_EQ(std::chrono::floor<std::chrono::seconds>(entry.last_modified),
              std::chrono::floor<std::chrono::seconds>(info->last_modified));
}

TEST_P(ObjectStoreConformance, lists_below_a_prefix) {
    for (const char* key : {"2025/a", "2026/a", "2026/b", "2026", "2027/a", "\xc3\xa9/x"}) {
        ASSERT_TRUE(put(key, "x"));
    }
    EXPECT_THAT(keys_of(list("2026/").value()), ElementsAre("2026/a", "2026/b"));
    EXPECT_THAT(keys_of(list("2026").value()), ElementsAre("2026", "2026/a", "2026/b"));
    EXPECT_THAT(keys_of(list("\xc3\xa9").value()), ElementsAre("\xc3\xa9/x"));
    EXPECT_THAT(keys_of(list("nothing").value()), IsEmpty());
}

TEST_P(ObjectStoreConformance, a_delimiter_rolls_up_folders) {
    for (const char* key :
         {"asdf", "boo/bar", "boo/baz/xyzzy", "cquux/thud", "cquux/bla", "boo/", "d"}) {
        ASSERT_TRUE(put(key, "x"));
    }
    auto page = list("", "/");
    EXPECT_THAT(keys_of(page.value()), ElementsAre("asdf", "d"));
    EXPECT_THAT(page->common_prefixes, ElementsAre("boo/", "cquux/"));
    page = list("boo/", "/");
    EXPECT_THAT(keys_of(page.value()), ElementsAre("boo/", "boo/bar"));
    EXPECT_THAT(page->common_prefixes, ElementsAre("boo/baz/"));
    page = list("", "a");
    EXPECT_THAT(page.value().common_prefixes, ElementsAre("a", "boo/ba", "cquux/bla"));
    page = list("", "oo/");
    EXPECT_THAT(page.value().common_prefixes, ElementsAre("boo/"));
}

TEST_P(ObjectStoreConformance, pages_bring_every_name_once) {
    for (const char* key : {"a", "b/1", "b/2", "b/3", "c", "d/1", "d/2", "e", "f/1"}) {
        ASSERT_TRUE(put(key, "x"));
    }
    for (const char* delimiter : {"", "/"}) {
        for (const unsigned keys_max : {1U, 2U, 3U, 1000U}) {
            std::vector<std::string> names;
            objects::ListRequest request;
            request.bucket = bucket;
            request.delimiter = delimiter;
            request.keys_max = keys_max;
            for (int pages = 0; pages < 20; ++pages) {
                const auto page = run(store().list(request));
                ASSERT_TRUE(page);
                auto now = keys_of(*page);
                now.insert(now.end(), page->common_prefixes.begin(), page->common_prefixes.end());
                EXPECT_LE(now.size(), keys_max);
                std::sort(now.begin(), now.end());
                names.insert(names.end(), now.begin(), now.end());
                if (!page->truncated) {
                    EXPECT_TRUE(page->next_start_after.empty());
                    break;
                }
                EXPECT_EQ(page->next_start_after, now.back());
                request.start_after = page->next_start_after;
            }
            if (std::string_view(delimiter).empty()) {
                EXPECT_THAT(names,
                            ElementsAre("a", "b/1", "b/2", "b/3", "c", "d/1", "d/2", "e", "f/1"));
            } else {
                EXPECT_THAT(names, ElementsAre("a", "b/", "c", "d/", "e", "f/"));
            }
        }
    }
}

TEST_P(ObjectStoreConformance, start_after_leaves_out_names_up_to_it) {
    for (const char* key : {"a", "b", "c"}) {
        ASSERT_TRUE(put(key, "x"));
    }
    objects::ListRequest request;
    request.bucket = bucket;
    const auto after = [&](const char* name) {
        request.start_after = name;
        return keys_of(run(store().list(request)).value());
    };
    EXPECT_THAT(after("a"), ElementsAre("b", "c"));
    EXPECT_THAT(after("aa"), ElementsAre("b", "c"));
    EXPECT_THAT(after("c"), IsEmpty());
    EXPECT_THAT(after("zzz"), IsEmpty());
    request.prefix = "b";
    EXPECT_THAT(after("a"), ElementsAre("b"));
    EXPECT_THAT(after("c"), IsEmpty());
}

TEST_P(ObjectStoreConformance, no_keys_asked_none_given) {
    ASSERT_TRUE(put("a", "x"));
    objects::ListRequest request;
    request.bucket = bucket;
    request.keys_max = 0;
    const auto page = run(store().list(request));
    ASSERT_TRUE(page);
    EXPECT_FALSE(page->truncated);
    EXPECT_THAT(page->objects, IsEmpty());
}

TEST_P(ObjectStoreConformance, listing_a_missing_bucket_says_so) {
    objects::ListRequest request;
    request.bucket = "missing";
    EXPECT_EQ(code_of(run(store().list(request))), "NoSuchBucket");
}

TEST_P(ObjectStoreConformance, buckets_are_made_found_and_removed) {
    EXPECT_EQ(code_of(run(store().create_bucket("photos"))), "BucketAlreadyOwnedByYou");
    EXPECT_EQ(code_of(run(store().create_bucket("No_Bucket"))), "InvalidBucketName");
    ASSERT_TRUE(run(store().create_bucket("archive")));
    EXPECT_EQ(run(store().head_bucket("archive")).value().name, "archive");
    const auto all = run(store().list_buckets());
    ASSERT_EQ(all.value().size(), 2U);
    EXPECT_EQ((*all)[0].name, "archive");
    EXPECT_EQ((*all)[1].name, "photos");

    ASSERT_TRUE(put("key", "x"));
    EXPECT_EQ(code_of(run(store().remove_bucket("photos"))), "BucketNotEmpty");
    ASSERT_TRUE(run(store().remove(bucket, "key")));
    EXPECT_TRUE(run(store().remove_bucket("photos")));
    EXPECT_EQ(code_of(run(store().head_bucket("photos"))), "NoSuchBucket");
    EXPECT_EQ(code_of(run(store().remove_bucket("photos"))), "NoSuchBucket");
    ASSERT_TRUE(run(store().create_bucket("photos")));
    EXPECT_THAT(list()->objects, IsEmpty());
}

}  // namespace
}  // namespace slipway::test
