#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what Slipway needs from Debian 12's packages, and nothing that is there already.
#   tools/deps.sh [--check] build|test|fuzz ...
# As root or through sudo. --check installs nothing and fails when something is missing.
set -euo pipefail

build_packages=(
    g++ cmake ninja-build ccache pkg-config
    libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
    libssl-dev libfmt-dev libspdlog-dev libexpected-dev libsqlite3-dev
    libcli11-dev libtomlplusplus-dev libpugixml-dev zlib1g-dev libjemalloc-dev
    libgtest-dev libgmock-dev  # one build tree, and it knows the tests
)
test_packages=(python3-venv python3-dev curl openssl chromium clang-format-14)
fuzz_packages=(clang-19 libclang-rt-19-dev)

# Vite needs Node 20, Debian 12 has 18: then the registry's `node` package brings a newer one,
# into the cache folder, and it is put on the PATH of the build (tools/node_path.sh).
node_major() { node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/'; }

check_only=false
wanted=()
node_wanted=false
for argument in "$@"; do
    case $argument in
        --check) check_only=true ;;
        build) wanted+=("${build_packages[@]}"); node_wanted=true ;;
        test) wanted+=("${test_packages[@]}") ;;
        fuzz) wanted+=("${fuzz_packages[@]}") ;;
        *) echo "deps.sh: unknown set '$argument'; there are: build test fuzz" >&2; exit 2 ;;
    esac
done

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/node_path.sh
. "$here/node_path.sh"

missing=()
for package in "${wanted[@]}"; do
    state=$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true)
    [[ $state == ii* ]] || missing+=("$package")
done
node_missing=false
if $node_wanted && [[ $(node_major || true) -lt 20 ]]; then
    node_missing=true
    command -v npm >/dev/null || missing+=(nodejs npm)
fi

if ((${#missing[@]} == 0)) && ! $node_missing; then
    exit 0
fi
if $check_only; then
    echo "deps.sh: missing: ${missing[*]} $($node_missing && echo 'node >= 20')" >&2
    exit 1
fi

if ((${#missing[@]} > 0)); then
    as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || {
            echo "deps.sh: run as root or install sudo; missing packages: ${missing[*]}" >&2
            exit 1
        }
        as_root=(sudo)
    fi
    echo "== installing: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
if $node_missing; then
    echo "== installing Node 22 into $SLIPWAY_NODE_DIR"
    npm install --silent --no-audit --no-fund --prefix "$SLIPWAY_NODE_DIR" node@22
fi
