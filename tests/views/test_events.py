"""Live events: what comes, what was missed, and when that cannot be told any more."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest

from streams.views import names
from streams.views.serving.events import Events
from tests.harness.waiting import wait_until
from tests.views.outputs import blocked, condition, output, released
from tests.views.site import Site

pytestmark = pytest.mark.redis


class Told:
    """An open stream."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def next(self) -> dict[str, Any]:
        """The next event: id, event, data."""
        event: dict[str, Any] = {}
        for line in self._lines:
            name, _, value = line.partition(": ")
            if not line and "data" in event:
                return event
            if name in ("id", "event"):
                event[name] = value
            elif name == "data":
                event["data"] = json.loads(value)
        raise AssertionError("the stream ended")

    def next_of(self, *events: str) -> dict[str, Any]:
        """The next one with one of these names: freshness comes in between."""
        while (told := self.next())["event"] not in events:
            pass
        return told


@contextmanager
def stream(site: Site, query: str = "", last_id: str | None = None) -> Iterator[Told]:
    """Open it, and wait until the server counts it."""
    headers = {} if last_id is None else {"Last-Event-ID": last_id}
    opened = streams(site)
    with site.clients["viewer"].stream("GET", f"/v1/events{query}", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        wait_until(lambda: streams(site) > opened, "the stream is open")
        yield Told(answer.iter_lines())
    wait_until(lambda: streams(site) == opened, "the stream is closed")


def streams(site: Site) -> float:
    """How many the server has."""
    lines = site.clients["manager"].get("/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("stoplist_http_streams "))


def change(client: str, sequence: int) -> dict[str, Any]:
    """A category change."""
    return output("category.changed", client, sequence, dimension="volume")


def test_blocks_and_changes_come_as_they_are_published(site: Site) -> None:
    block = blocked("a", 1, condition("conduct"))
    with stream(site) as told:
        site.put("shipment-blocks", block)
        site.put("category-changes", change("b", 1))
        first = told.next_of("shipment.blocked", "category.changed")
        assert (first["event"], first["data"]) == ("shipment.blocked", block)
        assert told.next_of("shipment.blocked", "category.changed")["data"]["client_id"] == "b"


def test_a_stream_that_comes_back_gets_what_it_missed_once(site: Site) -> None:
    with stream(site) as told:
        site.put("category-changes", change("a", 1))
        last = told.next_of("category.changed")["id"]
    site.put("category-changes", change("a", 2), change("a", 3))
    with stream(site, last_id=last) as told:
        site.put("category-changes", change("a", 4))
        assert [told.next_of("category.changed", "reset")["data"]["sequence"] for _ in range(3)] == [2, 3, 4]


def test_a_stream_may_be_of_one_client(site: Site) -> None:
    with stream(site, "?client=b") as told:
        site.put("category-changes", change("a", 1), change("b", 1))
        assert told.next_of("category.changed")["data"]["client_id"] == "b"


@pytest.mark.parametrize("last_id", ["other-1", "nonsense", "-5"])
def test_what_cannot_be_told_any_more_is_a_reset(site: Site, last_id: str) -> None:
    with stream(site) as told:
        site.put("category-changes", change("a", 1))
        told.next_of("category.changed")  # the server has read it
    with stream(site, last_id=last_id) as told:
        assert told.next_of("reset", "category.changed")["event"] == "reset"
        site.put("category-changes", change("a", 2))
        assert told.next_of("reset", "category.changed")["data"]["sequence"] == 2


def test_a_read_model_filled_anew_is_a_reset(site: Site) -> None:
    site.put("category-changes", change("a", 5))
    with stream(site) as told:
        site.put("shipment-blocks", released("a", 6))
        told.next_of("shipment.released")
        site.redis.flushdb()
        site.put("category-changes", change("a", 1), live=False)
        began = site.redis.get(names.EPOCH)[:8].decode()  # type: ignore[index, union-attr]
        while not told.next_of("reset")["id"].startswith(began):
            pass  # the server saw Redis empty, and what fills it has not begun yet
        site.put("category-changes", change("a", 2))
        assert told.next_of("category.changed", "reset")["data"]["sequence"] == 2


def test_the_first_events_of_a_read_model_filled_anew_reach_a_stream_opened_after_many_of_the_old(site: Site) -> None:
    with stream(site) as told:
        for number in (1, 2, 3):
            site.put("category-changes", change("a", number))
        while told.next_of("category.changed")["data"]["sequence"] < 3:
            pass  # the server has read all three
    with stream(site) as told:
        site.redis.flushdb()
        site.put("category-changes", change("b", 1))
        assert told.next_of("category.changed")["data"]["client_id"] == "b"


def test_a_stream_opened_before_the_read_model_is_told_of_its_first_events(site: Site) -> None:
    site.redis.flushdb()
    with stream(site) as told:
        site.put("shipment-blocks", blocked("a", 1, condition("conduct")))
        assert told.next_of("shipment.blocked")["data"]["client_id"] == "a"


def test_a_stream_cut_off_before_its_first_event_gets_what_it_missed(site: Site) -> None:
    with site.clients["viewer"].stream("GET", "/v1/events") as answer:
        began = next(line for line in answer.iter_lines() if line.startswith("id: ")).removeprefix("id: ")
    site.put("category-changes", change("a", 1))
    with stream(site, last_id=began) as told:
        assert told.next_of("category.changed", "reset")["data"].get("sequence") == 1


def test_a_stream_opened_before_the_server_could_read_is_told_to_look_again() -> None:
    """Redis is slow to answer, and the first block came meanwhile: it is in no later event."""

    class Late:
        def __init__(self) -> None:
            self.answers = asyncio.Event()

        async def mget(self, *names: str) -> list[bytes]:
            await self.answers.wait()
            return [b"0123456789", b"1"]

    async def story() -> list[tuple[str | None, str]]:
        redis = Late()
        events = Events(cast(Any, redis))
        reading = asyncio.create_task(events.run())
        told = events.stream(None, None)
        first = asyncio.ensure_future(anext(told))
        await asyncio.sleep(0)  # it waits
        redis.answers.set()
        found = [await first, await anext(told)]
        reading.cancel()
        return [(one.id, one.event) for one in found]

    assert asyncio.run(story()) == [("01234567-1", ""), ("01234567-1", "reset")]


def test_a_partition_that_falls_silent_is_told(site: Site) -> None:
    site.fresh()
    with stream(site) as told:
        site.fresh(61, 61)
        silent = told.next_of("freshness")["data"]
        while silent["fresh"]:  # that it became fresh may come first
            silent = told.next_of("freshness")["data"]
        assert (silent["partition"], silent["reason"]) == (0, "worker_silent")


def test_what_happened_last_is_there_for_a_page_that_is_opened_later(site: Site) -> None:
    site.put("category-changes", *(change("c", number) for number in range(1, 106)))  # the desk does not show these
    site.put("shipment-blocks", block := blocked("a", 1, condition("conduct")))
    site.put("category-changes", moved := output("category.changed", "b", 1, dimension="risk_group"))
    site.put("shipment-blocks", free := released("a", 2))
    site.put("category-changes", *(change("c", number) for number in range(106, 211)))

    def happened(limit: int) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = site.clients["viewer"].get(f"/v1/desk/happened?limit={limit}").json()["items"]
        return items

    assert happened(50) == [free, moved, block]
    assert happened(2) == [free, moved]
    assert site.clients["viewer"].get("/v1/desk/happened?limit=51").status_code == 400
