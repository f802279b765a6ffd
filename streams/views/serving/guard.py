"""What every call passes: who it is, how often, how large; and the headers that every answer carries."""

from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

from redis.exceptions import RedisError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from streams.views.serving.limits import Rate
from streams.views.serving.login import COOKIE, CSRF_HEADER, Logins, Who
from streams.views.serving.problems import Problem, of_redis
from streams.views.serving.settings import ServerSettings

_CSP: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    b"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_SAFE: Final = ("GET", "HEAD")
_SESSION: Final = "/v1/session"
_FORWARDED_FOR: Final = b"x-forwarded-for"
_ADDRESS_MAX: Final = 64


class Guard:
    """The outermost application. Beneath it `scope["state"]["who"]` is there for every path that needs a login."""

    def __init__(self, app: ASGIApp, logins: Logins, settings: ServerSettings) -> None:
        self._app = app
        self._logins = logins
        self._body_bytes_max = settings.body_bytes_max
        self._rate = Rate(settings.rate_per_second_max, 1)
        self._attempts = Rate(settings.attempts_per_minute_max, 60)
        self._behind_proxy = settings.https
        self._always = (*_ALWAYS, (b"strict-transport-security", b"max-age=31536000")) if settings.https else _ALWAYS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        sending = self._with_headers(send, no_store=path.startswith("/v1/"))
        try:
            headers = dict(scope["headers"])
            if needs_login(path, scope["method"]):
                scope.setdefault("state", {})["who"] = await self._who(scope, headers)
            elif path == _SESSION:
                self._attempt(scope)
            if scope["method"] not in _SAFE:
                _is_json(headers, scope["method"])
                receive = self._bounded(headers, receive)
            await self._app(scope, receive, sending)
        except Problem as problem:
            await problem.response(path)(scope, receive, sending)

    async def _who(self, scope: Scope, headers: dict[bytes, bytes]) -> Who:
        """Who calls; raises Problem when nobody does whose token counts, or too often."""
        who, by_cookie = None, False
        said = headers.get(b"authorization", b"").decode("latin-1")
        try:
            if said[:7].lower() == "bearer ":
                who = self._logins.bearer(said[7:].strip())
            elif session_id := _cookie(headers):
                who, by_cookie = await self._logins.session(session_id), True
        except RedisError:
            raise of_redis() from None
        if who is None:
            self._attempt(scope)
            raise Problem("unauthorised", "Send a token that counts: Authorization: Bearer …, or log in.")
        _limit(self._rate, who.token_sha256)
        if by_cookie and scope["method"] not in _SAFE:
            _from_our_page(headers, who)
        return who

    def _attempt(self, scope: Scope) -> None:
        _limit(self._attempts, self._caller(scope))

    def _caller(self, scope: Scope) -> str:
        """The address that attempts are counted by: who calls, or whom the proxy says it calls for."""
        client = scope.get("client")
        address: str = client[0] if client else ""
        if not self._behind_proxy:
            return address
        said = b",".join(value for name, value in scope["headers"] if name == _FORWARDED_FOR)
        # its last word is the proxy's own; those before may be the caller's
        return said.rpartition(b",")[2].strip().decode("latin-1")[:_ADDRESS_MAX] or address

    def _bounded(self, headers: dict[bytes, bytes], receive: Receive) -> Receive:
        """Refuses a body over the limit, at once when its length is told, else when it has come."""
        too_large = Problem("too-large", f"A body may have {self._body_bytes_max} bytes.")
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > self._body_bytes_max:
            raise too_large
        came = 0

        async def bounded() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > self._body_bytes_max:
                raise too_large
            return message

        return bounded

    def _with_headers(self, send: Send, no_store: bool) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: list[Any] = message.setdefault("headers", [])
                there = {name for name, _ in headers}
                headers.extend(self._always)
                if b"content-security-policy" not in there:
                    headers.append((b"content-security-policy", _CSP))
                if no_store and b"cache-control" not in there:
                    headers.append((b"cache-control", b"no-store"))
            await send(message)

        return sending


def needs_login(path: str, method: str) -> bool:
    """Whether a call is answered only to somebody whose token counts."""
    return path == "/metrics" or (path.startswith("/v1/") and not (path == _SESSION and method == "POST"))


def _limit(rate: Rate, name: str) -> None:
    wait = rate.wait_seconds(name)
    if wait:
        raise Problem("too-many-requests", f"Try again in {wait} s.", retry_after_seconds=wait)


def _cookie(headers: dict[bytes, bytes]) -> str | None:
    try:
        cookies = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return None
    return cookies[COOKIE].value if COOKIE in cookies else None


def _from_our_page(headers: dict[bytes, bytes], who: Who) -> None:
    """A browser sends the cookie by itself, the header only our own page can set."""
    site = headers.get(b"sec-fetch-site", b"same-origin")
    if site != b"same-origin" or not compare_digest(
        headers.get(CSRF_HEADER.encode(), b""), (who.csrf_token or "").encode()
    ):
        raise Problem("csrf", "Send the session's csrf_token in the header X-CSRF-Token.")


def _is_json(headers: dict[bytes, bytes], method: str) -> None:
    kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
    if method == "POST" and kind != b"application/json":
        raise Problem("media-type", "Send Content-Type: application/json.")
