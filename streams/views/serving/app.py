"""The server: its parts put together, begun and ended with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog
from fastapi.exceptions import RequestValidationError
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from streams.views.client import RedisClient
from streams.views.desk.changes import Changes
from streams.views.desk.entering import entering
from streams.views.desk.looking import looking
from streams.views.desk.recent import Recent
from streams.views.ending import ended
from streams.views.serving import answers
from streams.views.serving.asking import asking, freshness_part
from streams.views.serving.context import Context
from streams.views.serving.describing import Described
from streams.views.serving.events import Events
from streams.views.serving.guard import Guard
from streams.views.serving.living import living
from streams.views.serving.login import Logins
from streams.views.serving.metrics import Metrics
from streams.views.serving.model import Model
from streams.views.serving.present import Freshness, Present
from streams.views.serving.problems import Problem, of_bug, of_redis, on_http, on_invalid, on_problem
from streams.views.serving.quick import Quick
from streams.views.serving.saying import saying
from streams.views.serving.sending import Sender
from streams.views.serving.sessions import sessions
from streams.views.serving.settings import ServerSettings
from streams.views.serving.tokens import Tokens

log = structlog.get_logger(__name__)

_PAGE: Final = Path(__file__).parents[1] / "page"
_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    "default": {
        "description": "A problem document (RFC 9457).",
        "content": {"application/problem+json": {"schema": answers.ProblemDocument.model_json_schema()}},
    }
}


def build(redis: RedisClient, settings: ServerSettings) -> ASGIApp:
    """The application of one server. Raises TokenFileError."""
    context = _context(redis, settings)
    recent = Recent(settings.bootstrap, settings.security, lambda: context.present.partitions)
    metrics = Metrics()
    app = Described(
        title="Stoplist",
        version="1",
        summary="May I ship, who to call, why am I blocked.",
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
        lifespan=lambda _: _running(context, recent),
        responses=_PROBLEMS,
    )
    desk = (looking(context, recent), entering(context))
    for router in (asking(context), saying(context), sessions(context), living(context, metrics), *desk):
        app.include_router(router)
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(RedisError, _on_redis)
    app.add_exception_handler(Exception, _on_bug)
    if _PAGE.is_dir():
        app.mount("/", StaticFiles(directory=_PAGE, html=True))
    return Guard(metrics.around(Quick(app, context, metrics.may_ship)), context.logins, settings)


def _context(redis: RedisClient, settings: ServerSettings) -> Context:
    present = Present(redis, settings)
    events = Events(redis)

    def changed(freshness: Freshness) -> None:
        events.freshness(freshness, msgspec.json.encode(freshness_part(present, freshness)).decode())

    present.on_change = changed
    return Context(
        redis,
        settings,
        present,
        Model(redis, present, settings.call_days),
        Logins(redis, Tokens(settings.tokens), settings.session_seconds),
        events,
        Sender(redis, settings.bootstrap, lambda: present.now if settings.simulated_time else None, settings.security),
    )


@asynccontextmanager
async def _running(context: Context, recent: Recent) -> AsyncIterator[None]:
    parts = (context.present, context.events, recent, Changes(context.redis, context.events))
    tasks = [asyncio.create_task(part.run()) for part in parts]
    try:
        yield
    finally:
        await ended(tasks)
        await context.sender.close()


async def _on_redis(request: Request, error: Exception) -> Response:
    return of_redis().response(request.url.path)


async def _on_bug(request: Request, error: Exception) -> Response:
    """Starlette raises it again after this answer, so that it is in the log as well."""
    return of_bug().response(request.url.path)
