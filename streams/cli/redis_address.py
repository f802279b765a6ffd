"""Where Redis is, for the commands that need it: opened or refused in one sentence."""

from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlsplit

import typer

from streams.cli.failure import Failure

if TYPE_CHECKING:
    from redis.asyncio import Redis

REDIS_DEFAULT: Final = "redis://127.0.0.1:6379/0"
_TIMEOUT_S: Final = 5

RedisAddress = Annotated[
    str, typer.Option("--redis", envvar="STOPLIST_REDIS", metavar="URL", help="Address of the Redis server.")
]


async def redis_at(url: str) -> "Redis":
    """A client of the server at `url`; raises Failure when that is no address or nobody answers."""
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    try:
        client = Redis.from_url(url, socket_connect_timeout=_TIMEOUT_S, socket_timeout=_TIMEOUT_S)
    except ValueError:
        raise Failure(f"--redis: {_plain(url)} is no address; write redis://HOST:PORT/0") from None
    try:
        await client.execute_command("PING")  # type: ignore[no-untyped-call]
    except (RedisError, OSError):
        raise Failure(f"no Redis answers at {_plain(url)}; start it, or name another with --redis") from None
    return client


def _plain(url: str) -> str:
    """Without a password."""
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", ":…@") if parts.password else url
