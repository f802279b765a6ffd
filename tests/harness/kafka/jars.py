"""Kafka's jars: fetched by Maven once for a version, kept in the user's cache."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

POM = Path(__file__).with_name("pom.xml")
JAVA_LEAST = 17
FETCH_SECONDS = 300
FETCH_ATTEMPTS = 3
FETCH_PAUSE_SECONDS = 5.0
"""Before the second attempt; twice that before the third. What was fetched before stays in Maven's own cache."""


def kafka_missing() -> str | None:
    """What this machine lacks to run Apache Kafka, as one phrase; None when it has everything."""
    java = shutil.which("java")
    if java is None:
        return f"java (a runtime of version {JAVA_LEAST} or later)"
    said = java_version()
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < JAVA_LEAST:
        return f"java {JAVA_LEAST} or later ({said.splitlines()[0] if said else 'no version'} is here)"
    if shutil.which("mvn") is None and not _folder().exists():
        return "mvn (Maven, which fetches Kafka's jars)"
    return None


@cache
def java_version() -> str:
    """What the Java found first says of itself; of several lines."""
    return subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr


@cache
def jars() -> Path:
    """The folder of jars, fetched now if this version is not in the cache yet.

    Raises RuntimeError with Maven's own words when they cannot be fetched.
    """
    folder = _folder()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder.with_suffix(".lock")):
        if not folder.exists():
            _fetch(folder)
    return folder


def _folder() -> Path:
    """Named after the wanted jars, so that another version gets another folder."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "stoplist" / f"kafka-{hashlib.sha256(POM.read_bytes()).hexdigest()[:12]}"


def _fetch(folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise RuntimeError("Kafka's jars are not in the cache and Maven is not here to fetch them; install maven")
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        wanted = Path(scratch) / "lib"
        command = [maven, "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={wanted}"]
        for attempt in range(1, FETCH_ATTEMPTS + 1):
            said = _run(command)
            if said is None:
                wanted.rename(folder)  # whole or not at all
                return
            if attempt < FETCH_ATTEMPTS:
                time.sleep(FETCH_PAUSE_SECONDS * attempt)
                command = [*command, "-U"] if attempt == 1 else command  # Maven remembers what it did not find
        raise RuntimeError(f"Maven could not fetch Kafka's jars in {FETCH_ATTEMPTS} attempts:\n{said}")


def _run(command: Sequence[str]) -> str | None:
    """None when it went well, else its last words."""
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"no end after {FETCH_SECONDS:g} s"
    return f"{run.stdout[-3000:]}{run.stderr[-1000:]}" if run.returncode else None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time: test runs side by side fetch once."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
