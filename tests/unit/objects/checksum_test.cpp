// SPDX-License-Identifier: Apache-2.0
#include "objects/checksum.h"

#include <gtest/gtest.h>

namespace slipway::objects {
namespace {

TEST(Checksum, NamesAndHeadersReadBack) {
    for (const auto algorithm :
         {ChecksumAlgorithm::crc32, ChecksumAlgorithm::crc32c, ChecksumAlgorithm::crc64nvme,
          ChecksumAlgorithm::sha1, ChecksumAlgorithm::sha256}) {
        EXPECT_EQ(parse_checksum_algorithm(to_string(algorithm)), algorithm);
        EXPECT_EQ(parse_checksum_algorithm(header_name(algorithm)), algorithm);
    }
    EXPECT_EQ(parse_checksum_algorithm("crc32C"), ChecksumAlgorithm::crc32c);
    EXPECT_EQ(parse_checksum_algorithm("CRC16"), std::nullopt);
    EXPECT_EQ(digest_bytes(ChecksumAlgorithm::crc64nvme), 8U);
    EXPECT_EQ(digest_bytes(ChecksumAlgorithm::sha256), 32U);
}

}  // namespace
}  // namespace slipway::objects
