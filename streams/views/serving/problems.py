"""Errors as problem documents (RFC 9457)."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

MEDIA_TYPE: Final = "application/problem+json"
_TYPE: Final = "urn:stoplist:problem:"
_TITLES: Final[dict[str, tuple[int, str]]] = {
    "invalid-request": (400, "Something of the request is wrong"),
    "unauthorised": (401, "Say who you are"),
    "forbidden": (403, "Your role may not do this"),
    "csrf": (403, "The call does not come from our page"),
    "not-found": (404, "There is no such thing"),
    "method": (405, "This cannot be done here"),
    "idempotency-conflict": (409, "The same is being handled at this moment"),
    "too-large": (413, "The body is too large"),
    "media-type": (415, "The body must be JSON"),
    "idempotency-mismatch": (422, "The key was used for something else"),
    "too-many-requests": (429, "Too many calls"),
    "internal": (500, "This is a bug of ours"),
    "unavailable": (503, "It does not work at the moment"),
}
_BY_STATUS: Final = {status: name for name, (status, _) in reversed(_TITLES.items())}


class Problem(Exception):
    """Ends a call with a problem document; `errors` are (field, what is wrong and what to do)."""

    def __init__(
        self,
        name: str,
        detail: str,
        errors: Sequence[tuple[str, str]] = (),
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.name = name
        self.detail = detail
        self.errors = errors
        self.retry_after_seconds = retry_after_seconds

    def response(self, path: str) -> Response:
        """The answer; `path` is what was called."""
        status, title = _TITLES[self.name]
        body: dict[str, Any] = {"type": f"{_TYPE}{self.name}", "title": title, "status": status, "detail": self.detail}
        body["instance"] = path
        if self.errors:
            body["errors"] = [{"field": field, "detail": detail} for field, detail in self.errors]
        headers = {} if self.retry_after_seconds is None else {"Retry-After": str(self.retry_after_seconds)}
        if self.name == "unauthorised":
            headers["WWW-Authenticate"] = "Bearer"
        return Response(msgspec.json.encode(body), status, headers, MEDIA_TYPE)


async def on_problem(request: Request, error: Exception) -> Response:
    """For `Problem`."""
    assert isinstance(error, Problem)
    return error.response(request.url.path)


async def on_http(request: Request, error: Exception) -> Response:
    """For what the framework refuses: no such path, no such method."""
    assert isinstance(error, HTTPException)
    name = _BY_STATUS.get(error.status_code, "invalid-request" if error.status_code < 500 else "internal")
    return Problem(name, f"{error.detail}.").response(request.url.path)


async def on_invalid(request: Request, error: Exception) -> Response:
    """For parameters that do not validate."""
    assert isinstance(error, RequestValidationError)
    errors = [(".".join(str(part) for part in one["loc"][1:]), str(one["msg"])) for one in error.errors()]
    detail = "; ".join(f"{field}: {said}" for field, said in errors)
    return Problem("invalid-request", f"{detail}.", errors).response(request.url.path)


def of_redis() -> Problem:
    """Redis does not answer."""
    return Problem("unavailable", "The read model does not answer; try again.", retry_after_seconds=2)


def of_bug() -> Problem:
    """Something of ours is wrong."""
    return Problem("internal", "It is in the server's log; please report it.")
