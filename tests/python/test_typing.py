# SPDX-License-Identifier: Apache-2.0
"""The package is typed, and its stub says what the native module has."""

import pathlib
import re
import subprocess
import sys

from slipway import _core

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(*words: str) -> None:
    done = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, text=True, timeout=300, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout


def test_types():
    run("mypy", "--cache-dir", "build/mypy", "python/slipway")


def test_syntax_of_the_oldest_python():
    """pyproject.toml names it: what is newer is an error."""
    run("ruff", "check", "--no-cache", "python", "tests/python", "examples/django")


def test_the_stub_is_complete():
    stub = (ROOT / "python/slipway/_core.pyi").read_text()
    for name in ("Client", "Operation", "UploadJob"):
        body = re.search(rf"^class {name}:\n((?:    .*\n|\n)+)", stub, re.MULTILINE).group(1)
        said = set(re.findall(r"def (\w+)", body))
        assert said == {each for each in vars(getattr(_core, name)) if not each.startswith("_")}
