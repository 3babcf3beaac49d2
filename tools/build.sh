#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the web page and then the given targets of the release preset; what is up to date is left.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=build/web.stamp
sources=(web/package.json web/package-lock.json web/index.html web/vite.config.ts web/tsconfig.json)
mkdir -p build
if [[ ! -d web/node_modules || web/package-lock.json -nt web/node_modules/.package-lock.json ]]; then
    echo "== web: installing packages"
    (cd web && npm ci --silent --no-audit --no-fund)
    touch web/node_modules/.package-lock.json
fi
if [[ ! -f web/dist/index.html || ! -f $stamp ||
      -n $(find "${sources[@]}" web/src -newer "$stamp" -print -quit) ]]; then
    echo "== web: building the page"
    (cd web && npm run --silent build)
    touch "$stamp"
fi

if [[ ! -f build/release/build.ninja ]]; then
    echo "== configuring"
    cmake --preset release >build/configure.log || { cat build/configure.log; exit 1; }
fi
echo "== building ${*:-all}"
ninja -C build/release --quiet "$@"
