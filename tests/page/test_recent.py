"""What was decided lately is followed even when the server began before anything told how many partitions there are."""

import asyncio
from datetime import date

import msgspec
import pytest

from schemas.catalogue import CATEGORY_CHANGES, SHIPMENT_DECISIONS
from schemas.security import Security
from streams.views.desk import recent
from streams.views.desk.recent import Recent
from tests.harness.embedded import Embedded
from tests.harness.records import create_topics, produce

_SECONDS_MAX = 60


def test_moves_are_counted_when_the_partitions_are_known_only_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "_WAIT_S", 0.05)
    change = {"type": "category.changed", "client_id": "c1", "sequence": 1, "effective_at": "2026-03-18T00:00:00+03:00"}
    with Embedded() as broker:
        create_topics(broker.bootstrap, [CATEGORY_CHANGES, SHIPMENT_DECISIONS])
        asked = iter([0, 0])  # nothing is projected yet, then it is

        async def followed() -> tuple[dict[int, int], dict[int, int]]:
            one = Recent([broker.bootstrap], Security(), lambda: next(asked, 1))
            task = asyncio.ensure_future(one.run())
            while not one.moves.since(date(2026, 3, 1))[0]:
                assert not task.done(), "it ended by itself"
                await asyncio.sleep(0.02)
            task.cancel()
            await asyncio.wait([task])
            return tuple(map(dict, one.moves.since(date(2026, 3, 1))))  # type: ignore[return-value]

        changed = {**change, "dimension": "risk_group", "from": 1, "to": 2}
        produce(broker.bootstrap, CATEGORY_CHANGES, [(b"c1", msgspec.json.encode(changed))])
        assert asyncio.run(asyncio.wait_for(followed(), _SECONDS_MAX)) == ({2: 1}, {1: 1})
