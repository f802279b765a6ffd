"""One call of an endpoint: signed, bounded, to an address that it may have."""

import asyncio
import ipaddress
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import httpx

from streams.cli.notify.config import EndpointConfig
from streams.cli.notify.events import Event
from streams.cli.notify.signature import signed_headers

_GONE: Final = 410


class Refused(Exception):
    """The endpoint did not take an event; the text says why and holds no secret."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good
        """Another attempt makes no sense."""


class Caller:
    """Calls one endpoint."""

    def __init__(
        self, config: EndpointConfig, secret: bytes, client: httpx.AsyncClient, clock: Callable[[], float] = time.time
    ) -> None:
        self._config = config
        self._secret = secret
        self._client = client
        self._clock = clock

    async def __call__(self, event: Event) -> None:
        """Returns when the endpoint took the event; raises Refused when it did not."""
        await self._check_address()
        # signed anew at each attempt, for receivers refuse old timestamps
        headers = signed_headers(self._secret, event.id, int(self._clock()), event.body)
        headers |= {"content-type": "application/json", "user-agent": "stoplist", "stoplist-topic": event.topic}
        try:
            async with self._client.stream(
                "POST", self._config.url, content=event.body, headers=headers, timeout=self._config.timeout_seconds
            ) as response:  # what it says beside its status is not read
                status = response.status_code
        except httpx.HTTPError as error:
            raise Refused(f"no answer ({type(error).__name__})") from None
        if not 200 <= status < 300:
            raise Refused(f"it answered {status}", for_good=status == _GONE)

    async def _check_address(self) -> None:
        """A name may lead into our own network; only a configuration that says so goes there."""
        if self._config.private or self._config.is_loopback:
            return
        parts = urlsplit(self._config.url)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(self._config.host, parts.port or 443)
        except OSError:
            raise Refused("its name is not known") from None
        for *_, address in found:
            if not ipaddress.ip_address(str(address[0]).partition("%")[0]).is_global:
                raise Refused("its name leads into a private network; set private: true if that is meant")
