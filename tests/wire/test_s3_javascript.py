# SPDX-License-Identifier: Apache-2.0
"""The AWS SDK for JavaScript v3 as it comes from its registry, against the S3 port."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

from s3_endpoint import REGION

HERE = pathlib.Path(__file__).resolve().parent / "javascript"
DEEDS = re.findall(r"^  async (\w+)\(", (HERE / "everyday.mjs").read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def program() -> pathlib.Path:
    """The program beside the packages it needs, in a folder that is kept between runs."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
    folder = cache / "slipway-tests/javascript"
    wanted = (HERE / "package.json").read_text()
    installed = folder / "installed.json"
    if not installed.exists() or installed.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copy(HERE / "package.json", folder)
        subprocess.run(["npm", "install", "--silent", "--no-package-lock", "--no-audit", "--no-fund"],
                       cwd=folder, check=True, timeout=300)
        installed.write_text(wanted)
    return pathlib.Path(shutil.copy(HERE / "everyday.mjs", folder))


@pytest.mark.parametrize("deed", DEEDS)
def test_everyday(s3, bucket, program, deed):
    done = subprocess.run(["node", "--no-warnings", program, deed, bucket],
                          env={**s3.environment(), "AWS_REGION": REGION}, timeout=60,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
