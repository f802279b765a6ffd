"""`POST /v1/payments`: a clerk enters a payment that no other system sends."""

from typing import Final

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from streams.views.serving import answers
from streams.views.serving.composing import compose
from streams.views.serving.context import Context, who_of
from streams.views.serving.saying import Key, body_of, body_schema, checked_key

_KIND: Final = "payment.received"
_encode: Final = msgspec.json.Encoder().encode


def entering(context: Context) -> APIRouter:
    """The call that writes to `payments`."""
    router = APIRouter(prefix="/v1", tags=["say"])

    @router.post(
        "/payments",
        status_code=202,
        responses={202: {"model": answers.Said, "description": "Kafka has it."}},
        response_class=Response,
        openapi_extra=body_schema(_KIND),
    )
    async def pay(request: Request, idempotency_key: Key = None) -> Response:
        """Says that money was received: the fields of `payment.received`; without `value_date` it is today's."""
        body, who, key = await body_of(request), who_of(request), checked_key(idempotency_key)
        sent = await context.sender.send(
            who, key, _KIND, body, lambda: compose(_KIND, body, who, key, context.present, context.settings.signing_key)
        )
        return Response(_encode(sent), 202, media_type="application/json")

    return router
