#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps the layers: refuses an include that src/CMakeLists.txt does not grant.

That file lists the rooms in layer order with what each USES. This check refuses a USES of a room
declared later (so a cycle cannot be written), an include of a room not granted, a library's header
outside the rooms that own it, and in the public headers all that an installed package does not have.
Run from anywhere; exit 1 with file:line: reason.
"""

from __future__ import annotations

import pathlib
import re
import sys

# Header prefix -> the rooms that may include it. What is not named here is free to all.
LIBRARIES = {
    "boost/beast": {"net"},
    "boost/json": {"codec"},
    "boost/url": {"http"},
    "boost/asio": {"task", "net", "api"},
    "openssl": {"codec", "net"},
    "pugixml": {"codec"},
    "zlib.h": {"codec"},
    "sqlite3.h": {"sqlite"},
    "CLI/": {"cli"},
    "toml++": {"codec"},
    "spdlog": {"base"},
    "nanobind": set(),
}
# Plain values of the public API that every room uses; the rest is for the rooms on top.
PUBLIC_FOR_ALL = {"slipway/error.h", "slipway/result.h"}
PUBLIC_ROOMS = {"api", "cli"}
# What public headers include besides each other and the standard library.
PUBLIC_LIBRARIES = {"tl/expected.hpp"}
ROOM = re.compile(r"^slipway_room\(\s*(\w+)([^)]*)\)", re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def read_rooms(text: str) -> tuple[dict[str, set[str]], list[str]]:
    """Room -> rooms it may include, and what is wrong with the list itself."""
    rooms: dict[str, set[str]] = {}
    problems = []
    for name, rest in ROOM.findall(text):
        words = rest.split()
        uses = []
        if "USES" in words:
            for word in words[words.index("USES") + 1:]:
                if word == "LIBS":
                    break
                uses.append(word)
        for used in uses:
            if used not in rooms:
                problems.append(f"src/CMakeLists.txt: room '{name}' USES '{used}', "
                                "which is not declared above it")
        rooms[name] = set(uses)
    return rooms, problems


def check_include(room: str, header: str, rooms: dict[str, set[str]]) -> str | None:
    first = header.split("/")[0]
    if header.startswith("slipway/"):
        if header not in PUBLIC_FOR_ALL and room not in PUBLIC_ROOMS:
            return f"room '{room}' may not include the public '{header}'"
    elif first in rooms:
        if first != room and first not in rooms[room]:
            return f"room '{room}' may not include '{header}': it does not USE '{first}'"
    else:
        for prefix, owners in LIBRARIES.items():
            if header.startswith(prefix) and room not in owners:
                return f"room '{room}' may not include <{header}>: only {sorted(owners)} may"
    return None


def check_public_include(header: str) -> str | None:
    standard = "/" not in header and not header.endswith(".h")
    if header.startswith("slipway/") or standard or header in PUBLIC_LIBRARIES:
        return None
    return f"a public header may not include '{header}': it is not installed with it"


def includes(path: pathlib.Path) -> list[tuple[int, str]]:
    found = [(number, INCLUDE.match(line))
             for number, line in enumerate(path.read_text().splitlines(), 1)]
    return [(number, match.group(1)) for number, match in found if match]


def check_public(root: pathlib.Path) -> list[str]:
    return [f"{path.relative_to(root)}:{number}: {reason}"
            for path in sorted((root / "include").rglob("*.h"))
            for number, header in includes(path)
            if (reason := check_public_include(header))]


def check_binding(root: pathlib.Path) -> list[str]:
    """The Python module sits on the public headers, as any program of others does."""
    return [f"{path.relative_to(root)}:{number}: the binding may not include '{header}': it sits on "
            "include/slipway"
            for path in sorted((root / "python/binding").glob("*"))
            if path.suffix in {".h", ".cpp"}
            for number, header in includes(path)
            if "/" in header and not header.startswith(("slipway/", "nanobind/", "sys/"))]


def check(root: pathlib.Path) -> list[str]:
    rooms, problems = read_rooms((root / "src/CMakeLists.txt").read_text())
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in {".h", ".cpp"} or path.parent == root / "src":
            continue
        room = path.relative_to(root / "src").parts[0]
        where = path.relative_to(root)
        if room not in rooms:
            problems.append(f"{where}: room '{room}' is not in src/CMakeLists.txt")
            continue
        for number, header in includes(path):
            reason = check_include(room, header, rooms)
            if reason:
                problems.append(f"{where}:{number}: {reason}")
    return problems + check_public(root) + check_binding(root)


def main() -> int:
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
    root = root if root.is_dir() else root.parent.parent
    problems = check(root)
    print("\n".join(problems) if problems else "rooms: every include is granted")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
