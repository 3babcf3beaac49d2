// SPDX-License-Identifier: Apache-2.0
#include "client/endpoint.h"

#include "codec/percent.h"

#include <algorithm>

namespace slipway::client {
namespace {

/// Chinese regions have a domain of their own (AWS General Reference, 2026-11).
std::string amazon_host(std::string_view region) {
    std::string host = "s3.";
    host.append(region).append(".amazonaws.com");
    return region.starts_with("cn-") ? host + ".cn" : host;
}

bool is_amazon_host(std::string_view host) {
    return host.starts_with("s3") &&
           (host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn"));
}

}  // namespace

Result<Endpoint> make_endpoint(std::string_view url,
                               std::string_view region,
                               std::string_view addressing) {
    Endpoint endpoint;
    endpoint.region = region;
    if (!region.empty() && !is_region(region)) {
        return fail(ErrorKind::invalid_argument,
                    "not a region: '" + endpoint.region + "'; give e.g. eu-west-1");
    }
    if (addressing != "auto" && addressing != "path" && addressing != "virtual") {
        return fail(ErrorKind::invalid_argument,
                    "addressing is '" + std::string(addressing) + "'; give auto, path or virtual");
    }
    endpoint.amazon = url.empty();
    if (endpoint.amazon) {
        endpoint.origin = net::Origin{true, amazon_host(region), 443};
    } else {
        SLIPWAY_TRY(origin, net::parse_origin(url));
        endpoint.origin = std::move(origin);
        // The usual name of a region, spelled out: buckets elsewhere are found all the same.
        endpoint.amazon = endpoint.origin.host == amazon_host(region);
    }
    const bool virtual_by_itself = endpoint.amazon || is_amazon_host(endpoint.origin.host);
    endpoint.path_style = addressing == "path" || (addressing != "virtual" && !virtual_by_itself);
    return endpoint;
}

bool is_region(std::string_view text) {
    const auto may = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    return !text.empty() && std::ranges::all_of(text, may);
}

BucketAddress address_of(const Endpoint& endpoint,
                         std::string_view bucket,
                         std::string_view region) {
    BucketAddress address{endpoint.origin, ""};
    if (endpoint.amazon) {
        address.origin.host = amazon_host(region);
    }
    if (bucket.empty()) {
        return address;
    }
    // Amazon's certificate is for *.s3.REGION.amazonaws.com: a dot more does not match it.
    const bool dotted = address.origin.tls && bucket.find('.') != bucket.npos;
    if (endpoint.path_style || dotted) {
        address.path_prefix = "/" + codec::percent_encode(bucket, false);
    } else {
        address.origin.host = std::string(bucket) + "." + address.origin.host;
    }
    return address;
}

}  // namespace slipway::client
