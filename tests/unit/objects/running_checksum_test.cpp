// SPDX-License-Identifier: Apache-2.0
#include "objects/running_checksum.h"

#include <gtest/gtest.h>

namespace slipway::objects {
namespace {

// The check values of the CRC catalogue (reveng) and of FIPS 180 for "123456789", in base64.
struct Known {
    ChecksumAlgorithm algorithm;
    const char* value;
};

class RunningChecksumTest : public testing::TestWithParam<Known> {};

TEST_P(RunningChecksumTest, KnowsTheCheckValueHoweverTheBytesCome) {
    const Known& known = GetParam();
    EXPECT_EQ(checksum_of(known.algorithm, "123456789"), (Checksum{known.algorithm, known.value}));
    RunningChecksum running(known.algorithm);
    EXPECT_EQ(running.algorithm(), known.algorithm);
    for (const char* piece : {"1", "", "2345678", "9"}) {
        running.update(std::string_view(piece));
    }
    EXPECT_EQ(running.finish().value, known.value);
}

INSTANTIATE_TEST_SUITE_P(All,
                         RunningChecksumTest,
                         testing::Values(Known{ChecksumAlgorithm::crc32, "y/Q5Jg=="},
                                         Known{ChecksumAlgorithm::crc32c, "4waSgw=="},
                                         Known{ChecksumAlgorithm::crc64nvme, "rosUhgp5mIg="},
                                         Known{ChecksumAlgorithm::sha1,
                                               "98O8HYCOBHMq32eZZczDTKeuNEE="},
                                         Known{ChecksumAlgorithm::sha256,
                                               "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="}));

}  // namespace
}  // namespace slipway::objects
