# SPDX-License-Identifier: Apache-2.0
"""The style checks find what they are for, and leave alone what is fine."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))

import check_rooms  # noqa: E402
import tidy  # noqa: E402

BROKEN = [
    "auto a = co_await f(Agg{1, s});",
    "co_await f({.n = 1});",
    'co_await f({"a", "b"});',
    "co_await f([x] { return x; });",
    "co_await f([x]() { return x; });",
    "auto [a, b] = co_await f();",
    "const auto& [a] = co_await f();",
    "Result<Chunk> c = d ? co_await f() : co_await g();",
    "co_await f(d ? std::string(a) : b);",
    "co_await f(a, g(d ? 1 : 2));",
    "co_await wake->wait_until(late\n    ? until : std::min(until, end));",
]
FINE = [
    "Agg a{1, s}; co_await f(std::move(a));",
    "auto work = [x] { return x; }; co_await f(std::move(work));",
    "co_await f(std::string(a), b[0], make_unique<T>(1));",
    "if (auto r = co_await f(); !r) { g(); }",
    "if (!co_await f()) { co_return; }",
    "while (co_await f(a)) { g({1}); }",
    "x = ok ? 1 : 2; co_await f();",
    "auto t = d ? f() : g(); co_await std::move(t);",
    "case ns::one: co_await f(); break;",
    "const auto value = d ? a : b; co_await f(value);",
    "co_await f(a); x = g(d ? 1 : 2);",
]


@pytest.mark.parametrize("code", BROKEN)
def test_coroutine_rules_find(code):
    assert tidy.coroutine_problems(code), code


@pytest.mark.parametrize("code", FINE)
def test_coroutine_rules_leave_alone(code):
    assert tidy.coroutine_problems(code) == [], code


def tree(tmp_path, cmake: str, files: dict[str, str]) -> list[str]:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/CMakeLists.txt").write_text(cmake)
    for name, text in files.items():
        path = tmp_path / "src" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return check_rooms.check(tmp_path)


ROOMS = "slipway_room(base)\nslipway_room(codec USES base LIBS x)\nslipway_room(net USES base)\n"


def test_granted_includes_pass(tmp_path):
    assert tree(tmp_path, ROOMS, {
        "base/a.h": "#include <string>\n", "codec/b.cpp": '#include "base/a.h"\n#include "codec/b.h"\n',
        "net/c.cpp": '#include <boost/asio/post.hpp>\n#include "slipway/error.h"\n'}) == []


@pytest.mark.parametrize("room, line, words", [
    ("base", '#include "codec/b.h"', "does not USE 'codec'"),
    ("net", '#include "codec/b.h"', "does not USE 'codec'"),
    ("codec", "#include <boost/asio/post.hpp>", "only"),
    ("codec", "#include <sqlite3.h>", "only"),
    ("codec", '#include "slipway/serve.h"', "public"),
])
def test_other_includes_are_refused(tmp_path, room, line, words):
    problems = tree(tmp_path, ROOMS, {f"{room}/x.cpp": f"// one\n{line}\n"})
    assert len(problems) == 1
    assert problems[0].startswith(f"src/{room}/x.cpp:2: ")
    assert words in problems[0]


def test_a_cycle_cannot_be_written(tmp_path):
    problems = tree(tmp_path, "slipway_room(a USES b)\nslipway_room(b USES a)\n", {})
    assert problems == ["src/CMakeLists.txt: room 'a' USES 'b', which is not declared above it"]


@pytest.mark.parametrize("header, refused", [
    ("slipway/error.h", False), ("string", False), ("tl/expected.hpp", False),
    ("base/limits.h", True), ("boost/asio/post.hpp", True), ("unistd.h", True),
])
def test_public_headers_include_what_is_installed(tmp_path, header, refused):
    (tmp_path / "include/slipway").mkdir(parents=True)
    (tmp_path / "include/slipway/x.h").write_text(f"#pragma once\n#include <{header}>\n")
    problems = tree(tmp_path, ROOMS, {})
    assert [problem.startswith("include/slipway/x.h:2: ") for problem in problems] == [True] * refused


@pytest.mark.parametrize("header, refused", [
    ("slipway/s3.h", False), ("nanobind/nanobind.h", False), ("client.h", False), ("vector", False),
    ("codec/digest.h", True), ("boost/asio/post.hpp", True),
])
def test_the_python_binding_sits_on_the_public_headers(tmp_path, header, refused):
    (tmp_path / "python/binding").mkdir(parents=True)
    (tmp_path / "python/binding/x.cpp").write_text(f"// one\n#include <{header}>\n")
    problems = tree(tmp_path, ROOMS, {})
    assert [problem.startswith("python/binding/x.cpp:2: ") for problem in problems] == [True] * refused
