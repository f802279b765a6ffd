"""The baseline: the small job as Faust's guide writes an agent, with typed Records and one Table write an event.

Environment: BROKER, APP_ID, INPUT, OUTPUT, N, STATE_DIR, PARTITIONS. Prints a RESULT line and ends.
"""

import asyncio
import os
import sys
from datetime import datetime
from decimal import Decimal
from typing import Any

import faust

from tests.benchmark.results import Stopwatch
from tests.benchmark.small_job import GROUP_EVENTS, GROUP_MAX

PARTITIONS = int(os.environ.get("PARTITIONS", "4"))


class Payment(faust.Record, coerce=True, isodates=True, decimals=True, validation=True):
    type: str
    id: str
    client_id: str
    amount: Decimal
    currency: str
    value_date: datetime
    obligations: list[str]
    document: str


class Shipment(faust.Record, coerce=True, isodates=True, decimals=True, validation=True):
    type: str
    id: str
    client_id: str
    shipment_id: str
    point_id: str
    at: datetime
    territory: str
    direction: str
    currency: str
    deferral_days: int
    amount: Decimal


class Sale(faust.Record, coerce=True, isodates=True, decimals=True, validation=True):
    type: str
    id: str
    client_id: str
    amount: Decimal
    currency: str
    sold_on: datetime
    direction: str
    territory: str


class Totals(faust.Record, namespace="Totals"):
    count: int = 0
    payments: int = 0
    shipments: int = 0
    sales: int = 0
    cents: int = 0
    latest: str = ""
    group: int = 0


KINDS: dict[str, tuple[type[faust.Record], str, str]] = {
    "payment.received": (Payment, "payments", "value_date"),
    "shipment.dispatched": (Shipment, "shipments", "at"),
    "sale.recorded": (Sale, "sales", "sold_on"),
}

app = faust.App(
    os.environ.get("APP_ID", "faust-agent"),
    broker=f"kafka://{os.environ.get('BROKER', '127.0.0.1:9092')}",
    store="memory://",
    datadir=os.environ.get("STATE_DIR", "faust-agent-data"),
    topic_partitions=PARTITIONS,
    topic_replication_factor=1,
    topic_disable_leader=True,
    consumer_auto_offset_reset="earliest",
    web_enabled=False,
    # settings that its documentation gives for throughput, so that the baseline is no straw man
    producer_linger_ms=20,
    producer_max_batch_size=512 << 10,
    producer_acks=-1,
    broker_max_poll_records=5000,
    stream_buffer_maxsize=16384,
    stream_wait_empty=False,
    broker_commit_every=10_000,
)
source = app.topic(os.environ.get("INPUT", "bench-in"), key_type=str, key_serializer="raw", value_serializer="json")
moves = app.topic(os.environ.get("OUTPUT", "bench-out"), key_type=str, key_serializer="raw", value_serializer="json")
totals = app.Table("totals", default=Totals, value_type=Totals, partitions=PARTITIONS)
watch = Stopwatch(int(os.environ.get("N", "0")))


@app.agent(source)
async def count(stream: Any) -> None:
    """Fold each event into its client's totals, and say when the group moved."""
    async for raw in stream:
        watch.begin()
        model, counter, when = KINDS[raw["type"]]
        event: Any = model.from_data(raw)
        state = totals[event.client_id]
        state.count += 1
        setattr(state, counter, getattr(state, counter) + 1)
        state.cents += int(event.amount.scaleb(2))
        state.latest = max(state.latest, getattr(event, when).date().isoformat())
        before = state.group
        state.group = min(GROUP_MAX, state.count // GROUP_EVENTS)
        totals[event.client_id] = state
        if state.group != before:
            move = {"client_id": event.client_id, "from": before, "to": state.group, "sequence": state.count}
            await moves.send(key=event.client_id, value=move)
        watch.handled(1)
        if watch.count == watch.total:
            finishing.append(asyncio.ensure_future(finish()))


finishing: list[asyncio.Future[None]] = []


async def finish() -> None:
    """Wait for what Faust itself can wait for: its producer's buffer and the offsets."""
    await app.producer.flush()
    await app.consumer.commit()
    watch.flushed()
    os._exit(0)


if __name__ == "__main__":
    sys.argv = ["worker", "worker", "-l", "warn", "--without-web"]
    app.main()
