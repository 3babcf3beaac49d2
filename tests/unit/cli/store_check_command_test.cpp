// SPDX-License-Identifier: Apache-2.0
#include "slipway/serve.h"

#include "cli/program.h"
#include "support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <sstream>
#include <utility>

namespace slipway::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class StoreCheckTest : public testing::Test {
  protected:
    void SetUp() override { serve(); }

    void serve() {
        StoreOptions options;
        options.listen = "127.0.0.1:0";
        options.data_dir = data_dir();
        options.log_level = "off";
        auto started = StoreServer::start(std::move(options));
        ASSERT_TRUE(started) << started.error().message;
        server_ = *std::move(started);
    }

    std::string data_dir() const { return directory_.path() + "/data"; }

    int check(std::vector<std::string> arguments, bool terminal = false) {
        arguments.insert(arguments.begin(), {"store", "check"});
        out_.str("");
        err_.str("");
        const auto environment = [this](const std::string& name) {
            return name == "SLIPWAY_DATA_DIR" ? std::optional(data_dir()) : std::nullopt;
        };
        const Surroundings around{environment, out_, err_, terminal};
        return cli::run(std::move(arguments), around);
    }

    test::TemporaryDirectory directory_;
    std::unique_ptr<StoreServer> server_;
    std::ostringstream out_;
    std::ostringstream err_;
};

TEST_F(StoreCheckTest, AStoppedStoreIsChecked) {
    server_.reset();
    EXPECT_EQ(check({data_dir()}), 0) << err_.str();
    EXPECT_EQ(out_.str(), "0 objects, 0 B compared, 0 files: nothing is wrong\n");
    EXPECT_EQ(check({data_dir() + "/store"}), 0) << err_.str();
    EXPECT_EQ(check({}), 0) << err_.str();
    EXPECT_EQ(check({"--json"}), 0) << err_.str();
    EXPECT_EQ(out_.str(), R"({"event":"checked","objects":0,"bytes":0,"files":0,"findings":0,)"
                          R"("repaired":0})"
                          "\n");
}

TEST_F(StoreCheckTest, AStoreInUseIsRefused) {
    EXPECT_EQ(check({data_dir()}), 1);
    EXPECT_THAT(err_.str(), AllOf(HasSubstr("in use"), HasSubstr("stop")));
}

TEST_F(StoreCheckTest, WhereThereIsNoStoreTheCommandLineIsWrong) {
    EXPECT_EQ(check({directory_.path()}), 2);
    EXPECT_THAT(err_.str(), HasSubstr("there is no store in " + directory_.path()));
    EXPECT_EQ(check({"one", "two"}), 2);
}

TEST_F(StoreCheckTest, FindingsAreToldAndRepaired) {
    server_.reset();
    const std::string left = "objects/0a/0123456789abcdef0123456789abcd";
    directory_.write("data/store/" + left, "half");
    EXPECT_EQ(check({data_dir()}, true), 1);
    EXPECT_THAT(out_.str(), AllOf(HasSubstr("leftover_file   " + left), HasSubstr("1 findings")));
    EXPECT_EQ(check({"--json"}), 1);
    EXPECT_THAT(out_.str(), HasSubstr(R"({"event":"finding","what":"leftover_file","where":")" +
                                      left + R"(","message":")"));
    EXPECT_EQ(check({"--repair"}), 0);
    EXPECT_THAT(out_.str(), HasSubstr("1 repaired"));
    EXPECT_FALSE(std::filesystem::exists(data_dir() + "/store/" + left));
    EXPECT_EQ(check({}), 0);
}

TEST_F(StoreCheckTest, TheStoreItselfIsNotStarted) {
    EXPECT_EQ(check({"--help"}), 0);
    EXPECT_THAT(out_.str(), AllOf(HasSubstr("--repair"), Not(HasSubstr("--listen"))));
}

}  // namespace
}  // namespace slipway::cli
