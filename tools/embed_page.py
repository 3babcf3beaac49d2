#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the built web page as a C++ source: tools/embed_page.py DIST OUTPUT.cpp

DIST is web/dist; when it is missing or empty the table is empty. Each file also comes compressed,
because compressing while serving would cost the same work for every visitor.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import pathlib
import sys

GZIP_WORTH = 0.9  # keep the compressed form only when it saves a tenth
LINE_BYTES = 64
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".html": "text/html; charset=utf-8", ".svg": "image/svg+xml", ".json": "application/json"}


def literal(data: bytes) -> str:
    """`data` as adjacent string literals; octal escapes have a fixed length and so end themselves."""
    lines = []
    for start in range(0, len(data), LINE_BYTES):
        text = "".join(
            chr(byte) if 32 <= byte < 127 and byte not in b'"\\?' else f"\\{byte:03o}"
            for byte in data[start:start + LINE_BYTES])
        lines.append(f'    "{text}"')
    return "\n".join(lines) if lines else '    ""'


def entry(path: pathlib.Path, dist: pathlib.Path, number: int) -> tuple[str, str]:
    data = path.read_bytes()
    packed = gzip.compress(data, 9, mtime=0)
    if len(packed) > len(data) * GZIP_WORTH:
        packed = b""
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    url = "/" + path.relative_to(dist).as_posix()
    etag = f'\\"{hashlib.sha256(data).hexdigest()[:16]}\\"'
    immutable = "true" if url.startswith("/assets/") else "false"
    definitions = (
        f"constexpr char bytes_{number}[] =\n{literal(data)};\n"
        f"constexpr char gzip_{number}[] =\n{literal(packed)};\n")
    row = (f'    {{"{url}", "{kind}", "{etag}", {{bytes_{number}, {len(data)}}}, '
           f"{{gzip_{number}, {len(packed)}}}, {immutable}}},\n")
    return definitions, row


def main() -> int:
    dist, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    files = sorted(path for path in dist.rglob("*") if path.is_file()) if dist.is_dir() else []
    files.sort(key=lambda path: path.relative_to(dist).as_posix())
    entries = [entry(path, dist, number) for number, path in enumerate(files)]
    table = "".join(row for _, row in entries)
    text = (
        "// Written by tools/embed_page.py from web/dist.\n"
        '#include "server/page_assets.h"\n\n'
        "namespace slipway::server {\nnamespace {\n\n"
        + "".join(definitions for definitions, _ in entries)
        + (f"\nconstexpr Asset assets[] = {{\n{table}}};\n" if entries else "")
        + "\n}  // namespace\n\n"
        "std::span<const Asset> page_assets() {\n"
        + ("    return assets;\n" if entries else "    return {};\n")
        + "}\n\n}  // namespace slipway::server\n")
    output.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
