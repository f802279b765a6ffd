"""What the starts of all nodes have in common: made once for a version of Kafka and of Java, kept beside the jars.

Java takes the classes of a node from an archive instead of reading and checking those of the jars anew, and an empty
data folder gets a copy of what Kafka's storage tool once wrote: of 3.5 s of a processor for a start 1.4 s remain. A
node that finds neither starts all the same.
"""

import hashlib
import shutil
from functools import cache
from pathlib import Path

from tests.harness.kafka.jars import jars, java_version

CHECKPOINT = "bootstrap.checkpoint"
"""What the storage tool writes beside the names of cluster and node: the features that a new cluster has."""


@cache
def archive() -> Path:
    """Where the archive of classes is, or would be."""
    return _kept("classes.jsa")


@cache
def checkpoint() -> Path:
    """Where the storage tool's CHECKPOINT is, or would be."""
    return _kept(CHECKPOINT)


def java_options() -> list[str]:
    """Those that make use of the archive."""
    return [f"-XX:SharedArchiveFile={archive()}"] if archive().exists() else []


def format_folder(data: Path, names: dict[str, object]) -> bool:
    """Make a node's data folder as the storage tool does, with these names of cluster, node and folder; False, and
    nothing made, where nothing was prepared."""
    if not checkpoint().exists():
        return False
    data.mkdir()
    shutil.copyfile(checkpoint(), data / CHECKPOINT)
    lines = [f"{name}={value}\n" for name, value in {"version": 1, **names}.items()]
    (data / "meta.properties").write_text("".join(lines))
    return True


def keep(made: Path, place: Path) -> None:
    """Put a file there, whole or not at all: runs side by side may do so at once."""
    beside = place.with_name(f"{place.name}-{made.parent.name}")
    shutil.copyfile(made, beside)
    beside.rename(place)


def _kept(name: str) -> Path:
    version = hashlib.sha256(java_version().encode()).hexdigest()[:12]
    return jars().with_name(f"{jars().name}-{version}-{name}")
