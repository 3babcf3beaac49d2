#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Says which lines and branches of a room its unit tests reach.
#   tools/coverage.sh engine                          all its tests
#   tools/coverage.sh engine 'SimulationCampaign.*'   those, as --gtest_filter takes them
set -euo pipefail
cd "$(dirname "$0")/.."
room=${1:?which room of src/?}
build=build/coverage
if [ ! -x "$build/venv/bin/gcovr" ]; then
    python3 -m venv "$build/venv"
    "$build/venv/bin/pip" install --quiet --disable-pip-version-check gcovr
fi
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug \
    "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g1 --coverage" >/dev/null
ninja -C "$build" --quiet "unit_$room"
find "$build" -name '*.gcda' -delete
"$build/tests/unit_$room" --gtest_brief=1 --gtest_filter="${2:-*}"
# Branches that only an exception takes are the compiler's, not ours.
"$build/venv/bin/gcovr" --root . --filter "src/$room/" --exclude-throw-branches --txt-metric branch \
    --gcov-ignore-parse-errors=all "$build"
