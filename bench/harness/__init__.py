# SPDX-License-Identifier: Apache-2.0
"""What the benches share: servers, load, signatures, reports. Python's standard library only."""
