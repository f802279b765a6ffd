"""A client takes no more memory in Redis than the page about deploying counts with."""

import asyncio
from collections import defaultdict
from typing import NamedTuple

import pytest

from schemas.catalogue import CLIENTS
from streams.cli.redis_address import redis_at
from streams.views.projection.entries import entries_of
from streams.views.projection.store import Batch, Store
from tests.benchmark.population import Population
from tests.benchmark.pure import FIRST_DAY, Source, run_fold, sources
from tests.harness.read_model import said_bytes_per_client
from tests.harness.redis import RedisServer

pytestmark = pytest.mark.redis
_CLIENTS = 100
_DAYS, _FACTS = 120, 60
_BATCH = 500
_BETWEEN_VERSIONS = 1.5
"""Versions of Redis and tables that have just been doubled differ by less."""


class _Measured(NamedTuple):
    bytes_per_client: float
    clients: int


async def _measure(url: str) -> _Measured:
    """Of the second hundred of clients: what is there once for all came with the first."""
    redis = await redis_at(url)
    try:
        store = Store(redis)
        await store.begin(2)
        before = 0
        for number, name in enumerate("ab"):
            before = (await redis.info("memory"))["used_memory"]
            for topic, records in _published(name).items():
                for begin in range(0, len(records), _BATCH):
                    part = records[begin : begin + _BATCH]
                    await store.apply([Batch(topic, number, begin + len(part), False, entries_of(topic, part), 0)])
        taken = (await redis.info("memory"))["used_memory"] - before
        return _Measured(taken / _CLIENTS, len([key async for key in redis.scan_iter("stoplist:client:*")]))
    finally:
        await redis.aclose()


def _published(name: str) -> dict[str, list[Source]]:
    """By topic what the projector reads, of a population as the benchmark has it."""
    population = Population(_CLIENTS, _DAYS, _FACTS, 1, first_day=FIRST_DAY, name=name)
    records = sources(list(population.records()))
    found: dict[str, list[Source]] = defaultdict(list)
    for output in run_fold(records).outputs:
        if not output.topic.startswith("stoplist-"):
            found[output.topic].append(Source(output.topic, 0, len(found[output.topic]), 0, output.key, output.value))
    found[CLIENTS] = [record for record in records if record.topic == CLIENTS]
    return found


def test_a_client_takes_what_the_page_says(redis_node: RedisServer) -> None:
    measured = asyncio.run(_measure(redis_node.url))
    assert measured.clients == 2 * _CLIENTS
    said = said_bytes_per_client()
    assert said / _BETWEEN_VERSIONS < measured.bytes_per_client < said * _BETWEEN_VERSIONS
