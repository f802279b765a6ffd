"""The read model in Redis: only what is newer is applied, all of a batch or nothing, whatever the order."""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from typing import Any

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import ResponseError

from streams.views import names
from streams.views.projection.entries import entries_of
from streams.views.projection.store import Batch, Limits, Store, WrongEpoch
from tests.harness.components import RedisAddress
from tests.views.outputs import blocked, condition, output, owed, record, released, status

pytestmark = pytest.mark.redis
STATUS, BLOCKS = "client-status", "shipment-blocks"


@pytest.fixture(params=["redis", "embedded"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Redis, and what `stoplist demo` brings instead of it; empty."""
    name = "redis_server" if request.param == "redis" else "embedded"
    server: RedisAddress = request.getfixturevalue(name)
    with Redis.from_url(server.url) as client:
        client.flushdb()
        yield server.url
        client.flushdb()


def batch(topic: str, *events: dict[str, Any], first: int = 0, live: bool = True) -> Batch:
    """Events as one batch of partition 0."""
    made = entries_of(topic, [record(event, topic, first + number) for number, event in enumerate(events)])
    return Batch(topic, 0, first + len(events), live, made, 0)


def in_store(url: str, act: Callable[[Store], Awaitable[Any]], limits: Limits | None = None) -> Any:
    """Act on a store that has begun."""

    async def run() -> Any:
        async with AsyncRedis.from_url(url) as client:
            store = Store(client, limits)
            await store.begin(1)
            return await act(store)

    return asyncio.run(run())


def applied(url: str, *batches: Batch, limits: Limits | None = None) -> int:
    """Apply them one after the other; how many records were news."""

    async def act(store: Store) -> int:
        return sum([await store.apply([one]) for one in batches])

    return int(in_store(url, act, limits))


def seen(url: str) -> dict[bytes, Any]:
    """All of Redis but the name of the beginning."""
    read: dict[bytes, Callable[[Any, bytes], Any]] = {
        b"hash": lambda client, key: client.hgetall(key),
        b"set": lambda client, key: client.smembers(key),
        b"zset": lambda client, key: client.zrange(key, 0, -1, withscores=True),
        b"string": lambda client, key: client.get(key),
    }
    with Redis.from_url(url) as client:
        keys = sorted(client.scan_iter("stoplist:*"))
        return {key: read[client.type(key)](client, key) for key in keys if key != b"stoplist:epoch"}


def test_whatever_the_order_and_however_often_the_newest_stays(url: str) -> None:
    events = [
        (STATUS, status("a", 2, blocked=True, open_obligations=[owed("o", "2026-02-20", "5.00", judged=True)])),
        (STATUS, status("a", 5)),
        (BLOCKS, blocked("a", 2, condition("risk_group"))),
        (BLOCKS, released("a", 4)),
    ]
    with Redis.from_url(url) as client:
        for order in itertools.permutations(events):
            client.flushdb()
            applied(url, *(batch(topic, event) for topic, event in (*order, *order)))
            found = seen(url)
            assert json.loads(found[b"stoplist:client:a"][b"status"])["sequence"] == 5
            assert json.loads(found[b"stoplist:client:a"][b"block"])["type"] == "shipment.released"
            assert b"stoplist:blocked" not in found
            assert b"stoplist:list:largest_overdue" not in found


def test_a_repeated_record_is_no_news(url: str) -> None:
    first = batch(BLOCKS, blocked("a", 2, condition("conduct")))
    assert applied(url, first, first) == 1
    assert len(seen(url)[b"stoplist:events"]) == 1


def test_worklists_say_who_is_due_who_will_be_blocked_and_who_owes_most(url: str) -> None:
    opens = {"at": "2026-03-02T12:00:00+03:00", "changes": [{"condition": "risk_group", "change": "opens"}]}
    falls = {"at": "2026-03-02T00:00:00+03:00", "changes": [{"dimension": "risk_group", "from": 1, "to": 0}]}
    late = [owed("a/1", "2026-02-20", "100.00", True), owed("a/2", "2026-02-27", "0.50", True)]
    applied(
        url,
        batch(
            STATUS,
            status("a", 1, open_obligations=[*late, owed("a/3", "2026-03-09", "7.00")], next_change=opens),
            status("b", 1, open_obligations=[owed("b/1", "2026-03-03", "3.00")], next_change=falls),
            status("c", 1, blocked=True, next_change=opens),
        ),
    )
    found = seen(url)
    assert found[b"stoplist:list:calls"] == [
        (b"a", date(2026, 2, 20).toordinal()),
        (b"b", date(2026, 3, 3).toordinal()),
    ]
    assert found[b"stoplist:list:largest_overdue"] == [(b"a", 10_050)]
    assert found[b"stoplist:list:blocked_tomorrow"] == [(b"a", 1_772_442_000_000)]  # 2026-03-02T09:00:00Z
    assert [client for client, _ in found[b"stoplist:list:all"]] == [b"a", b"b", b"c"]
    applied(url, batch(STATUS, status("a", 2), first=3))
    assert {key for key in seen(url) if key.startswith(b"stoplist:list:")} == {
        b"stoplist:list:all", b"stoplist:list:calls",
    }  # fmt: skip


def test_a_block_is_dated_by_what_no_override_covers(url: str) -> None:
    old = condition("conduct", "2026-01-01T00:00:00+03:00", overrides=["o1"])
    applied(url, batch(BLOCKS, blocked("a", 3, old, condition("risk_group", "2026-03-01T00:00:00+03:00"))))
    assert seen(url)[b"stoplist:list:blocked"] == [(b"a", 1_772_312_400_000)]  # 2026-02-28T21:00:00Z
    assert seen(url)[b"stoplist:blocked"] == {b"a"}


def test_names_follow_the_registration_and_are_found_by_each_word(url: str) -> None:
    opened = {"type": "client.opened", "id": "o", "client_id": "A7", "name": "Old Name", "as_of": "2026-01-01"}
    registered = {"type": "client.registered", "id": "r", "client_id": "A7", "name": "ООО Ромашка", "revision": 2}
    applied(url, batch("clients", registered, {**registered, "revision": 1, "name": "Older"}, opened))
    found = seen(url)
    assert found[b"stoplist:client:A7"][b"name"].decode() == "ООО Ромашка"
    words = [member.decode().split("\0") for member, _ in found[b"stoplist:search"]]
    assert sorted(words) == [["ооо ромашка", "A7"], ["ромашка", "A7"]]
    applied(url, batch(STATUS, status("A7", 1)))
    assert (b"a7\x00A7", 0.0) in seen(url)[b"stoplist:search"]


def test_the_answer_about_a_shipment_is_the_last_one(url: str) -> None:
    refused = output("shipment.refused", "a", 7, shipment_id="s 1", reasons=[])
    approved = output("shipment.approved", "a", 9, shipment_id="s 1", reasons=[])
    applied(url, batch("shipment-decisions", approved), batch("shipment-decisions", refused))
    assert json.loads(seen(url)[b"stoplist:shipment:a\x00s 1"])["type"] == "shipment.approved"


def test_history_and_live_events_are_bounded_and_the_newest_stay(url: str) -> None:
    changes = [output("category.changed", "a", number, dimension="volume") for number in range(1, 8)]
    limits = Limits(history_max=3, events_max=2)
    applied(url, batch("category-changes", *changes), limits=limits)
    assert [score for _, score in seen(url)[b"stoplist:history:a"]] == [5, 6, 7]
    assert [score for _, score in seen(url)[b"stoplist:events"]] == [6, 7]


def test_what_is_read_of_the_past_is_no_news_to_live_pages(url: str) -> None:
    applied(url, batch(BLOCKS, blocked("a", 1, condition("conduct")), live=False))
    assert b"stoplist:events" not in seen(url)
    assert len(seen(url)[b"stoplist:history:a"]) == 1


def test_the_offset_moves_with_the_data_and_never_back(url: str) -> None:
    applied(url, batch(STATUS, status("a", 1), status("b", 1), first=10), batch(STATUS, status("c", 1), first=3))

    async def begin(store: Store) -> dict[tuple[str, int], int]:
        return await store.begin(1)

    assert in_store(url, begin) == {(STATUS, 0): 12}


def test_nothing_is_applied_to_a_redis_that_was_emptied(url: str) -> None:
    async def act(store: Store) -> None:
        await store.apply([batch(STATUS, status("a", 1))])
        await store.redis.flushdb()
        with pytest.raises(WrongEpoch):
            await store.apply([batch(STATUS, status("b", 1), first=1)])
        assert not await store.redis.keys("*")
        assert await store.begin(1) == {}
        await store.apply([batch(STATUS, status("b", 1))])

    in_store(url, act)
    assert b"stoplist:client:b" in seen(url)


def test_an_emptied_redis_is_noticed_while_nothing_comes_and_is_not_called_fresh(url: str) -> None:
    async def act(store: Store) -> None:
        await store.tell({0: b"known"})
        assert await store.redis.get("stoplist:alive:0") == b"known"
        await store.redis.flushdb()
        with pytest.raises(WrongEpoch):
            await store.tell({0: b"known"})
        with pytest.raises(WrongEpoch):
            await store.tell({})
        assert not await store.redis.keys("*")

    in_store(url, act)


def test_two_beginnings_do_not_mix(url: str) -> None:
    async def act(store: Store) -> None:
        other = Store(store.redis)
        await other.clear()
        await other.begin(1)
        with pytest.raises(WrongEpoch):
            await store.apply([batch(STATUS, status("a", 1))])

    in_store(url, act)


def test_clearing_leaves_sessions_and_what_is_not_ours(url: str) -> None:
    async def act(store: Store) -> None:
        await store.apply([batch(STATUS, status("a", 1))])
        await store.redis.set("stoplist:session:x", "1")
        await store.redis.set("theirs", "1")
        await store.clear()

    in_store(url, act)
    with Redis.from_url(url) as client:
        assert set(client.keys("*")) == {b"stoplist:session:x", b"theirs"}


def test_a_batch_behind_one_that_is_missing_is_refused(url: str) -> None:
    """Sent while the one before was on its way, which Redis could not apply: the offset would pass over it."""

    async def act(store: Store) -> tuple[Any, Any]:
        await store.apply([batch(STATUS, status("a", 1))])
        behind = batch(STATUS, status("c", 1), first=2)._replace(follows=2)
        with pytest.raises(ResponseError, match="client-status/0 is applied to 1 only"):
            await store.apply([behind])
        refused = await store.redis.hgetall(f"{names.CLIENT}c"), await store.redis.hgetall(names.OFFSETS)
        await store.apply([batch(STATUS, status("b", 1), first=1)._replace(follows=1), behind])
        return refused, await store.redis.hgetall(names.OFFSETS)

    assert in_store(url, act) == (({}, {b"client-status/0": b"1"}), {b"client-status/0": b"3"})


def test_a_record_that_cannot_be_read_is_passed_over_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    entries = entries_of(STATUS, [record(b"{", offset=3), record(b"\xff", offset=4), record(status("a", 1), offset=5)])
    assert [entry.about[:2] for entry in entries] == [["a", 1]]
    assert "client-status/0/3 cannot be read" in capsys.readouterr().err
