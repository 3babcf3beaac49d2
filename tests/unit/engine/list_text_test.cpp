// SPDX-License-Identifier: Apache-2.0
#include "engine/list_text.h"

#include "base/limits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace slipway::engine {
namespace {

using namespace std::literals;
using Paths = std::vector<std::string>;

/// Adds the text in pieces of a size, and takes what comes after each.
Paths cut(std::string_view text, std::size_t piece) {
    ListText list;
    Paths paths;
    const auto take = [&] {
        while (const auto line = list.next()) {
            paths.push_back(line->path + (line->cut ? "..." : ""));
        }
    };
    while (!text.empty()) {
        list.add(text.substr(0, piece));
        text.remove_prefix(std::min(piece, text.size()));
        take();
    }
    list.end();
    take();
    EXPECT_FALSE(list.next()) << "the end stays the end";
    return paths;
}

void expect_paths(std::string_view text, const Paths& paths) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, text.size() + 1}) {
        EXPECT_EQ(cut(text, piece), paths) << "in pieces of " << piece;
    }
}

TEST(ListText, CutsLines) {
    expect_paths("", {});
    expect_paths("\n\r\n\n", {});
    expect_paths("a\nb c\n", {"a", "b c"});
    expect_paths("a\r\nb", {"a", "b"});
    expect_paths("\n a \n\n/b\r", {" a ", "/b"});
    expect_paths("a\rb\n", {"a\rb"});
    expect_paths(
        "\xef\xbb\xbf"
        "a\nb\n",
        {"a", "b"});
    expect_paths("\xef\xbb\xbf", {});
}

TEST(ListText, CutsAtNulsWhereThereAreAny) {
    expect_paths("a\0b\nc\0"sv, {"a", "b\nc"});
    expect_paths("a\nb\r\0c"sv, {"a\nb\r", "c"});
    expect_paths("\0\0a\0"sv, {"a"});
}

TEST(ListText, ANulCountsOnlyAtTheBeginning) {
    const std::string line(99, 'x');
    std::string text;
    while (text.size() < limits::list_probe_bytes) {
        text += line + "\n";
    }
    const auto paths = cut(text + "a\0b\n"s, 1000);
    EXPECT_EQ(paths.size(), text.size() / 100 + 1);
    EXPECT_EQ(paths.back(), "a\0b"s);

    text[limits::list_probe_bytes - 1] = '\0';
    EXPECT_EQ(cut(text, 1000).size(), 2U);
}

TEST(ListText, NothingComesBeforeTheProbeIsThere) {
    ListText list;
    list.add("a\nb\n");
    EXPECT_FALSE(list.next());
    list.add(std::string(limits::list_probe_bytes - 5, 'x'));
    EXPECT_FALSE(list.next());
    list.add("\n");
    EXPECT_EQ(list.next()->path, "a");
}

TEST(ListText, APathLongerThanAnyIsCutAndTheNextOnesAreFine) {
    const std::string longest(limits::list_path_bytes_max, 'x');
    for (const std::size_t piece : {std::size_t{7}, std::size_t{1'000'000}}) {
        EXPECT_EQ(cut("a\n" + longest + "\nb", piece), (Paths{"a", longest, "b"}));
        const std::string shown = std::string(100, 'x') + "...";
        EXPECT_EQ(cut("a\n" + longest + "x\nb\n", piece), (Paths{"a", shown, "b"}));
        EXPECT_EQ(cut("a\n" + std::string(300'000, 'x') + "\n\nb", piece),
                  (Paths{"a", shown, "b"}));
        EXPECT_EQ(cut("a\n" + std::string(300'000, 'x'), piece), (Paths{"a", shown}));
    }
}

}  // namespace
}  // namespace slipway::engine
