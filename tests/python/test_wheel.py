# SPDX-License-Identifier: Apache-2.0
"""`pip install .`: a wheel is built of a clone, installed where nothing else is, and used."""

import os
import pathlib
import subprocess
import sys
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/wheel"  # kept, so that only what changed is compiled again

pytestmark = pytest.mark.skipif("asan" in os.environ.get("SLIPWAY_BIN", ""), reason="a build of its own")


def run(*command, **options) -> str:
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, timeout=900,
                          stderr=subprocess.STDOUT, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    # Without isolation: the venv of the tests has what pyproject.toml requires.
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation",
        "--disable-pip-version-check", "-C", f"build-dir={BUILD}", "-w", folder, ROOT)
    return next(folder.glob("slipway-*.whl"))


def test_holds_the_package_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    ours = {name for name in names if ".dist-info/" not in name}
    sources = {f"slipway/{path.relative_to(ROOT / 'python/slipway')}"
               for path in (ROOT / "python/slipway").rglob("*")
               if path.suffix in (".py", ".pyi", ".typed") or path.name == "py.typed"}
    assert {name for name in ours if not name.endswith(".so")} == sources
    assert [name.partition(".")[0] for name in ours - sources] == ["slipway/_core"]
    metadata = zipfile.ZipFile(wheel).read(
        next(name for name in names if name.endswith("METADATA"))).decode()
    assert "Requires-Dist" not in metadata and "Requires-Python: >=3.9" in metadata
    assert wheel.stat().st_size < 8 << 20


def test_installed_alone_it_uploads(wheel, store, tmp_path):
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    python = tmp_path / "venv/bin/python"
    run(python, "-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", wheel)
    text = """
import slipway, sys
service = slipway.AWSService()
print(service.upload_files_concurrently(1, {"a": b"from a wheel"}, "wheels")["a"])
assert "slipway.django" not in sys.modules and "boto3" not in sys.modules
"""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    url = run(python, "-c", text, cwd=tmp_path, env={**environment, **store.environment}).strip()
    assert store.content(url.removeprefix(f"s3://{store.bucket}/")) == b"from a wheel"
