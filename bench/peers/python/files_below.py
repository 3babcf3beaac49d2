# SPDX-License-Identifier: Apache-2.0
import os


def files_below(folder):
    """Each file's path and what it is below `folder`."""
    for root, _folders, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            yield path, os.path.relpath(path, folder)
