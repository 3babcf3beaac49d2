#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The project's conventions that a program can check. Exit 1 with file:line: what, and what to do.

The coroutine rules are about correctness, not taste: g++ 12.2 destroys some temporaries of a
co_await expression twice (CONTRIBUTING.md, "Coroutines").
"""

from __future__ import annotations

import pathlib
import re
import shutil
import subprocess
import sys

CPP_COLUMNS_MAX = 100
OTHER_COLUMNS_MAX = 110
FILE_LINES_MAX = 800
README_LINES_MAX = 25
BLOB_BYTES_MAX = 200_000
IMAGE_BYTES_MAX = 600_000
CODE = {".h", ".cpp", ".py", ".sh", ".ts", ".tsx", ".mjs", ".go", ".lua"}
CPP = {".h", ".cpp"}
BANNED_FILE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
# pattern, what to do instead, and the files that may (as path prefixes)
BANNED_WORDS = [
    (r"\bthrow\b", "return fail(...): errors are values", ()),
    (r"\bassert\(", "SLIPWAY_ASSERT or a Result", ()),
    (r"\blocaltime", "codec/time.h: times are UTC", ()),
    (r"\bstd::cout\b", "log, or write in cli", ("src/cli/", "src/main.cpp")),
    (r"(?<![.\w])(usleep|sleep_for|sleep)\(", "wait for what you wait for", ("src/task/sleep",)),
    # make_unique cannot call a private constructor; there the pointer is owned in the same line.
    (r"^(?!.*unique_ptr<).*\bnew (?!\()", "std::make_unique", ("src/task/chunk_pool.cpp",)),
    (r"\bTODO\(now\)", "do it now", ()),
]
MACHINE_PATH = re.compile(r"(?<![\w.])/(work|root|home/\w+)/")
COMMENT_OR_TEXT = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.DOTALL)


def blank(match: re.Match) -> str:
    """Spaces for a comment or literal, so that offsets and lines stay."""
    return re.sub(r"[^\n]", " ", match.group(0))


def tracked_files(root: pathlib.Path) -> list[pathlib.Path]:
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
                            cwd=root, capture_output=True, check=True).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := root / name).is_file()]


def statement_end(code: str, start: int) -> int:
    """Where the statement that holds `start` ends: its ';', or the ')' that closes around it."""
    depth = 0
    for index in range(start, len(code)):
        char = code[index]
        if char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
            if depth < 0:
                return index
        elif char == ";" and depth == 0:
            return index
    return len(code)


NO_CONDITIONAL_ARGUMENT = "no '?:' in the arguments of a co_await expression: name the value"


def has_conditional_argument(expression: str) -> bool:
    """Whether a '?' is inside parentheses or brackets."""
    depth = 0
    for char in expression:
        depth += (char in "([") - (char in ")]")
        if char == "?" and depth > 0:
            return True
    return False


def coroutine_problems(code: str) -> list[tuple[int, str]]:
    """Offsets and words for what g++ 12.2 miscompiles around co_await; `code` is without comments."""
    found = []
    for match in re.finditer(r"\bco_await\b", code):
        expression = code[match.end():statement_end(code, match.end())]
        if "{" in expression:
            found.append((match.start(), "no '{' inside a co_await expression: name the argument"))
        elif re.search(r"(?:^|[(,=]\s*)\[[^\]]*\]\s*[({]", expression):
            found.append((match.start(), "no lambda inside a co_await expression: name it"))
        elif has_conditional_argument(expression):
            found.append((match.start(), NO_CONDITIONAL_ARGUMENT))
        line = code[code.rfind("\n", 0, match.start()) + 1:match.start()]
        statement = code[max(code.rfind(mark, 0, match.start()) for mark in ";{}") + 1:match.start()]
        if re.search(r"auto\s*&{0,2}\s*\[", line):
            found.append((match.start(), "no structured binding on co_await: name the result"))
        if re.search(r"\?[^:?]*(:[^:]|$)", statement.replace("::", "")) and "co_await" not in statement:
            found.append((match.start(), "no co_await inside '?:': choose the task, then await it"))
    return found


def check_cpp(name: str, text: str, problems: list[str]) -> None:
    if name.endswith(".h") and "#pragma once" not in text:
        problems.append(f"{name}:1: a header starts with #pragma once")
    code = COMMENT_OR_TEXT.sub(blank, text)
    for offset, words in coroutine_problems(code):
        problems.append(f"{name}:{code.count(chr(10), 0, offset) + 1}: {words}")
    if not name.startswith(("src/", "include/")):
        return
    for number, line in enumerate(code.splitlines(), 1):
        for pattern, instead, allowed in BANNED_WORDS:
            if re.search(pattern, line) and not name.startswith(allowed or ("\0",)):
                problems.append(f"{name}:{number}: '{line.strip()}': {instead}")


def check_text(root: pathlib.Path, path: pathlib.Path, problems: list[str]) -> None:
    name = path.relative_to(root).as_posix()
    size = path.stat().st_size
    if path.suffix in {".png", ".jpg", ".ico"}:
        if size > IMAGE_BYTES_MAX:
            problems.append(f"{name}: {size} bytes; an image has at most {IMAGE_BYTES_MAX}")
        return
    if size > BLOB_BYTES_MAX and not name.endswith("package-lock.json"):
        problems.append(f"{name}: {size} bytes; a file has at most {BLOB_BYTES_MAX}")
    if name.startswith(("fuzz/corpus/", "tests/data/")):
        return
    text = path.read_text(errors="replace")
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if MACHINE_PATH.search(line) and name != "tools/tidy.py":
            problems.append(f"{name}:{number}: a machine's own path")
        columns_max = CPP_COLUMNS_MAX if path.suffix in CPP else OTHER_COLUMNS_MAX
        if path.suffix in CODE and len(line) > columns_max:
            problems.append(f"{name}:{number}: {len(line)} columns; at most {columns_max}")
    if path.suffix in CODE:
        if path.stem in BANNED_FILE_NAMES:
            problems.append(f"{name}: name the file after the one thing in it")
        if len(lines) > FILE_LINES_MAX:
            problems.append(f"{name}: {len(lines)} lines; at most {FILE_LINES_MAX}, cut it")
        if not any("SPDX-License-Identifier: Apache-2.0" in line for line in lines[:2]):
            problems.append(f"{name}:1: the first line names the licence (SPDX)")
    if path.suffix == ".md":
        outside_code = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        if len(re.findall(r"^# ", outside_code, re.MULTILINE)) != 1:
            problems.append(f"{name}: a document has one first-level heading")
    if path.suffix in CPP:
        check_cpp(name, text, problems)


def check_rooms_have(root: pathlib.Path, problems: list[str]) -> None:
    """Each room with sources has a short README, each source a test or a reason."""
    listed = root / "tools/tidy_untested.txt"
    excused = {line.split(":")[0].strip() for line in listed.read_text().splitlines()
               if line and not line.startswith("#")} if listed.exists() else set()
    for room in sorted(path for path in (root / "src").iterdir() if path.is_dir()):
        sources = sorted(room.glob("*.cpp"))
        readme = room / "README.md"
        if sources and not readme.exists():
            problems.append(f"src/{room.name}: a room says what it is in a README.md")
        if readme.exists() and len(readme.read_text().splitlines()) > README_LINES_MAX:
            problems.append(f"src/{room.name}/README.md: at most {README_LINES_MAX} lines")
        for source in sources:
            name = f"{room.name}/{source.stem}"
            if not (root / f"tests/unit/{name}_test.cpp").exists() and name not in excused:
                problems.append(f"src/{name}.cpp: has no tests/unit/{name}_test.cpp; write it, or say "
                                "in tools/tidy_untested.txt which test covers it")
    for name in sorted(excused):
        if not (root / f"src/{name}.cpp").exists():
            problems.append(f"tools/tidy_untested.txt: src/{name}.cpp is not there")


def check_format(root: pathlib.Path, files: list[pathlib.Path], problems: list[str]) -> None:
    clang_format = shutil.which("clang-format-14")
    sources = [path for path in files if path.suffix in CPP]
    if not clang_format or not sources:
        return
    done = subprocess.run([clang_format, "--dry-run", "--Werror", *map(str, sources)],
                          capture_output=True, text=True, check=False)
    wrong = {line.split(":")[0] for line in done.stderr.splitlines() if "error:" in line}
    for name in sorted(wrong):
        problems.append(f"{pathlib.Path(name).relative_to(root)}: run clang-format-14 -i on it")


def main() -> int:
    root = pathlib.Path(__file__).resolve().parent.parent
    files = tracked_files(root)
    problems: list[str] = []
    for path in files:
        check_text(root, path, problems)
    check_rooms_have(root, problems)
    check_format(root, files, problems)
    print("\n".join(problems) if problems else f"tidy: {len(files)} files keep the conventions")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
