"""Whether a file with a secret is kept as one."""

import os
from typing import Final

_OTHERS: Final = 0o077
_READ_BY_GROUP: Final = 0o040


def is_read_by_others(mode: int, owner: int, reader: int) -> bool:
    """Whether people other than its reader may use a file of this mode and owner; owner and reader are user ids.

    A secret that Kubernetes mounts belongs to root and is read through the reader's group, which no mode of its own
    could express: that much is allowed, and nothing where the file is the reader's.
    """
    allowed = _READ_BY_GROUP if owner == 0 != reader else 0
    return bool(mode & _OTHERS & ~allowed)


def others_may_read(status: os.stat_result) -> bool:
    """The same of a file, for this process."""
    return is_read_by_others(status.st_mode, status.st_uid, os.geteuid())
