// SPDX-License-Identifier: Apache-2.0
#include "unit/gateway/multipart_fixture.h"

namespace slipway::gateway {
namespace {

using testing::ElementsAre;

class ListMultipartUploads : public MultipartTest {
  protected:
    s3::ListMultipartUploadsResult list(const std::string& query = {}) {
        const Answer answer = send(Method::get, "/photos?uploads" + query);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return s3::parse_list_multipart_uploads(answer.body).value();
    }

    static std::vector<std::string> ids(const s3::ListMultipartUploadsResult& page) {
        std::vector<std::string> all;
        for (const s3::ListedUpload& upload : page.uploads) {
            all.push_back(upload.upload_id);
        }
        return all;
    }
};

TEST_F(ListMultipartUploads, TellsOfEach) {
    const std::string id =
        begin("a", {{"x-amz-checksum-algorithm", "CRC64NVME"}, {"x-amz-storage-class", "GLACIER"}});
    const auto page = list();
    EXPECT_EQ(page.bucket, "photos");
    EXPECT_EQ(page.owner.id, "slipway");
    EXPECT_FALSE(page.truncated);
    ASSERT_EQ(page.uploads.size(), 1);
    EXPECT_EQ(page.uploads[0],
              (s3::ListedUpload{"a", id, "GLACIER", clock.time, "CRC64NVME", "FULL_OBJECT"}));
    send(Method::delete_, target("a", id));
    EXPECT_TRUE(list().uploads.empty());
}

TEST_F(ListMultipartUploads, PagesGoOnWithinAKey) {
    const std::string a1 = begin("a");
    const std::string a2 = begin("a");
    const std::string b = begin("b");
    const auto first = list("&max-uploads=1");
    EXPECT_TRUE(first.truncated);
    EXPECT_THAT(ids(first), ElementsAre(a1));
    EXPECT_EQ(first.next_key_marker, "a");
    EXPECT_EQ(first.next_upload_id_marker, a1);
    const auto rest = list("&key-marker=a&upload-id-marker=" + a1);
    EXPECT_THAT(ids(rest), ElementsAre(a2, b));
    EXPECT_EQ(rest.key_marker, "a");
    EXPECT_EQ(rest.upload_id_marker, a1);
    EXPECT_THAT(ids(list("&key-marker=a")), ElementsAre(b));
    EXPECT_THAT(ids(list("&upload-id-marker=" + a1)), ElementsAre(a1, a2, b));
    EXPECT_TRUE(list("&max-uploads=0").uploads.empty());
}

TEST_F(ListMultipartUploads, PrefixDelimiterAndEncoding) {
    begin("2025/x");
    begin("2026/a b");
    begin("2026/b");
    begin("top");
    const auto grouped = list("&delimiter=/&encoding-type=url");
    EXPECT_THAT(grouped.common_prefixes, ElementsAre("2025/", "2026/"));
    EXPECT_EQ(grouped.delimiter, "/");
    ASSERT_EQ(grouped.uploads.size(), 1);
    EXPECT_EQ(grouped.uploads[0].key, "top");
    const Answer within = send(Method::get, "/photos?uploads&prefix=2026/&encoding-type=url");
    EXPECT_THAT(within.body, testing::HasSubstr("<Key>2026/a%20b</Key>"));
    EXPECT_EQ(list("&prefix=2026/").uploads.size(), 2);
}

TEST_F(ListMultipartUploads, BadRequests) {
    EXPECT_EQ(send(Method::get, "/photos?uploads&max-uploads=x").code(), "InvalidArgument");
    EXPECT_EQ(send(Method::get, "/photos?uploads&encoding-type=x").code(), "InvalidArgument");
    EXPECT_EQ(send(Method::get, "/nowhere?uploads").code(), "NoSuchBucket");
    EXPECT_EQ(send(Method::get, "/nowhere?uploads&max-uploads=0").code(), "NoSuchBucket");
}

}  // namespace
}  // namespace slipway::gateway
