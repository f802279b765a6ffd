"""Servers for tests, as fixtures; and the last line of a run, which says what was not tried."""

import os
import signal
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import nullcontext
from pathlib import Path
from types import FrameType
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings

from tests.harness import components
from tests.harness.components import Broker, Existing, RedisAddress
from tests.harness.embedded import Embedded
from tests.harness.kafka import KafkaNode, kafka_missing
from tests.harness.redis import RedisServer, redis_missing

# The same examples in every run, so that a green main stays green; `make properties` looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("search", derandomize=False, deadline=None, print_blob=True)
settings.load_profile("repeatable")

_COVERING = tuple(Path(__file__).parent / "domain" / name for name in ("core", "edge_cases", "adversary", "importance"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The coverage of the rules is that by examples worked out by hand: watching everything else costs a minute."""
    for item in items:
        if not any(item.path.is_relative_to(folder) for folder in _COVERING):
            item.add_marker("no_cover")
    if processes := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):
        items[:] = _long_ones_first(items, processes)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Nothing watches a test that is not to be covered: in the processes of pytest-xdist pytest-cov starts twice and
    pauses once, and what goes on watching makes the rules two and a half times slower."""
    if item.get_closest_marker("no_cover") is None:
        return (yield)
    watching, watching_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(watching)
        threading.settrace(watching_threads)


def _long_ones_first(items: list[pytest.Item], processes: int) -> list[pytest.Item]:
    """Each process begins with its part of the slow tests, so that at the end none is left alone with a long one.

    pytest-xdist gives each process as many tests as the others, in this order, and later lets it take over what stands
    last in another's queue.
    """
    slow = [item for item in items if item.get_closest_marker("slow")]
    rest = [item for item in items if not item.get_closest_marker("slow")]
    ordered: list[pytest.Item] = []
    for number in range(processes):
        mine = slow[number * len(slow) // processes : (number + 1) * len(slow) // processes]
        end = (number + 1) * len(items) // processes
        more = end - len(ordered) - len(mine)
        ordered += [*mine, *rest[:more]]
        rest = rest[more:]
    return ordered


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """A Kafka broker for all tests of the run: give topics and groups names of your own (`unique`)."""
    shared: str | None = getattr(request.config, "workerinput", {}).get("kafka")
    with components.broker() if shared is None else nullcontext(Existing(shared)) as broker:
        yield broker


@pytest.fixture
def kafka_node() -> Iterator[KafkaNode]:
    """An Apache Kafka node for one test alone, to stop, kill or pause."""
    with apache_kafka() as node:
        yield node


@pytest.fixture
def redis_node() -> Iterator[RedisServer]:
    """A Redis server for one test alone, to stop or kill."""
    missing = redis_missing()
    if missing is not None:
        components.lack("Redis", missing)
        pytest.skip(f"needs {missing}")
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisAddress]:
    """A Redis for all tests of the run: flush what you use."""
    with components.redis() as server:
        yield server


@pytest.fixture(scope="session")
def embedded() -> Iterator[Embedded]:
    """The embedded broker and Redis, for all tests of the run."""
    with Embedded() as server:
        yield server


@pytest.fixture
def unique() -> str:
    """A name that no other test uses."""
    return f"t{uuid4().hex[:12]}"


def apache_kafka() -> KafkaNode:
    """A node not yet started; skips the test where Apache Kafka cannot run, and fails it in CI."""
    missing = kafka_missing()
    if missing is not None:
        components.lack("Apache Kafka", missing)
        pytest.skip(f"needs {missing}")
    return KafkaNode()


def pytest_configure() -> None:
    """A run that is told to end (a time limit, a cancelled job) stops the servers it started, as after Ctrl-C."""

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    # a run in the background (nohup, a script's &) ignores Ctrl-C, and so would the programs that tests send it to
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of several (pytest-xdist) tells the one that writes the report what it could not try."""
    told: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["not_tried"] = components.not_tried


_SHARED = pytest.StashKey[str | None]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """The processes of a run (pytest-xdist) share one Kafka: a node takes a twentieth of a core while nobody asks."""
    config: pytest.Config = node.config
    if _SHARED not in config.stash:
        config.stash[_SHARED] = None
        if components.TEST_KAFKA not in os.environ and kafka_missing() is None:
            kafka = KafkaNode()
            config.add_cleanup(kafka.close)
            config.stash[_SHARED] = kafka.start().bootstrap
    node.workerinput["kafka"] = config.stash[_SHARED]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hears what `pytest_sessionfinish` told; a process that crashed told nothing."""
    components.not_tried.update(getattr(node, "workeroutput", {}).get("not_tried", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The loud line: a green run must not be taken for more than it is."""
    for component, wants in components.not_tried.items():
        terminalreporter.write_line(
            f"!!! NOT TRIED: {component}. Missing: {wants}. Install it, or this run says nothing about it. !!!",
            red=True,
            bold=True,
        )
