# SPDX-License-Identifier: Apache-2.0
"""The embedded store under hostile requests (hostile.py): all of them with ./test --long."""

import os
import time

from hostile import attack


def test_hostile_requests(tmp_path):
    requests = 100_000 if os.environ.get("SLIPWAY_LONG") else 4_000
    seed = os.environ.get("SLIPWAY_SEED", str(time.time_ns()))
    made = attack(tmp_path, seed, range(requests))
    assert not made.findings, f"seed {seed}: " + "\n".join(made.findings)
    # It was not all refused at the door.
    assert made.statuses["200"] > requests / 50
