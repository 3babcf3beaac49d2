// SPDX-License-Identifier: Apache-2.0
#include "net/dial.h"

#include "support/raw_client.h"
#include "unit/net/test_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>
#include <vector>

namespace slipway::net {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;
using boost::asio::ip::tcp;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> order(const std::vector<std::string>& addresses, std::size_t turn) {
    std::vector<boost::asio::ip::address> parsed;
    for (const auto& each : addresses) {
        parsed.push_back(make_address(each));
    }
    std::vector<std::string> texts;
    for (const auto& each : dialing_order(parsed, 80, turn)) {
        EXPECT_EQ(each.port(), 80);
        texts.push_back(each.address().to_string());
    }
    return texts;
}

TEST(DialingOrder, TakesTheFamiliesInTurn) {
    EXPECT_THAT(order({"::1", "::2", "1.1.1.1", "2.2.2.2", "::3"}, 0),
                ElementsAre("::1", "1.1.1.1", "::2", "2.2.2.2", "::3"));
    EXPECT_THAT(order({"1.1.1.1", "2.2.2.2", "3.3.3.3", "::1"}, 0),
                ElementsAre("1.1.1.1", "::1", "2.2.2.2", "3.3.3.3"));
}

TEST(DialingOrder, SpreadsConnectionsWithinAFamily) {
    EXPECT_THAT(order({"1.1.1.1", "2.2.2.2", "3.3.3.3"}, 4),
                ElementsAre("2.2.2.2", "3.3.3.3", "1.1.1.1"));
    EXPECT_THAT(order({"::1", "1.1.1.1", "2.2.2.2"}, 1), ElementsAre("::1", "2.2.2.2", "1.1.1.1"));
}

/// A listener whose queue is full: it neither accepts nor refuses a connection.
class SilentListener {
  public:
    SilentListener() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::listen(listener_, 0), 0);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port = ntohs(address.sin_port);
        filler_ = ::socket(AF_INET, SOCK_STREAM, 0);
        EXPECT_EQ(::connect(filler_, reinterpret_cast<sockaddr*>(&address), size), 0);
    }
    ~SilentListener() {
        ::close(filler_);
        ::close(listener_);
    }
    SilentListener(const SilentListener&) = delete;
    SilentListener& operator=(const SilentListener&) = delete;

    std::uint16_t port = 0;

  private:
    int listener_;
    int filler_ = -1;
};

class DialTest : public ::testing::Test {
  protected:
    DialTest() { threads.start(); }
    ~DialTest() override { threads.stop(); }

    /// The port that answered, or the error.
    Result<std::uint16_t> dial_ports(std::vector<std::uint16_t> ports,
                                     std::chrono::milliseconds time_max = 10s) {
        std::vector<tcp::endpoint> endpoints;
        for (const auto port : ports) {
            endpoints.emplace_back(make_address("127.0.0.1"), port);
        }
        return test::run_on(
            threads.loop(0),
            remote_port(std::move(endpoints), std::chrono::steady_clock::now() + time_max));
    }

    static Task<std::uint16_t> remote_port(std::vector<tcp::endpoint> endpoints, Instant deadline) {
        SLIPWAY_CO_TRY(socket, co_await dial(std::move(endpoints), deadline));
        co_return socket.remote_endpoint().port();
    }

    static std::uint16_t closed_port() {
        return test::TestServer([](test::TestConnection&, int) {}).port();
    }

    IoThreads threads{1};
    test::TestServer server{
        [](test::TestConnection& connection, int) { connection.wait_for_end(); }};
};

TEST_F(DialTest, GoesOnToTheNextAddressWhenOneRefuses) {
    EXPECT_EQ(*dial_ports({closed_port(), closed_port(), server.port()}), server.port());
}

TEST_F(DialTest, DoesNotWaitForAnAddressThatIsSilent) {
    const SilentListener silent;
    EXPECT_EQ(*dial_ports({silent.port, server.port()}), server.port());
}

TEST_F(DialTest, LeavesTheOthersAloneWhenTheFirstAnswers) {
    std::promise<int> number_of_ours;
    test::TestServer other([&number_of_ours](test::TestConnection& connection, int number) {
        if (connection.read_exactly(1) == "x") {
            number_of_ours.set_value(number);
        }
    });
    EXPECT_EQ(*dial_ports({server.port(), other.port()}), server.port());
    test::RawClient ours(other.port());
    ours.send("x");
    EXPECT_EQ(number_of_ours.get_future().get(), 0) << "nobody connected before";
}

TEST_F(DialTest, SaysWhyAllFailed) {
    const auto refused = dial_ports({closed_port(), closed_port()});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
    EXPECT_THAT(refused.error().message, HasSubstr("refused (2 addresses tried)"));
}

TEST_F(DialTest, GivesUpAtTheDeadline) {
    const SilentListener silent;
    const auto late = dial_ports({silent.port, silent.port}, 300ms);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, ErrorKind::timeout);
}

}  // namespace
}  // namespace slipway::net
