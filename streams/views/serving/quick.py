"""`GET /v1/clients/{client_id}/may-ship`: answered before the framework, for it is asked a thousand times a second.

The framework's way to a handler costs more than the answer. It keeps the description of the call (`asking.py`), and
whatever is not exactly this call goes on to it.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec
import structlog
from redis.exceptions import RedisError
from starlette.datastructures import QueryParams
from starlette.types import ASGIApp, Receive, Scope, Send

from streams.views.serving import may_ship
from streams.views.serving.context import Context, checked_id
from streams.views.serving.may_ship import Asked, minor_of
from streams.views.serving.problems import Problem, of_bug, of_redis

log = structlog.get_logger(__name__)

PATH: Final = "/v1/clients/{client_id}/may-ship"
_PATH: Final = re.compile(PATH.replace("{client_id}", "([^/]+)"))
_JSON: Final = (b"content-type", b"application/json")
_encode: Final = msgspec.json.Encoder().encode


class _Route(NamedTuple):
    """What metrics know a call by."""

    path: str


_ROUTE: Final = _Route(PATH)


class Quick:
    """An application that answers this call itself and hands on all others."""

    def __init__(self, app: ASGIApp, context: Context, told: Callable[[str], None]) -> None:
        self._app = app
        self._told = told
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call."""
        if scope["type"] != "http" or scope["method"] != "GET" or (asked := _PATH.fullmatch(scope["path"])) is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = _ROUTE
        try:
            body = await answer(self._context, asked[1], QueryParams(scope["query_string"]).get, self._told)
        except Problem as problem:
            await problem.response(scope["path"])(scope, receive, send)
        except RedisError:
            await of_redis().response(scope["path"])(scope, receive, send)
        except Exception:
            log.exception("may_ship_not_answered")
            await of_bug().response(scope["path"])(scope, receive, send)
        else:
            headers = [_JSON, (b"content-length", b"%d" % len(body))]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})


async def answer(
    context: Context,
    name: str,
    query: Callable[[str], str | None],
    told: Callable[[str], None] = lambda decision: None,
) -> bytes:
    """The answer as JSON (`answers.MayShip`); `told` hears the decision. Raises Problem, RedisError."""
    present, settings = context.present, context.settings
    client_id, shipment_id = checked_id(name), query("shipment_id") or None
    try:
        amount = minor_of(query("amount") or "")
    except ValueError as error:
        raise Problem("invalid-request", f"amount: {error}.", [("amount", str(error))]) from None
    status, block, _ = await context.model.client(client_id)
    freshness = present.of_client(client_id)
    late_ms_max = None if settings.simulated_time else settings.silence_ms_max
    asked = Asked(amount, shipment_id, present.now)
    found = may_ship.answer(asked, present.policy, status, block, freshness.reason, late_ms_max)
    told(found.decision)
    return _encode(
        {
            "client_id": client_id,
            "decision": found.decision,
            "amount": f"{amount // 100}.{amount % 100:02d}",
            "currency": found.currency or present.policy.currency,
            "shipment_id": shipment_id,
            "reasons": found.reasons,
            "reservation": found.reservation,
            "overrides": found.overrides,
            "flags": found.flags,
            "sequence": found.sequence,
            "as_of": present.text(freshness.as_of) if freshness.as_of else None,
        }
    )
