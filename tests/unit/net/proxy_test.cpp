// SPDX-License-Identifier: Apache-2.0
#include "net/proxy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ParseProxy, ReadsWhatEnvironmentsSay) {
    EXPECT_EQ(parse_proxy("http://proxy.example:3128")->origin,
              (Origin{false, "proxy.example", 3128}));
    EXPECT_EQ(parse_proxy("proxy.example:3128/")->origin, (Origin{false, "proxy.example", 3128}));
    EXPECT_EQ(parse_proxy("HTTP://[::1]:8080")->origin, (Origin{false, "::1", 8080}));
    EXPECT_EQ(parse_proxy("http://proxy.example")->authorization, "");
}

TEST(ParseProxy, ReadsUserAndPassword) {
    // printf 'Aladdin:open sesame' | base64: the example of RFC 7617.
    EXPECT_EQ(parse_proxy("http://Aladdin:open%20sesame@p:1")->authorization,
              "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    EXPECT_EQ(parse_proxy("Aladdin:open%20sesame@p:1")->origin, (Origin{false, "p", 1}));
    EXPECT_EQ(parse_proxy("http://a:b@c@p:1")->origin.host, "p");
    EXPECT_EQ(parse_proxy("http://only@p:1")->authorization, "Basic b25seTo=");
}

TEST(ParseProxy, SaysWhatIsWrongWithoutThePassword) {
    for (const char* wrong :
         {"http://user:hidden@proxy:0", "user:hidden@", "http://user:hidden@p/q",
          "http://user:%hidden@p:1", "https://user:hidden@p:1", "socks5://user:hidden@p:1"}) {
        const auto proxy = parse_proxy(wrong);
        ASSERT_FALSE(proxy) << wrong;
        EXPECT_THAT(proxy.error().message, Not(HasSubstr("hidden"))) << wrong;
        EXPECT_THAT(proxy.error().message, HasSubstr("proxy")) << wrong;
    }
    EXPECT_EQ(parse_proxy("socks5://p:1").error().kind, ErrorKind::unsupported);
    EXPECT_EQ(parse_proxy("http://p:99999").error().kind, ErrorKind::invalid_argument);
}

struct Case {
    const char* list;
    const char* origin;
    bool direct;
};

TEST(NoProxy, MatchesByNamePortAndNetwork) {
    for (const Case& each : {
             Case{"", "http://a.example", false},
             Case{"*", "http://a.example", true},
             Case{"a.example", "http://a.example", true},
             Case{"A.Example", "http://a.eXample:9000", true},
             Case{"example", "http://a.example", true},
             Case{".example", "http://a.example", true},
             Case{".a.example", "http://a.example", true},
             Case{"*.example", "http://a.example", true},
             Case{"ample", "http://a.example", false},
             Case{"a.example", "http://b.a.example", true},
             Case{"b.a.example", "http://a.example", false},
             Case{"a.example:9000", "http://a.example:9000", true},
             Case{"a.example:9000", "http://a.example:9001", false},
             Case{"a.example:443", "https://a.example", true},
             Case{"x, a.example ,y", "http://a.example", true},
             Case{"x a.example y", "http://a.example", true},
             Case{"127.0.0.1", "http://127.0.0.1:9000", true},
             Case{"127.0.0.1:9000", "http://127.0.0.1:9000", true},
             Case{"127.0.0.1:9000", "http://127.0.0.1:9001", false},
             Case{"127.0.0.1", "http://127.0.0.10", false},
             Case{"10.0.0.0/8", "http://10.200.3.4", true},
             Case{"10.0.0.0/8", "http://11.0.0.1", false},
             Case{"10.1.2.128/25", "http://10.1.2.127", false},
             Case{"10.1.2.128/25", "http://10.1.2.129", true},
             Case{"0.0.0.0/0", "http://8.8.8.8", true},
             Case{"10.0.0.0/8", "http://ten.example", false},
             Case{"::1", "http://[::1]:80", true},
             Case{"[::1]", "http://[::1]:80", true},
             Case{"[::1]:81", "http://[::1]:80", false},
             Case{"[::1]:80", "http://[::1]:80", true},
             Case{"fd00::/8", "http://[fd12::1]", true},
             Case{"fd00::/8", "http://[fe80::1]", false},
             Case{"10.0.0.0/8", "http://[::ffff:10.0.0.1]", true},
             Case{"10.0.0.0/33", "http://10.0.0.1", false},
             Case{"10.0.0.0/x", "http://10.0.0.1", false},
             Case{"a.example:x", "http://a.example", false},
             Case{",,, .", "http://a.example", false},
         }) {
        EXPECT_EQ(NoProxy(each.list).matches(*parse_origin(each.origin)), each.direct)
            << "'" << each.list << "' " << each.origin;
    }
}

TEST(Proxies, ChoosesByTheOriginsScheme) {
    const auto proxies = Proxies::make({"http://plain:1", "http://tunnel:2", "direct.example"});
    ASSERT_TRUE(proxies);
    EXPECT_EQ(proxies->find(*parse_origin("http://a"))->origin.host, "plain");
    EXPECT_EQ(proxies->find(*parse_origin("https://a"))->origin.host, "tunnel");
    EXPECT_EQ(proxies->find(*parse_origin("https://direct.example")), nullptr);
    const auto only_tls = Proxies::make({"", "http://tunnel:2", ""});
    EXPECT_EQ(only_tls->find(*parse_origin("http://a")), nullptr);
    EXPECT_FALSE(Proxies::make({"ftp://a", "", ""}));
    EXPECT_FALSE(Proxies::make({"", "ftp://a", ""}));
}

}  // namespace
}  // namespace slipway::net
