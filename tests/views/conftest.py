"""A read model and a server in front of it, filled by the tests themselves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.catalogue import TOPICS
from tests.harness.components import RedisAddress
from tests.harness.embedded import Embedded
from tests.harness.records import create_topics
from tests.views.signing import signing
from tests.views.site import Site


@pytest.fixture(scope="session")
def contract_topics() -> Iterator[str]:
    """Bootstrap address of an embedded broker with the contract's topics, of one partition each."""
    with Embedded() as broker:
        create_topics(broker.bootstrap, [topic.name for topic in TOPICS])
        yield broker.bootstrap


@pytest.fixture
def site(redis_server: RedisAddress, tmp_path: Path) -> Iterator[Site]:
    """A server whose Kafka answers nobody."""
    with Site(redis_server.url, tmp_path) as started:
        yield started


@pytest.fixture
def signing_site(redis_server: RedisAddress, tmp_path: Path) -> Iterator[Site]:
    """The same with a key of its own that the policy lists for both roles."""
    with Site(redis_server.url, tmp_path, **signing()) as started:
        yield started
