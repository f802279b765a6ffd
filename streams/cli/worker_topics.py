"""What a worker asks of the brokers before it starts: are the topics there, and made for the clock it is to follow?

The library that the worker loads anyway asks, while the rest of the program is loaded: a restart waits for the longer.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaConnectionError, KafkaError, TopicAuthorizationFailedError, for_code

from schemas.catalogue import TOPICS
from streams.cli.failure import Failure
from streams.cli.reaching import BOOTSTRAP_TIMEOUT_MS, addresses, not_let_in, somebody_answers
from streams.cli.security import client_settings

_AGAIN_S: Final = 0.1
_REQUEST_TIMEOUT_MS: Final = 15_000
_CONFIG: Final = "message.timestamp.type"
Answer = TypeVar("Answer")


@contextmanager
def looked_at(bootstrap: str, inputs: tuple[str, ...], simulated_time: bool, wait_s: float) -> Iterator[None]:
    """While the body runs, looks whether every topic is there, and whether the clock of `inputs` is the worker's.

    What is missing is looked for again for `wait_s` seconds. Raises Failure, at the end of the body.
    """
    somebody_answers(bootstrap, client_settings().get("ssl_context"))
    with ThreadPoolExecutor(1, "topics") as thread:
        found: Future[None] = thread.submit(
            asyncio.run, _look(bootstrap, inputs, simulated_time=simulated_time, wait_s=wait_s)
        )
        yield
        found.result()


async def _look(bootstrap: str, inputs: tuple[str, ...], *, simulated_time: bool, wait_s: float) -> None:
    security = client_settings()
    logger = logging.getLogger("aiokafka")
    logger.setLevel(logging.CRITICAL)  # it says the same again, at length
    client = AIOKafkaAdminClient(
        bootstrap_servers=addresses(bootstrap), request_timeout_ms=_REQUEST_TIMEOUT_MS, **security
    )
    try:
        await _connect(client, bootstrap, security.get("sasl_plain_username"))
        await _await_topics(client, bootstrap, wait_s)
        own_times = await patiently(wait_s, lambda: _keep_own_time(client, inputs))
    except TopicAuthorizationFailedError as error:
        raise Failure(f"the broker at {bootstrap} does not allow it ({error}); ask for the right") from None
    except KafkaError as error:
        raise Failure(f"the broker at {bootstrap} refused ({error}); correct that and try again") from None
    finally:
        await client.close()
        logger.setLevel(logging.NOTSET)
    for name, own_time in own_times.items():
        if own_time and not simulated_time:
            raise Failure(f"topic {name} is made for simulated time; start the worker with --simulated-time")
        if simulated_time and not own_time:
            raise Failure(f"topic {name} is stamped by the broker's clock; start without --simulated-time")


async def _connect(client: AIOKafkaAdminClient, bootstrap: str, user: str | None) -> None:
    try:
        async with asyncio.timeout(BOOTSTRAP_TIMEOUT_MS / 1000):
            await client.start()
    except (KafkaConnectionError, TimeoutError):
        raise not_let_in(bootstrap, user) from None


async def patiently(seconds: float, ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """What the brokers say. Of several one may just have gone, and it was the one that was asked: then ask again.

    Raises what `ask` raises when that is not so, or lasts longer than `seconds`.
    """
    give_up = time.monotonic() + seconds
    while True:
        try:
            return await ask()
        except KafkaError as error:
            if not error.retriable or time.monotonic() >= give_up:
                raise
        await asyncio.sleep(_AGAIN_S)


async def _await_topics(client: AIOKafkaAdminClient, bootstrap: str, seconds: float) -> None:
    """Refuses a broker that lacks a topic, and still does so long afterwards: it may only just have been made."""
    give_up = time.monotonic() + seconds
    while missing := await patiently(seconds, lambda: _missing(client)):
        if time.monotonic() >= give_up:
            raise Failure(f"topic {missing[0]} is missing at {bootstrap}; make the topics with stoplist topics create")
        await asyncio.sleep(_AGAIN_S)


async def _missing(client: AIOKafkaAdminClient) -> list[str]:
    there = set(await client.list_topics())
    return [topic.name for topic in TOPICS if topic.name not in there]


async def _keep_own_time(client: AIOKafkaAdminClient, names: tuple[str, ...]) -> dict[str, bool]:
    """Of each topic, whether it keeps its records' own timestamps."""
    resources = [ConfigResource(ConfigResourceType.TOPIC, name, {_CONFIG: None}) for name in names]
    own: dict[str, bool] = {}
    for answer in await client.describe_configs(resources):
        for code, _, _, name, entries in answer.resources:
            if code:
                raise for_code(code)()
            own[name] = _value(entries) == "CreateTime"
    return {name: own[name] for name in names}


def _value(entries: list[Any]) -> str:
    return next(str(value) for name, value, *_ in entries if name == _CONFIG)
