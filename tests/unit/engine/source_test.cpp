// SPDX-License-Identifier: Apache-2.0
#include "engine/source.h"

#include "objects/running_checksum.h"
#include "support/run_task.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace slipway::engine {
namespace {

TEST(MemorySource, SendsBytesFromWhereTheyAre) {
    const auto text = std::make_shared<const std::string>(3 * limits::chunk_bytes, 'x');
    std::weak_ptr<const std::string> watched = text;
    ChunkPool pool;
    auto source = std::make_unique<MemorySource>(*text, text);
    const Part part{2, limits::chunk_bytes / 2, 2 * limits::chunk_bytes};
    const auto bytes =
        test::run(source->read(part, objects::ChecksumAlgorithm::crc32c, pool)).value();
    ASSERT_EQ(bytes.chunks.size(), 2U);
    EXPECT_EQ(bytes.chunks[0].text().data(), text->data() + part.offset);
    EXPECT_EQ(bytes.chunks[1].text().data(), text->data() + part.offset + limits::chunk_bytes);
    EXPECT_EQ(pool.chunks_in_use(), 0U);
    objects::RunningChecksum expected(objects::ChecksumAlgorithm::crc32c);
    expected.update(std::string_view(*text).substr(part.offset, part.size));
    EXPECT_EQ(bytes.checksum, expected.finish());
    EXPECT_EQ(watched.use_count(), 2);
    source.reset();
    EXPECT_EQ(watched.use_count(), 1);
}

}  // namespace
}  // namespace slipway::engine
