"""`/v1/session`: logging in and out."""

from datetime import datetime
from typing import Final

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from streams.views.serving import answers
from streams.views.serving.context import Context, who_of
from streams.views.serving.login import COOKIE, Who
from streams.views.serving.problems import Problem

_BODY_BYTES_MAX: Final = 4_096


class _Login(msgspec.Struct):
    token: str


class _Chosen(msgspec.Struct):
    role: str | None


def sessions(context: Context) -> APIRouter:
    """The calls of a session."""
    router = APIRouter(prefix="/v1/session", tags=["session"])
    logins, present, https = context.logins, context.present, context.settings.https
    session: dict[int | str, dict[str, object]] = {200: {"model": answers.Session}}
    chosen = {"type": "object", "properties": {"role": {"type": ["string", "null"]}}, "required": ["role"]}
    schema = {"type": "object", "properties": {"token": {"type": "string"}}, "required": ["token"]}

    def answer(who: Who) -> Response:
        until = None if who.expires_at is None else datetime.fromtimestamp(who.expires_at, present.zone).isoformat()
        body = {"name": who.name, "roles": who.roles, "may": who.rights, "csrf_token": who.csrf_token}
        more = {"expires_at": until, "roles_held": who.roles_held}
        return Response(msgspec.json.encode({**body, **more}), media_type="application/json")

    @router.post(
        "",
        responses=session,
        response_class=Response,
        openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}},
    )
    async def log_in(request: Request) -> Response:
        """Open a session with a token."""
        try:
            login = msgspec.json.decode((await request.body())[:_BODY_BYTES_MAX], type=_Login)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Problem("invalid-request", 'Send {"token": "…"}.', [("token", "is missing")]) from None
        opened = await logins.open(login.token.strip())
        if opened is None:
            raise Problem("unauthorised", "This token does not count.")
        session_id, who = opened
        response = answer(who)
        seconds = logins.session_seconds
        response.set_cookie(COOKIE, session_id, seconds, path="/", secure=https, httponly=True, samesite="strict")
        return response

    @router.get("", responses=session, response_class=Response)
    async def who_am_i(request: Request) -> Response:
        """Who calls, and what that may do."""
        return answer(who_of(request))

    @router.post(
        "/role",
        responses=session,
        response_class=Response,
        openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": chosen}}}},
    )
    async def act_as(request: Request) -> Response:
        """Go on as one of the roles that the token gives, or as all of them."""
        try:
            said = msgspec.json.decode((await request.body())[:_BODY_BYTES_MAX], type=_Chosen)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Problem("invalid-request", 'Send {"role": "…"}, or null for all.', [("role", "is missing")]) from None
        if who_of(request).csrf_token is None:
            raise Problem("invalid-request", "Only a session has a role to choose; a token has all that it was given.")
        who = await logins.act_as(request.cookies.get(COOKIE, ""), said.role)
        if who is None:
            raise Problem("unauthorised", "The session has ended.")
        return answer(who)

    @router.delete("", status_code=204, response_class=Response)
    async def log_out(request: Request) -> Response:
        """End the session."""
        session_id = request.cookies.get(COOKIE)
        if session_id:
            await logins.close(session_id)
        response = Response(status_code=204)
        response.delete_cookie(COOKIE, path="/", secure=https, httponly=True, samesite="strict")
        return response

    return router
