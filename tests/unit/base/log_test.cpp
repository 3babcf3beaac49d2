// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::log {
namespace {

using ::testing::HasSubstr;

/// What reaches standard error at a level.
std::string written_at(std::string_view level) {
    ::testing::internal::CaptureStderr();
    start(level);
    debug("a debug line");
    info("an info line {}", 7);
    warn("a warn line");
    error("an error line");
    return ::testing::internal::GetCapturedStderr();
}

TEST(Log, LevelsHideWhatIsBelow) {
    const std::string all = written_at("debug");
    EXPECT_THAT(all, HasSubstr("a debug line"));
    EXPECT_THAT(all, HasSubstr("info an info line 7\n"));
    const std::string some = written_at("warn");
    EXPECT_THAT(some, ::testing::Not(HasSubstr("an info line")));
    EXPECT_THAT(some, HasSubstr("a warn line"));
    const std::string errors = written_at("error");
    EXPECT_THAT(errors, ::testing::Not(HasSubstr("a warn line")));
    EXPECT_THAT(errors, HasSubstr("an error line"));
    EXPECT_EQ(written_at("off"), "");
}

TEST(Log, ATypoDoesNotSilenceIt) {
    for (const char* typo : {"wran", "", "INFO", "none"}) {
        const std::string text = written_at(typo);
        EXPECT_THAT(text, HasSubstr("an info line")) << typo;
        EXPECT_THAT(text, ::testing::Not(HasSubstr("a debug line"))) << typo;
    }
}

TEST(Log, LinesBeginWithTheTime) {
    EXPECT_THAT(written_at("error"),
                ::testing::MatchesRegex("....-..-..T..:..:......[+-]..:.. error an error line\n"));
}

}  // namespace
}  // namespace slipway::log
