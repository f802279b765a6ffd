"""`GET /v1/desk…`: what the page shows of all clients together, and of one through time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

import msgspec
import structlog
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError
from fastapi import APIRouter, Query
from starlette.responses import Response

from streams.views import names
from streams.views.desk.copy import TableCopy
from streams.views.desk.facts import Facts, facts_of
from streams.views.desk.happened import happened_last
from streams.views.desk.recent import Recent
from streams.views.desk.rows import shown
from streams.views.desk.table import Filters
from streams.views.desk.totals import desk_of
from streams.views.serving.context import Context, checked_id
from streams.views.serving.problems import Problem

log = structlog.get_logger(__name__)

ListName = Literal["all", "blocked", "next", "calls", "largest_overdue"]
Importance = Literal["key", "medium", "small"]
_READ_AT_ONCE_MAX: Final = 2
_TURN_SECONDS_MAX: Final = 10.0
_SHIPMENT_ID_MAX: Final = 64
_encode: Final = msgspec.json.Encoder().encode


def looking(context: Context, recent: Recent) -> APIRouter:
    """The calls of the desk; the table of clients is filled by the first of them."""
    router = APIRouter(prefix="/v1/desk", tags=["desk"])
    copy = TableCopy(context.redis)
    present = context.present
    reading = asyncio.Semaphore(_READ_AT_ONCE_MAX)

    @router.get("", response_class=Response)
    async def desk() -> Response:
        """Totals by risk group and how they moved, aging, volume categories, importance."""
        table = await copy.current()
        return _json(desk_of(table, recent.moves, present.text(present.now), _day_after_tomorrow(context)))

    @router.get("/clients", response_class=Response)
    async def clients(
        list_: Annotated[ListName, Query(alias="list", description="Which list.")] = "all",
        risk_group: Annotated[int | None, Query(ge=0, le=3)] = None,
        volume: Annotated[Literal["A", "B", "C"] | None, Query()] = None,
        importance: Annotated[Importance | None, Query(description="The best of its scopes.")] = None,
        search: Annotated[str, Query(max_length=80, description="Beginning of an id or of a word.")] = "",
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Response:
        """Any part of a list, so that it can be scrolled to anywhere."""
        table = await copy.current()
        today = _now(context).date()
        filters = Filters(risk_group, volume, importance, " ".join(search.casefold().split()))
        rows = table.rows(list_, filters, today)
        items = [shown(row, today) for row in rows[offset : offset + limit]]
        return _json({"list": list_, "items": items, "total": len(rows), "offset": offset})

    @router.get("/happened", response_class=Response)
    async def happened(limit: Annotated[int, Query(ge=1, le=50)] = 12) -> Response:
        """What happened last: blocks, releases, answers, alerts, moves between risk groups; the newest first."""
        return _json({"items": await happened_last(context.redis, limit), "as_of": present.text(present.now)})

    @router.get("/names", response_class=Response)
    async def names_of(id_: Annotated[list[str], Query(alias="id", max_length=50)]) -> Response:
        """Names of clients by id; one that has none is called by its id."""
        table = await copy.current()
        rows = {one: table.get(one) for one in id_}
        return _json({one: one if row is None or row.name is None else row.name for one, row in rows.items()})

    @router.get("/find", response_class=Response)
    async def find(code: Annotated[str, Query(min_length=1, max_length=129)]) -> Response:
        """Whose this is: a client's id, a shipment's, or `client/shipment` as on a label."""
        table = await copy.current()
        client_id, _, shipment_id = code.partition("/")
        if table.get(code) is not None:
            return _json({"client_id": code, "shipment_id": None})
        if shipment_id and len(shipment_id) <= _SHIPMENT_ID_MAX and table.get(client_id) is not None:
            return _json({"client_id": client_id, "shipment_id": shipment_id})
        owner = table.client_of(code) or recent.client_of(code)
        if owner is None:
            raise Problem("not-found", "There is no client or shipment of this id.")
        return _json({"client_id": owner, "shipment_id": code})

    @router.get("/clients/{client_id}/timeline", response_class=Response)
    async def timeline(client_id: str) -> Response:
        """Obligations, payments, blocks and risk groups of the last half year, folded from the client's facts."""
        known = checked_id(client_id)
        if not await context.redis.exists(names.CLIENT + known):
            raise Problem("not-found", f"Nothing is known of a client {known}.")
        timeline_of = context.settings.timeline
        if timeline_of is None:
            raise Problem("unavailable", "This server was built without the rules that make a timeline of facts.")
        if not present.partitions:
            raise Problem("unavailable", "The read model is not there yet; try again.", retry_after_seconds=5)
        async with _a_turn(reading):
            facts = await _facts(context, known)
            history = [msgspec.json.decode(item) for item in await context.redis.zrange(names.HISTORY + known, 0, -1)]
            made = await asyncio.to_thread(timeline_of, present.policy, known, facts, history, present.now)
        return _json(made)

    return router


@asynccontextmanager
async def _a_turn(reading: asyncio.Semaphore) -> AsyncIterator[None]:
    """One of the few that may read at once. Raises Problem."""
    try:
        async with asyncio.timeout(_TURN_SECONDS_MAX):
            await reading.acquire()
    except TimeoutError:
        raise Problem("unavailable", "Others are looking; try again.", retry_after_seconds=5) from None
    try:
        yield
    finally:
        reading.release()


async def _facts(context: Context, client_id: str) -> Facts:
    """Raises Problem."""
    settings = context.settings
    try:
        return await facts_of(settings.bootstrap, settings.security, client_id, context.present.partitions)
    except TopicAuthorizationFailedError as error:
        log.warning("facts_not_read", topics=[str(topic) for topic in error.args])
        raise Problem(
            "unavailable", f"The server may not read {', '.join(map(str, error.args))}; give its user the right to."
        ) from None
    except (KafkaError, OSError):  # TimeoutError is one
        raise Problem("unavailable", "Kafka does not answer; try again.", retry_after_seconds=5) from None


def _json(body: Any) -> Response:
    return Response(_encode(body), media_type="application/json")


def _now(context: Context) -> datetime:
    return datetime.fromtimestamp(context.present.now / 1000, context.present.zone)


def _day_after_tomorrow(context: Context) -> datetime:
    """When tomorrow ends."""
    return (_now(context) + timedelta(days=2)).replace(hour=0, minute=0, second=0, microsecond=0)
