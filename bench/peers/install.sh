#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs the peers that Slipway is measured against, each by its name from its usual registry,
# into ${XDG_CACHE_HOME:-~/.cache}/slipway-bench; nothing is written into the repository.
# What is there already is kept, so a second run is quick. New ones of MinIO, versitygw, rclone, mc
# and s5cmd take some minutes of CPU each.
#
#   bench/peers/install.sh [NAME]...      without names: all of them, servers and clients

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/slipway-bench
mkdir -p "$cache/bin"

# Pinned, so that two machines measure the same peer.
minio_version=v0.0.0-20260212201848-7aac2a2c5b7c
versitygw_version=v1.8.0
s5cmd_version=v2.3.0
rclone_version=v1.75.1
mc_version=v0.0.0-20250313080218-cf909e1063a9

# go_program PACKAGE VERSION: the program is named as the last part of the package's path.
go_program() {
    local name
    name=$(basename "${1%/v[0-9]}")
    [ -x "$cache/bin/$name" ] && return
    echo "installing $name $2 (some minutes)" >&2
    # In a module of its own: `go install PACKAGE@VERSION` also wants the list of all versions, which
    # not every module proxy gives of every module.
    local module=${1%/cmd/*}
    local work
    work=$(mktemp -d)
    (cd "$work" && go mod init peer && go mod edit -require="$module@$2" &&
        nice -n 19 go build -mod=mod -o "$cache/bin/$name" "$1") >&2
    rm -rf "$work"
}

# python_peers FOLDER: a virtual environment with what its requirements.txt names.
python_peers() {
    local venv=$cache/$1
    cmp -s "$here/$1/requirements.txt" "$venv/requirements.txt" && return
    echo "installing $(tr '\n' ' ' <"$here/$1/requirements.txt")" >&2
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --requirement "$here/$1/requirements.txt"
    cp "$here/$1/requirements.txt" "$venv/"
}

install_minio() { go_program github.com/minio/minio "$minio_version"; }
install_versitygw() { go_program github.com/versity/versitygw/cmd/versitygw "$versitygw_version"; }
install_s5cmd() { go_program github.com/peak/s5cmd/v2 "$s5cmd_version"; }
install_rclone() { go_program github.com/rclone/rclone "$rclone_version"; }
install_mc() { go_program github.com/minio/mc "$mc_version"; }
install_flask() { python_peers flask; }
install_python() { python_peers python; }
install_django() { python_peers django; }

install_express() {
    local folder=$cache/express
    cmp -s "$here/express/package.json" "$folder/installed.json" || {
        echo "installing express, multer and multer-s3" >&2
        rm -rf "$folder"
        mkdir -p "$folder"
        cp "$here/express/package.json" "$folder/"
        (cd "$folder" && npm install --silent --no-package-lock --no-audit --no-fund >&2)
        cp "$folder/package.json" "$folder/installed.json"
    }
    cp "$here/express/app.js" "$folder/"
}

# The system's own where there is one, else Debian's package, unpacked and not installed.
install_nginx() {
    [ -x "$cache/bin/nginx" ] && return
    local there
    if there=$(PATH=$PATH:/usr/sbin command -v nginx); then
        ln -s "$there" "$cache/bin/nginx"
        return
    fi
    echo "unpacking nginx" >&2
    local work
    work=$(mktemp -d)
    (cd "$work" && apt-get download --quiet nginx && dpkg-deb --extract nginx_*.deb .) >&2
    cp "$work/usr/sbin/nginx" "$cache/bin/"
    rm -rf "$work"
}

# Built in a copy, because the go command may touch go.mod; rebuilt when the sources change.
install_go() {
    local sources=$cache/go-peer
    if [ -x "$cache/bin/peer-forms" ] && diff -rq "$here/go" "$sources" >/dev/null 2>&1; then
        return
    fi
    echo "building the Go peer" >&2
    rm -rf "$sources"
    cp -r "$here/go" "$sources"
    (cd "$sources" && nice -n 19 go build -o "$cache/bin/peer-presign" ./presign &&
        nice -n 19 go build -o "$cache/bin/peer-sign" ./sign &&
        nice -n 19 go build -o "$cache/bin/peer-forms" ./forms)
}

all=(minio versitygw go flask django express nginx rclone mc python s5cmd)
for name in "${@:-${all[@]}}"; do
    case " ${all[*]} " in
        *" $name "*) "install_$name" ;;
        *)
            echo "install.sh: no peer '$name'; use one of: ${all[*]}" >&2
            exit 2
            ;;
    esac
done
