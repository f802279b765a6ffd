"""`POST`: requests and people's decisions, through Kafka."""

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Header, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.forms import is_printable
from schemas.inputs import MODELS
from schemas.json_document import read_json
from streams.views.serving import answers
from streams.views.serving.composing import ACCOUNTED, JUDGED, compose, not_decided
from streams.views.serving.context import Context, who_of
from streams.views.serving.problems import Problem
from streams.views.serving.sending import Sent

_encode: Final = msgspec.json.Encoder().encode
_GIVEN_BY_US: Final = ("type", "author", "role", "signature", "key_id")
_USUAL: Final = ("id", "at", "granted_at", "on", "currency", "valid_from", "value_date")
Key = Annotated[str | None, Header(alias="Idempotency-Key", description="New for each thing said.")]


def saying(context: Context) -> APIRouter:
    """The calls that write to Kafka."""
    router = APIRouter(prefix="/v1", tags=["say"])
    taken: dict[int | str, dict[str, Any]] = {202: {"model": answers.Said, "description": "Kafka has it."}}

    async def said(request: Request, key: str | None, kind: str | None) -> tuple[Sent, dict[str, Any]]:
        body, who = await body_of(request), who_of(request)
        name = str(body.pop("type", "")) if kind is None else kind
        if kind is None and name not in (*JUDGED, *ACCOUNTED):
            raise not_decided()
        used = checked_key(key)

        def make() -> Any:
            return compose(name, body, who, used, context.present, context.settings.signing_key)

        return await context.sender.send(who, used, name, body, make), body

    @router.post(
        "/requests",
        status_code=202,
        responses={**taken, 200: {"model": answers.Said, "description": "Answered."}},
        response_class=Response,
        openapi_extra=body_schema("shipment.requested"),
    )
    async def request_shipment(
        request: Request,
        idempotency_key: Key = None,
        wait: Annotated[float, Query(ge=0, le=10, description="Seconds to wait for the answer.")] = 0,
    ) -> Response:
        """Ask whether a shipment may leave; approved, its amount is reserved."""
        sent, body = await said(request, idempotency_key, "shipment.requested")
        if wait and sent.decision is None:
            sent.decision = await context.sender.decision(sent, str(body["shipment_id"]), wait)
        return _answer(sent, 202 if sent.decision is None else 200)

    @router.post(
        "/cancellations",
        status_code=202,
        responses=taken,
        response_class=Response,
        openapi_extra=body_schema("shipment.cancelled"),
    )
    async def cancel_shipment(request: Request, idempotency_key: Key = None) -> Response:
        """Say that a requested shipment will not leave."""
        return _answer((await said(request, idempotency_key, "shipment.cancelled"))[0], 202)

    @router.post(
        "/decisions",
        status_code=202,
        responses=taken,
        response_class=Response,
        openapi_extra=body_schema(*JUDGED, *ACCOUNTED),
    )
    async def decide(request: Request, idempotency_key: Key = None) -> Response:
        """Say what a person has decided; author and role come from the login."""
        return _answer((await said(request, idempotency_key, None))[0], 202)

    return router


def _answer(sent: Sent, status: int) -> Response:
    return Response(_encode(sent), status, media_type="application/json")


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object sent; raises Problem."""
    try:
        body = read_json(await request.body(), unique_names=True)
    except ValueError as error:
        raise Problem("invalid-request", f"The body is no JSON that is taken: {error}.") from None
    if not isinstance(body, dict):
        raise Problem("invalid-request", "The body must be one JSON object.")
    return body


def checked_key(key: str | None) -> str:
    """An idempotency key; raises Problem for what cannot be one."""
    if key is None or not 1 <= len(key) <= 64 or not is_printable(key):
        wrong = "must be 1 to 64 printable characters, new for each thing said"
        raise Problem("invalid-request", f"Idempotency-Key: {wrong}.", [("Idempotency-Key", wrong)])
    return key


def body_schema(*kinds: str) -> dict[str, Any]:
    """The body for OpenAPI: the event's own schema, without what the server fills in."""
    schemas = [_schema(kind, with_type=len(kinds) > 1) for kind in kinds]
    schema = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _schema(kind: str, with_type: bool) -> dict[str, Any]:
    schema = MODELS[kind].model_json_schema(ref_template="#/components/schemas/{model}")
    defs = schema.pop("$defs", {})
    left_out = _GIVEN_BY_US[1:] if with_type else _GIVEN_BY_US
    properties = {name: _inlined(part, defs) for name, part in schema["properties"].items() if name not in left_out}
    required = [name for name in schema.get("required", []) if name in properties and name not in _USUAL]
    return {"title": kind, "type": "object", "properties": properties, "required": required}


def _inlined(part: Any, defs: dict[str, Any]) -> Any:
    """Without references: the body's parts stand where they are used."""
    if isinstance(part, list):
        return [_inlined(item, defs) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _inlined(defs[part["$ref"].rpartition("/")[2]], defs)
    return {name: _inlined(item, defs) for name, item in part.items()}
