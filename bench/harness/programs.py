# SPDX-License-Identifier: Apache-2.0
"""The harness's own C++ programs, compiled when a source is newer than what the cache has."""
import os
import subprocess

from .processes import CACHE


def program(name, sources, *libraries):
    """The path of program `name`, made of all .cpp files of the folder `sources`."""
    path = CACHE / "bin" / name
    newest = max(source.stat().st_mtime for source in sources.iterdir())
    if not path.exists() or path.stat().st_mtime < newest:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{name}.{os.getpid()}")
        subprocess.run([os.environ.get("CXX", "c++"), "-std=c++20", "-O2", "-pthread",
                        *sorted(sources.glob("*.cpp")), "-o", fresh,
                        *(f"-l{library}" for library in libraries)], check=True)
        fresh.rename(path)
    return path
