"""The tokens that count: a file of hashes that `stoplist tokens` writes and the server reads again when it changes."""

import hashlib
import os
import secrets
import tempfile
import time
from pathlib import Path
from typing import Final

import msgspec

from streams.views.private_file import others_may_read
from streams.views.serving.roles import MAY

_PREFIX: Final = "stoplist_"


class TokenFileError(Exception):
    """The file cannot be used; one sentence that says why and what to do."""


class Token(msgspec.Struct, frozen=True):
    """One token: whose it is, never what it is. A token has 256 random bits, so one round of SHA-256 hides it."""

    name: str
    roles: tuple[str, ...]
    sha256: str
    created_at: int
    """Seconds since 1970."""
    expires_at: int | None = None
    """Seconds since 1970; null: it does not expire."""

    def counts(self) -> bool:
        """Whether it has not expired."""
        return self.expires_at is None or time.time() < self.expires_at


class _File(msgspec.Struct):
    tokens: list[Token]


def new(name: str, roles: tuple[str, ...], days: int | None) -> tuple[str, Token]:
    """A token for `name`, to be shown once, and what is kept of it."""
    secret = _PREFIX + secrets.token_urlsafe(32)
    now = int(time.time())
    return secret, Token(name, roles, sha256(secret), now, None if days is None else now + days * 86_400)


def sha256(secret: str) -> str:
    """By which a token is known."""
    return hashlib.sha256(secret.encode()).hexdigest()


def read(path: Path) -> list[Token]:
    """The tokens of a file; raises TokenFileError when it is none or others may read it."""
    try:
        status, content = path.stat(), path.read_bytes()
    except OSError as error:
        raise TokenFileError(f"{path}: cannot be read ({error.strerror}); make it with stoplist tokens add") from None
    if others_may_read(status):
        raise TokenFileError(f"{path}: others may read it; say chmod 600 {path}")
    try:
        found = msgspec.json.decode(content, type=_File).tokens
    except msgspec.DecodeError:
        raise TokenFileError(f"{path}: holds no tokens; make it with stoplist tokens add") from None
    unknown = [role for token in found for role in token.roles if role not in MAY]
    if unknown:
        raise TokenFileError(f"{path}: {unknown[0]!r} is no role; remove that token and add it again")
    return found


def write(path: Path, tokens: list[Token]) -> None:
    """Replace the file as a whole, for its owner's eyes only."""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as out:  # 0600 from its first moment
            out.write(msgspec.json.format(msgspec.json.encode(_File(tokens))) + b"\n")
        os.replace(temporary, path)
    except OSError as error:
        raise TokenFileError(f"{path}: cannot be written ({error.strerror}); name another file") from None


class Tokens:
    """The tokens of a file as it is now: a token that was removed ceases to count within a second."""

    _LOOK_AGAIN_S: Final = 1.0

    def __init__(self, path: Path) -> None:
        self._path = path
        self._by_hash: dict[str, Token] = {}
        self._seen: tuple[int, int, int] | None = None
        self._looked = 0.0
        self._load(read(path))

    def of_secret(self, secret: str) -> Token | None:
        """The token that is this secret, when it counts."""
        return self.of_hash(sha256(secret))

    def of_hash(self, digest: str) -> Token | None:
        """The token with this hash, when it counts."""
        self._refresh()
        token = self._by_hash.get(digest)
        return token if token is not None and token.counts() else None

    def _load(self, tokens: list[Token]) -> None:
        self._by_hash = {token.sha256: token for token in tokens}
        self._looked, self._seen = time.monotonic(), _version(self._path)

    def _refresh(self) -> None:
        now = time.monotonic()
        if now - self._looked < self._LOOK_AGAIN_S:
            return
        self._looked = now
        version = _version(self._path)
        if version != self._seen:
            try:
                self._load(read(self._path))
            except TokenFileError:  # a file that is gone or broken lets nobody in
                self._by_hash, self._seen = {}, version


def _version(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
