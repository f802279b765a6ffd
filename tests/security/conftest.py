"""One secured node for all tests of a process."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.harness import components
from tests.harness.kafka import kafka_missing
from tests.security.secured import SecuredKafka


@pytest.fixture(scope="session")
def secured() -> Iterator[SecuredKafka]:
    """With the catalogue's topics, made by the operator with the command that operators use."""
    missing = kafka_missing()
    if missing is not None:
        components.lack("Apache Kafka", missing)
        pytest.skip(f"needs {missing}")
    with SecuredKafka() as kafka:
        made = subprocess.run(
            [sys.executable, "-m", "streams.cli", "topics", "create", "--partitions", "2"],
            env={**os.environ, **kafka.environment("operator")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stdout + made.stderr
        yield kafka
