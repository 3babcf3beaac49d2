// SPDX-License-Identifier: Apache-2.0
#include "engine/presence.h"

#include "codec/digest.h"
#include "codec/hex.h"
#include "support/memory_store.h"
#include "support/run_task.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace slipway::engine {
namespace {

/// A store whose HEAD tells what a test wants it to.
class TellingStore final : public test::MemoryStore {
  public:
    using test::MemoryStore::MemoryStore;
    Task<objects::ObjectInfo> head(const objects::GetRequest&) override { co_return told; }
    Result<objects::ObjectInfo> told = fail(ErrorKind::not_found, "not there", "NoSuchKey");
};

class PresenceTest : public ::testing::Test {
  protected:
    PresenceTest() : content_(3 * limits::chunk_bytes + 17, 'x') {
        info_.size = content_.size();
        info_.etag = codec::hex_encode(codec::md5(content_));
    }

    Result<bool> present() {
        NewFile file;
        file.key = "a";
        file.source = std::make_unique<MemorySource>(content_);
        return test::run(is_present(store_, "photos", file, pool_));
    }

    std::string content_;
    objects::ObjectInfo info_;
    SystemClock clock_;
    TellingStore store_{clock_};
    ChunkPool pool_{limits::chunk_bytes};
};

TEST_F(PresenceTest, WhatIsNotThereIsNot) {
    EXPECT_EQ(present(), false);
}

TEST_F(PresenceTest, AnotherSizeIsAnotherFile) {
    info_.size -= 1;
    store_.told = info_;
    EXPECT_EQ(present(), false);
}

TEST_F(PresenceTest, AChecksumDecides) {
    info_.etag = "0123456789abcdef0123456789abcdef";  // an encrypted object's is no MD5
    info_.checksum = objects::checksum_of(objects::ChecksumAlgorithm::crc32c, content_);
    store_.told = info_;
    EXPECT_EQ(present(), true);
    content_[limits::chunk_bytes] = 'y';
    EXPECT_EQ(present(), false);
}

TEST_F(PresenceTest, WithoutAChecksumAnMd5Does) {
    store_.told = info_;
    EXPECT_EQ(present(), true);
    content_.back() = 'y';
    EXPECT_EQ(present(), false);
}

TEST_F(PresenceTest, WhatProvesNothingIsSentAgain) {
    info_.etag = "0123456789abcdef0123456789abcdef-3";
    info_.checksum = objects::Checksum{objects::ChecksumAlgorithm::sha256, "abc=-3"};
    store_.told = info_;
    EXPECT_EQ(present(), false);
}

TEST_F(PresenceTest, AStoreThatIsAwayIsAnError) {
    store_.told = fail(ErrorKind::unavailable, "away");
    EXPECT_EQ(present().error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace slipway::engine
