"""`/v1/events`, `/healthz`, `/readyz`, `/metrics`."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Header, Query
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.exceptions import RedisError
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from streams.views.serving.asking import freshness_part
from streams.views.serving.context import Context, checked_id, who_of
from streams.views.serving.events import Told
from streams.views.serving.metrics import Metrics
from streams.views.serving.problems import Problem

_PING_SECONDS: Final = 15
_RETRY_MS: Final = 2_000
_encode: Final = msgspec.json.Encoder().encode


def living(context: Context, metrics: Metrics) -> APIRouter:
    """The calls about what happens now."""
    router = APIRouter()
    events, logins = context.events, context.logins

    @router.get("/v1/events", response_class=EventSourceResponse, tags=["live"])
    async def stream(
        request: Request,
        client: Annotated[str | None, Query(max_length=64, description="Only of this client.")] = None,
        last_event_id: Annotated[str | None, Query(max_length=40, description="Go on after this event.")] = None,
        header: Annotated[str | None, Header(alias="Last-Event-ID", max_length=40)] = None,
    ) -> EventSourceResponse:
        """Blocks, category changes, answers and alerts as they are published."""
        if events.open_streams >= context.settings.streams_max:
            raise Problem("unavailable", "Too many streams are open; try again.", retry_after_seconds=10)
        who = who_of(request)

        async def told() -> AsyncIterator[ServerSentEvent]:
            yield ServerSentEvent(comment="stoplist", retry=_RETRY_MS)
            async for one in events.stream(header or last_event_id, None if client is None else checked_id(client)):
                if logins.tokens.of_hash(who.token_sha256) is None:  # taken away meanwhile
                    return
                yield _sent(one)

        return EventSourceResponse(told(), ping=_PING_SECONDS, headers={"Cache-Control": "no-store"})

    @router.get("/healthz", tags=["operate"])
    async def health() -> dict[str, str]:
        """The server runs."""
        return {"status": "ok"}

    @router.get("/readyz", response_class=Response, tags=["operate"])
    async def ready() -> Response:
        """Whether answers can be relied on: Redis answers and every partition is fresh."""
        reasons: list[Any] = []
        try:
            async with asyncio.timeout(2):
                await context.redis.get("stoplist:epoch")
        except (RedisError, OSError, TimeoutError):
            reasons.append({"partition": None, "reason": "redis_unreachable"})
        everywhere = context.present.all()
        reasons += [freshness_part(context.present, one) for one in everywhere if not one.fresh]
        if not everywhere:
            reasons.append({"partition": None, "reason": "projector_behind"})
        body = {"ready": not reasons, "reasons": reasons}
        return Response(_encode(body), 503 if reasons else 200, media_type="application/json")

    @router.get("/metrics", response_class=Response, tags=["operate"])
    async def prometheus() -> Response:
        """Prometheus text."""
        metrics.now(events.open_streams, context.present.all())
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _sent(told: Told) -> ServerSentEvent:
    if not told.event:
        return ServerSentEvent(comment="from here", id=told.id)
    return ServerSentEvent(told.data, event=told.event, id=told.id)
