#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs the peers that Slipway is measured against, each by its name from its usual registry,
# into ${XDG_CACHE_HOME:-~/.cache}/slipway-bench; nothing is written into the repository.
# What is there already is kept, so a second run is quick. A new MinIO takes some minutes of CPU.
#
#   bench/peers/install.sh [minio|versitygw|go|flask]...      without names: all of them

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/slipway-bench
mkdir -p "$cache/bin"

# Pinned, so that two machines measure the same peer.
minio_version=v0.0.0-20260212201848-7aac2a2c5b7c
versitygw_version=v1.8.0

install_minio() {
    [ -x "$cache/bin/minio" ] && return
    echo "installing MinIO $minio_version (some minutes)" >&2
    GOBIN="$cache/bin" nice -n 19 go install "github.com/minio/minio@$minio_version"
}

install_versitygw() {
    [ -x "$cache/bin/versitygw" ] && return
    echo "installing versitygw $versitygw_version" >&2
    GOBIN="$cache/bin" nice -n 19 \
        go install "github.com/versity/versitygw/cmd/versitygw@$versitygw_version"
}

# Built in a copy, because the go command may touch go.mod; rebuilt when the sources change.
install_go() {
    local sources=$cache/go-peer
    if [ -x "$cache/bin/peer-presign" ] && diff -rq "$here/go" "$sources" >/dev/null 2>&1; then
        return
    fi
    echo "building the Go peer" >&2
    rm -rf "$sources"
    cp -r "$here/go" "$sources"
    (cd "$sources" && nice -n 19 go build -o "$cache/bin/peer-presign" ./presign &&
        nice -n 19 go build -o "$cache/bin/peer-sign" ./sign)
}

install_flask() {
    local venv=$cache/flask
    cmp -s "$here/flask/requirements.txt" "$venv/requirements.txt" && return
    echo "installing Flask, boto3 and gunicorn" >&2
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --requirement "$here/flask/requirements.txt"
    cp "$here/flask/requirements.txt" "$venv/"
}

for peer in "${@:-minio versitygw go flask}"; do
    for name in $peer; do
        case $name in
            minio | versitygw | go | flask) "install_$name" ;;
            *)
                echo "install.sh: no peer '$name'; use minio, versitygw, go or flask" >&2
                exit 2
                ;;
        esac
    done
done
