# SPDX-License-Identifier: Apache-2.0
"""What both Python clients do around their uploads."""
import os
import sys


def files_below(folder):
    """Each file's path and what it is below `folder`."""
    for root, _folders, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            yield path, os.path.relpath(path, folder)


def exit_code(futures):
    """Waits for all; 1 when any failed, with each error on standard error."""
    failed = 0
    for future in futures:
        try:
            future.result()
        except Exception as error:  # any: the others go on
            failed = 1
            print(error, file=sys.stderr)
    return failed
