"""`GET`: may I ship, a client, its history, lists, the blocked list."""

from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from streams.views.serving import answers
from streams.views.serving.context import Context, checked_id
from streams.views.serving.model import BLOCKED_MAX
from streams.views.serving.present import Freshness, Present
from streams.views.serving.printing import CSP, Language, blocked_csv, blocked_page
from streams.views.serving.problems import Problem
from streams.views.serving.quick import PATH, answer
from streams.views.serving.rows import Row

ListName = Literal["all", "blocked", "calls", "blocked_tomorrow", "largest_overdue"]
ClientId = Annotated[str, Path(description="The client's id.")]
Limit = Annotated[int, Query(ge=1, le=200, description="Items of a page.")]
Cursor = Annotated[str | None, Query(max_length=20, description="`next` of the page before.")]
_JSON: Final = "application/json"
_encode: Final = msgspec.json.Encoder().encode


class FreshnessPart(msgspec.Struct):
    """`answers.Freshness`."""

    partition: int
    as_of: str | None
    fresh: bool
    reason: str | None
    age_ms: int | None


def freshness_part(present: Present, freshness: Freshness) -> FreshnessPart:
    """As it is answered."""
    as_of = present.text(freshness.as_of) if freshness.as_of else None
    age_ms = present.age_ms(freshness) if freshness.as_of else None
    return FreshnessPart(freshness.partition, as_of, freshness.fresh, freshness.reason, age_ms)


def asking(context: Context) -> APIRouter:
    """The calls that only read."""
    router = APIRouter(prefix="/v1")
    _may_ship(router, context)
    _clients(router, context)
    _blocked(router, context)
    return router


def _json(body: Any) -> Response:
    return Response(_encode(body), media_type=_JSON)


def _may_ship(router: APIRouter, context: Context) -> None:
    parameters = [
        {"name": "client_id", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "amount", "in": "query", "required": True, "schema": {"type": "string"}, "example": "60.00"},
        {"name": "shipment_id", "in": "query", "required": False, "schema": {"type": "string"}},
    ]

    @router.get(
        PATH.removeprefix(router.prefix),
        responses={200: {"model": answers.MayShip}},
        openapi_extra={"parameters": parameters},
        response_class=Response,
        tags=["ask"],
    )
    async def may_i_ship(request: Request) -> Response:
        """May goods of this amount leave for the client now: approve, refuse or unknown, with every reason."""
        # asked a thousand times a second: `quick.Quick` gives this answer before the framework is reached
        body = await answer(context, request.path_params["client_id"], request.query_params.get)
        return Response(body, media_type=_JSON)


def _clients(router: APIRouter, context: Context) -> None:
    present, model = context.present, context.model

    @router.get("/clients", responses={200: {"model": answers.ClientList}}, response_class=Response, tags=["lists"])
    async def clients(
        list_: Annotated[ListName, Query(alias="list", description="Which list.")] = "all",
        search: Annotated[str | None, Query(max_length=80, description="Beginning of an id or a word.")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
        days: Annotated[int | None, Query(ge=0, le=366, description="Of `calls`: due within so many days.")] = None,
    ) -> Response:
        """A page of a worklist, or of what a search finds."""
        if search is not None and search.strip():
            page = await model.search(search, limit, cursor)
        else:
            page = await model.page(list_, limit, cursor, days)
        return _json({"list": list_, "items": page.items, "total": page.total, "next": page.next})

    @router.get(
        "/clients/{client_id}", responses={200: {"model": answers.ClientAnswer}}, response_class=Response, tags=["ask"]
    )
    async def client(client_id: ClientId) -> Response:
        """Everything that is known of a client, and whether that can be relied on now."""
        status, block, name = await model.client(checked_id(client_id))
        if status is None:
            raise Problem("not-found", f"Nothing is known of a client {client_id}.")
        return _json(
            {
                "client_id": client_id,
                "name": name,
                "status": msgspec.Raw(status),
                "block": None if block is None else msgspec.Raw(block),
                "freshness": freshness_part(present, present.of_client(client_id)),
                "now": present.text(present.now),
            }
        )

    @router.get(
        "/clients/{client_id}/history",
        responses={200: {"model": answers.History}},
        response_class=Response,
        tags=["ask"],
    )
    async def history(
        client_id: ClientId,
        limit: Limit = 50,
        before: Annotated[int | None, Query(ge=1, le=2**53, description="`next` of the page before.")] = None,
    ) -> Response:
        """What was published of a client: category changes, blocks, answers, alerts; newest first."""
        items, following = await model.history(checked_id(client_id), before, limit)
        return _json({"items": items, "next": following})

    @router.get(
        "/clients/{client_id}/shipments/{shipment_id}",
        responses={200: {"model": answers.ShipmentAnswer}},
        response_class=Response,
        tags=["ask"],
    )
    async def shipment(client_id: ClientId, shipment_id: Annotated[str, Path(max_length=64)]) -> Response:
        """The last answer about a shipment."""
        found = await model.shipment(checked_id(client_id), shipment_id)
        if found is None:
            raise Problem("not-found", f"No answer about a shipment {shipment_id} within 30 days.")
        return _json({"event": msgspec.Raw(found)})

    @router.get("/summary", responses={200: {"model": answers.Summary}}, response_class=Response, tags=["lists"])
    async def summary() -> Response:
        """How many clients each list has, and how fresh each partition is."""
        policy = present.policy
        return _json(
            {
                **await model.counts(),
                "currency": policy.currency,
                "policy": {"version": policy.version, "digest": present.policy_digest},
                "now": present.text(present.now),
                "partitions": [freshness_part(present, freshness) for freshness in present.all()],
            }
        )


def _blocked(router: APIRouter, context: Context) -> None:
    present, model = context.present, context.model

    async def rows() -> list[Row]:
        return (await model.page("blocked", BLOCKED_MAX, None, None)).items

    @router.get("/blocked", responses={200: {"model": answers.ClientList}}, response_class=Response, tags=["lists"])
    async def blocked() -> Response:
        """Everybody who may not be shipped to, the latest first."""
        found = await rows()
        return _json({"list": "blocked", "items": found, "total": len(found), "next": None})

    @router.get("/blocked.csv", response_class=Response, tags=["lists"])
    async def blocked_as_csv() -> Response:
        """The same for spreadsheets."""
        headers = {"Content-Disposition": 'attachment; filename="blocked.csv"'}
        return Response(blocked_csv(await rows()), media_type="text/csv; charset=utf-8", headers=headers)

    @router.get("/blocked.html", response_class=Response, tags=["lists"])
    async def blocked_to_print(language: Language = "en") -> Response:
        """The same as a page to print."""
        everywhere = present.all()
        stale = not everywhere or not all(one.fresh for one in everywhere)
        page = blocked_page(await rows(), language, present.text(present.now), stale)
        return Response(page, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": CSP})
