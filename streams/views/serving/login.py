"""Who calls: a bearer token, or a session that a token has opened."""

import hashlib
import secrets
import time
from typing import Final, NamedTuple

import msgspec

from streams.views import names
from streams.views.client import RedisClient
from streams.views.serving.problems import Problem
from streams.views.serving.roles import Right, may
from streams.views.serving.tokens import Token, Tokens, sha256

COOKIE: Final = "stoplist_session"
CSRF_HEADER: Final = "x-csrf-token"


class Who(NamedTuple):
    """Somebody whose token counts."""

    name: str
    roles: tuple[str, ...]
    """As which it calls: those of the token, or the one of them that a session has chosen."""
    rights: tuple[Right, ...]
    token_sha256: str
    roles_held: tuple[str, ...]
    """All that the token gives."""
    csrf_token: str | None = None
    """Of a session."""
    expires_at: int | None = None
    """Of a session, seconds since 1970."""

    def needs(self, right: Right, what: str) -> None:
        """Raises Problem when the roles do not give the right to do `what`."""
        if right not in self.rights:
            raise Problem("forbidden", f"{what} is not for the role {' or '.join(self.roles)}.")


class Session(msgspec.Struct):
    """What Redis keeps of a session, under the hash of its id."""

    token_sha256: str
    csrf_token: str
    expires_at: int
    role: str | None = None
    """The one of the token's roles that was chosen; null: all of them."""


_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(Session).decode


class Logins:
    """Tokens and sessions. A session counts while its token does."""

    def __init__(self, redis: RedisClient, tokens: Tokens, session_seconds: int) -> None:
        self._redis = redis
        self.tokens = tokens
        self.session_seconds = session_seconds

    def bearer(self, secret: str) -> Who | None:
        """Who has this token."""
        token = self.tokens.of_secret(secret)
        return None if token is None else _who(token)

    async def open(self, secret: str) -> tuple[str, Who] | None:
        """A new session's id, and whose it is; None when the token does not count."""
        token = self.tokens.of_secret(secret) or await self._once(secret)
        if token is None:
            return None
        session_id = secrets.token_urlsafe(32)
        session = Session(token.sha256, secrets.token_urlsafe(24), int(time.time()) + self.session_seconds)
        await self._redis.set(_key(session_id), _encode(session), ex=self.session_seconds)
        return session_id, _who(token, session)

    async def _once(self, secret: str) -> Token | None:
        """The token that a secret of a ready link stands for: the first who comes has it."""
        found = await self._redis.getdel(names.LOGIN_ONCE + sha256(secret))
        return None if found is None else self.tokens.of_hash(found.decode())

    async def session(self, session_id: str) -> Who | None:
        """Whose session this is."""
        kept = await self._redis.get(_key(session_id))
        if kept is None:
            return None
        session = _decode(kept)
        token = self.tokens.of_hash(session.token_sha256)
        return None if token is None else _who(token, session)

    async def act_as(self, session_id: str, role: str | None) -> Who | None:
        """Go on with the rights of one of the token's roles, or again of all (None). None: there is no such session.

        Raises Problem for a role that the token does not give.
        """
        kept = await self._redis.get(_key(session_id))
        session = None if kept is None else _decode(kept)
        token = None if session is None else self.tokens.of_hash(session.token_sha256)
        if session is None or token is None:
            return None
        if role is not None and role not in token.roles:
            raise Problem("forbidden", f"{token.name} has not this role, only: {', '.join(token.roles)}.")
        session.role = role
        left = max(1, session.expires_at - int(time.time()))
        if not await self._redis.set(_key(session_id), _encode(session), ex=left, xx=True):
            return None  # logged out meanwhile
        return _who(token, session)

    async def close(self, session_id: str) -> None:
        """End a session."""
        await self._redis.delete(_key(session_id))


def _who(token: Token, session: Session | None = None) -> Who:
    chosen = None if session is None else session.role
    roles = token.roles if chosen is None else tuple(role for role in token.roles if role == chosen)
    known = (token.name, roles, may(roles), token.sha256, token.roles)
    return Who(*known) if session is None else Who(*known, session.csrf_token, session.expires_at)


def _key(session_id: str) -> str:
    return names.SESSION + hashlib.sha256(session_id.encode()).hexdigest()
