// SPDX-License-Identifier: Apache-2.0
#include "server/proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::server {
namespace {

using ::testing::HasSubstr;

class ProofTest : public ::testing::Test {
  protected:
    ProofTest() {
        upload_.id = "ada-a.jpg";
        upload_.s3_key = "ada/a.jpg";
        upload_.user = "ada";
        upload_.file_size = 5;
        upload_.content_type = "image/jpeg";
        upload_.tier = "glacier";
        found_.size = 5;
        found_.last_modified = stored_;
        found_.etag = "5d41402abc4b2a76b9719d911017c592";
        found_.attributes.storage_class = "GLACIER";
        found_.checksum = objects::Checksum{objects::ChecksumAlgorithm::crc32c, "yZRlqg=="};
    }

    std::string code() const {
        const auto file = prove(upload_, found_, settings_);
        return file ? "proven" : file.error().code;
    }

    const Time stored_ = Time(std::chrono::seconds(1'800'000'000));
    Settings settings_;
    catalog::Upload upload_;
    objects::ObjectInfo found_;
};

TEST_F(ProofTest, WhatWasPromisedBecomesTheFile) {
    const auto file = prove(upload_, found_, settings_);
    ASSERT_TRUE(file);
    EXPECT_EQ(file->id, "ada-a.jpg");
    EXPECT_EQ(file->s3_key, "ada/a.jpg");
    EXPECT_EQ(file->user, "ada");
    EXPECT_EQ(file->file_size, 5U);
    EXPECT_EQ(file->content_type, "image/jpeg");
    EXPECT_EQ(file->tier, "glacier");
    EXPECT_EQ(file->checksum, "crc32c:yZRlqg==");
    EXPECT_EQ(file->etag, found_.etag);
    EXPECT_EQ(file->uploaded_at, stored_);
}

TEST_F(ProofTest, SizeClassAndChecksumCount) {
    found_.size = 4;
    EXPECT_EQ(code(), "size_differs");
    found_.size = 5;
    found_.attributes.storage_class = "STANDARD";
    EXPECT_EQ(code(), "class_differs");
    found_.attributes.storage_class = "GLACIER";
    upload_.checksum = "crc32c:yZRlqg==";
    EXPECT_EQ(code(), "proven");
    upload_.checksum = "crc32c:AAAAAA==";
    EXPECT_EQ(code(), "checksum_differs");
    upload_.checksum = "sha256:yZRlqg==";
    EXPECT_EQ(code(), "checksum_differs");
}

TEST_F(ProofTest, AStoreWithoutChecksumsProvesNone) {
    found_.checksum.reset();
    EXPECT_EQ(prove(upload_, found_, settings_)->checksum, "");
    upload_.checksum = "crc32c:yZRlqg==";
    const auto refused = prove(upload_, found_, settings_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::corrupted);
    EXPECT_THAT(refused.error().message, HasSubstr("unknown to the store"));
}

TEST_F(ProofTest, ATierThatIsNoSettingAnyMoreIsItsOwnClass) {
    upload_.tier = "DEEP_ARCHIVE";
    EXPECT_EQ(code(), "class_differs");
    found_.attributes.storage_class = "DEEP_ARCHIVE";
    EXPECT_EQ(code(), "proven");
}

TEST_F(ProofTest, AConfirmedFileMustBeAsItWas) {
    const auto file = prove(upload_, found_, settings_).value();
    EXPECT_EQ(prove_again(file, found_)->uploaded_at, stored_);
    auto other = found_;
    other.etag = "00000000000000000000000000000000";
    EXPECT_EQ(prove_again(file, other).error().code, "object_changed");
    other = found_;
    other.size = 6;
    EXPECT_EQ(prove_again(file, other).error().code, "object_changed");
    auto without_etag = file;
    without_etag.etag.clear();
    other = found_;
    EXPECT_TRUE(prove_again(without_etag, other));
}

TEST_F(ProofTest, TheReplacedObjectIsKnownByETagAndTime) {
    catalog::Pending pending;
    pending.upload = upload_;
    EXPECT_FALSE(is_replaced_object(pending, found_)) << "there is nothing to replace";
    pending.file = prove(upload_, found_, settings_).value();
    EXPECT_TRUE(is_replaced_object(pending, found_));
    auto same_bytes_again = found_;
    same_bytes_again.last_modified += std::chrono::seconds(1);
    EXPECT_FALSE(is_replaced_object(pending, same_bytes_again));
    auto other_bytes = found_;
    other_bytes.etag = "00000000000000000000000000000000";
    EXPECT_FALSE(is_replaced_object(pending, other_bytes));
    pending.upload->checksum = "crc32c:yZRlqg==";
    EXPECT_FALSE(is_replaced_object(pending, found_)) << "the checksum decides";
    pending.upload.reset();
    EXPECT_FALSE(is_replaced_object(pending, found_));
}

}  // namespace
}  // namespace slipway::server
