// SPDX-License-Identifier: Apache-2.0
#include "client/endpoint.h"

#include <gtest/gtest.h>

namespace slipway::client {
namespace {

std::string url_of(const Endpoint& endpoint, std::string_view bucket) {
    const BucketAddress address = address_of(endpoint, bucket, endpoint.region);
    return origin_url(address.origin) + address.path_prefix;
}

TEST(Endpoint, AmazonHasTheBucketInTheHost) {
    const auto endpoint = make_endpoint("", "eu-west-1", "auto");
    ASSERT_TRUE(endpoint);
    EXPECT_EQ(url_of(*endpoint, "photos"), "https://photos.s3.eu-west-1.amazonaws.com");
    EXPECT_EQ(url_of(*endpoint, ""), "https://s3.eu-west-1.amazonaws.com");
    EXPECT_EQ(url_of(*endpoint, "my.photos"), "https://s3.eu-west-1.amazonaws.com/my.photos")
        << "its certificate does not cover a second dot";
    EXPECT_EQ(url_of(*make_endpoint("", "cn-north-1", "auto"), ""),
              "https://s3.cn-north-1.amazonaws.com.cn");
}

TEST(Endpoint, AmazonsHostFollowsTheRegionOfTheBucket) {
    const auto endpoint = make_endpoint("", "us-east-1", "auto");
    const BucketAddress address = address_of(*endpoint, "photos", "eu-central-1");
    EXPECT_EQ(origin_url(address.origin), "https://photos.s3.eu-central-1.amazonaws.com");
    const auto named = make_endpoint("https://s3.us-east-1.amazonaws.com", "us-east-1", "path");
    const BucketAddress elsewhere = address_of(*named, "photos", "eu-central-1");
    EXPECT_EQ(origin_url(elsewhere.origin) + elsewhere.path_prefix,
              "https://s3.eu-central-1.amazonaws.com/photos");
}

TEST(Endpoint, AnothersHostStaysWhateverTheRegion) {
    const auto endpoint = make_endpoint("http://s3.local:9000", "us-east-1", "virtual");
    EXPECT_EQ(origin_url(address_of(*endpoint, "photos", "eu-west-1").origin),
              "http://photos.s3.local:9000");
}

TEST(Endpoint, AnUnknownAddressingIsAnErrorThatNamesIt) {
    const auto endpoint = make_endpoint("http://s3.local:9000", "us-east-1", "vitrual");
    ASSERT_FALSE(endpoint);
    EXPECT_EQ(endpoint.error().kind, ErrorKind::invalid_argument);
    EXPECT_EQ(endpoint.error().message, "addressing is 'vitrual'; give auto, path or virtual");
}

TEST(Endpoint, OthersHaveItInThePathUnlessTold) {
    EXPECT_EQ(url_of(*make_endpoint("http://127.0.0.1:9000", "us-east-1", "auto"), "photos"),
              "http://127.0.0.1:9000/photos");
    EXPECT_EQ(url_of(*make_endpoint("http://s3.local:9000/", "us-east-1", "virtual"), "photos"),
              "http://photos.s3.local:9000");
    EXPECT_EQ(
        url_of(*make_endpoint("https://s3.eu-west-1.amazonaws.com", "eu-west-1", "auto"), "photos"),
        "https://photos.s3.eu-west-1.amazonaws.com");
    EXPECT_EQ(url_of(*make_endpoint("", "eu-west-1", "path"), "photos"),
              "https://s3.eu-west-1.amazonaws.com/photos");
}

TEST(Endpoint, RefusesWhatIsNone) {
    EXPECT_FALSE(make_endpoint("s3.local", "us-east-1", "auto"));
    EXPECT_FALSE(make_endpoint("http://s3.local/path", "us-east-1", "auto"));
    EXPECT_FALSE(make_endpoint("", "evil.example/", "auto")) << "it becomes part of a host";
}

}  // namespace
}  // namespace slipway::client
