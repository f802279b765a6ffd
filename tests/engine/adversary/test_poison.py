"""One record, or one client, that must not stop the worker at every start."""

import asyncio
import gzip
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition

from tests.engine.counting import DEAD_LETTERS, GROUPS
from tests.engine.test_crashes import CREATE_TIME
from tests.engine.world import World, keys_of, value
from tests.harness.records import Sent
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.kafka


def _wait_or_end(process: Any, condition: Callable[[], bool], world: World) -> None:
    wait_until(lambda: process.poll() is not None or condition(), "the condition", every_seconds=0.1)
    assert condition(), world.tail()


def test_a_failing_client_right_after_a_transaction_is_held(world: Callable[..., World]) -> None:
    """The chunk that fails begins behind a marker: offsets that hold no record lie before it."""
    one = world().create()
    bad, good = keys_of(0, 2)

    async def send() -> None:
        producer = AIOKafkaProducer(bootstrap_servers=one.bootstrap, transactional_id=f"{one.prefix}t")
        await producer.start()
        try:
            for key, body in [(good, value()), (bad, value(**{"raise": True})), *[(good, value())] * 7]:
                async with producer.transaction():
                    await producer.send(one.inputs[0], key=key, value=body, partition=0)
        finally:
            await producer.stop()

    asyncio.run(send())
    with one.worker(chunk_records_max=1):
        wait_until(lambda: one.outputs(GROUPS) or "stopped" in one.tail(), "the good client's group", every_seconds=0.1)
        assert one.outputs(GROUPS), one.tail()


def test_a_compressed_record_too_large_for_the_dead_letters_does_not_stop_the_worker(
    world: Callable[..., World],
) -> None:
    one = world().create()
    key = keys_of(0, 1)[0]
    huge = b"{" + b" " * 5_000_000
    assert len(gzip.compress(huge)) < 100_000
    with closing(
        KafkaProducer(bootstrap_servers=one.bootstrap, compression_type="gzip", max_request_size=20_000_000)
    ) as producer:
        producer.send(one.inputs[0], huge, key, partition=0).get(timeout=30)
    one.send(0, [(key, value())] * 8)
    with one.worker():
        wait_until(lambda: one.outputs(GROUPS), "the client's group", every_seconds=0.1)
    assert len(one.outputs(DEAD_LETTERS)) == 1


def test_a_misrouted_record_keeps_its_time_when_time_is_simulated(world: Callable[..., World]) -> None:
    one = world(simulated_time=True, simulated_idle_ms=300).create(input_config=CREATE_TIME)
    key = keys_of(0, 1)[0]
    one.send(0, [Sent(value(), key, partition=1, timestamp_ms=1_700_000_000_000)])
    with one.worker():
        wait_until(lambda: len(one.read(one.inputs[0])) == 2, "the forwarded record", every_seconds=0.1)
    assert {read.timestamp_ms for read in one.read(one.inputs[0])} == {1_700_000_000_000}


def test_after_an_accepted_loss_the_worker_goes_on(world: Callable[..., World]) -> None:
    """Chunks after the checkpoint cannot be folded again: what they published is ahead of the state."""
    one = world().create()
    key, quiet = keys_of(0, 2)
    one.send(0, [(key, value()), (quiet, value())] * 8)
    with one.worker():
        one.wait_folded()
    process = one.start(snapshot_interval_ms=600_000)
    one.send(0, [(key, value()), (quiet, value())] * 16)
    wait_until(lambda: len(one.outputs(GROUPS)) == 6, "three groups of both", every_seconds=0.1)
    process.kill()
    process.wait()
    with closing(KafkaAdminClient(bootstrap_servers=one.bootstrap)) as admin:
        admin.delete_records({TopicPartition(one.inputs[0], 0): 48})
    assert one.ended(one.start()) == 2
    one.log.write_text("")
    with one.worker(accept_loss=True, snapshot_interval_ms=100) as process:
        for wanted in (7, 8):
            one.send(0, [(key, value())] * 8)
            _wait_or_end(process, lambda wanted=wanted: len(one.outputs(GROUPS)) >= wanted, one)  # type: ignore[misc]
        _wait_or_end(process, lambda: any(r.get("loss") for r in one.journal()), one)
