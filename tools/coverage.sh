#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Says which branches of a room its unit tests take, coroutines and all, of which g++'s gcov sees little.
#   tools/coverage.sh engine                all its tests
#   tools/coverage.sh engine '*Campaign.*'  those, as --gtest_filter takes them
#   tools/coverage.sh engine '*Campaign.*' scheduler.cpp  and which branches of that file are never taken
# The environment reaches the tests: SLIPWAY_LONG=1 goes before. Needs clang-19, libclang-rt-19-dev, llvm-19.
set -euo pipefail
cd "$(dirname "$0")/.."
room=${1:?which room of src/?}
build=build/coverage
for tool in clang++-19 llvm-profdata-19 llvm-cov-19; do
    command -v "$tool" >/dev/null || {
        echo "coverage.sh: $tool is missing: apt-get install clang-19 libclang-rt-19-dev llvm-19" >&2
        exit 1
    }
done
cmake --preset clang -B "$build" \
    "-DCMAKE_CXX_FLAGS=-fprofile-instr-generate -fcoverage-mapping" >/dev/null
ninja -C "$build" --quiet "unit_$room"
tests=$build/tests/unit_$room
profile=$build/$room
SLIPWAY_TEST_DATA=$PWD/tests/data LLVM_PROFILE_FILE=$profile.profraw \
    "$tests" --gtest_brief=1 --gtest_filter="${2:-*}"
llvm-profdata-19 merge -sparse "$profile.profraw" -o "$profile.profdata"
if (($# > 2)); then
    llvm-cov-19 show "$tests" -instr-profile="$profile.profdata" --show-branches=count "src/$room/$3" |
        grep -E 'Branch \(|^ *[0-9]+\|' | grep -B1 -E 'Branch .*(: 0,|: 0\])' || true
    exit
fi
llvm-cov-19 export "$tests" -instr-profile="$profile.profdata" -summary-only "src/$room" |
    python3 -c '
import json, pathlib, sys
files = json.load(sys.stdin)["data"][0]["files"]
rows = sorted((pathlib.Path(file["filename"]).name, file["summary"]["branches"]) for file in files)
rows = [(name, branches["count"], branches["covered"]) for name, branches in rows if branches["count"]]
rows.append(("all", sum(row[1] for row in rows), sum(row[2] for row in rows)))
for name, count, covered in rows:
    print(f"{name:24}{covered:5} of{count:5} branches {100 * covered / count:6.1f} %")'
