"""The secret of a course's hidden tests: `workshop course` and `workshop grade` make one where there is none."""

import os
import secrets
from pathlib import Path

from workshop.checks.hidden import SECRET_BYTES


def make_secret(path: Path) -> bool:
    """Write a new secret, readable by its owner alone; leave an existing one as it is.

    Returns whether one was written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(SECRET_BYTES) + "\n")
    return True
