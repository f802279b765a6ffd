"""Section `http`: the read model filled from nothing, and «may I ship» asked at a fixed rate."""

import asyncio
import re
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from redis.asyncio import Redis

from schemas.catalogue import CLIENT_STATUS
from streams.views import alive, names
from streams.views.alive import Alive
from streams.views.serving import tokens
from tests.benchmark.cloned import NAME, Patterns, folded
from tests.benchmark.http_load import offer
from tests.benchmark.node import Node
from tests.benchmark.processes import Failed, cpu_seconds
from tests.benchmark.producing import Record, append_all, partition_of
from tests.benchmark.progress import say
from tests.benchmark.report import Figure
from tests.benchmark.sizes import Sizes
from tests.harness.ports import answers, free_port
from tests.harness.redis import RedisServer
from tests.harness.server import Server

SECTION = "http"
_STATUSES_PER_SECOND_LEAST = 40_000.0
_P99_MS_MOST = 5.0
_PATTERNS = 1_000
"""Clients that are folded; the others have the status of one of them under another name."""
_ASKED_CLIENTS = 2_000
_WARM_SECONDS = 2.0
_PROJECTED = re.compile(r"projected: ([\d,]+) records in ([\d.]+) s")
_ALIVE_EVERY_S = 1.0


async def measure(node: Node, sizes: Sizes, scratch: Path) -> list[Figure]:
    """Publish a status of each client, project them into an empty Redis, then ask the server."""
    await node.create_ours(sizes.partitions)
    patterns = folded(min(_PATTERNS, sizes.http_clients), sizes.restore_days, sizes.restore_facts)
    size = sum(len(one.decided.status) for one in patterns.clients) // len(patterns.clients)
    count = await append_all(
        node.bootstrap, _statuses(patterns, sizes), f"http: statuses of {size:,} bytes on average appended"
    )
    with RedisServer() as redis:
        filled = await asyncio.to_thread(_projected, node.bootstrap, redis, scratch, count, sizes.limit_seconds)
        return [filled, *await _asked(node.bootstrap, redis, sizes, scratch)]


def _statuses(patterns: Patterns, sizes: Sizes) -> Iterator[Record]:
    """What was last published of folded clients, under as many names as are wanted."""
    published = [(one.id.encode(), one.decided.status) for one in patterns.clients]
    for number in range(sizes.http_clients):
        before, status = published[number % len(published)]
        client = _name(number).encode()
        value = status.replace(before, client)
        yield Record(CLIENT_STATUS, partition_of(client, sizes.partitions), None, client, value)


def _name(number: int) -> str:
    return f"{NAME}-{number:06d}"


def _projected(bootstrap: str, redis: RedisServer, scratch: Path, count: int, seconds: float) -> Figure:
    """From the projector's first look at Kafka until everything is in Redis."""
    log = scratch / "project.log"
    server = Server("stoplist project", log)
    command = [sys.executable, "-m", "streams.cli", "project", "--bootstrap", bootstrap, "--redis", redis.url]
    began = cpu_seconds(redis.server.pid)
    server.start(command, lambda: _PROJECTED.search(log.read_text()) is not None, seconds)
    used, cpu = cpu_seconds(redis.server.pid) - began, cpu_seconds(server.pid)
    server.stop()
    found = _PROJECTED.search(log.read_text())
    if found is None or int(found[1].replace(",", "")) < count:
        raise Failed(f"not everything was projected\n{server.log_tail()}")
    rate = count / float(found[2])
    say(f"http: {count:,} statuses projected at {rate:,.0f}/s")
    return Figure(
        section=SECTION,
        name="statuses projected into an empty Redis",
        value=rate,
        unit="statuses/s",
        target=_STATUSES_PER_SECOND_LEAST,
        cpu_us=1e6 * cpu / count,
        note=f"{count:,} clients in {found[2]} s; CPU with the start; Redis {1e6 * used / count:.0f} µs",
    )


async def _asked(bootstrap: str, redis: RedisServer, sizes: Sizes, scratch: Path) -> list[Figure]:
    """The server on its own process, asked over the loopback by this one."""
    file, port = scratch / "tokens.json", free_port()
    secret, token = tokens.new("bench", ("viewer",), None)
    tokens.write(file, [token])
    server = Server("stoplist serve", scratch / "serve.log")
    command = [sys.executable, "-m", "streams.cli", "serve", "--bootstrap", bootstrap, "--redis", redis.url]
    # nobody folds these clients on while they are asked about: simulated time leaves out that a change is past due
    server.start([*command, "--port", str(port), "--tokens", str(file), "--simulated-time"], lambda: answers(port))
    requests = [
        f"GET /v1/clients/{_name(number)}/may-ship?amount=60.00 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {secret}\r\n\r\n".encode()
        for number in range(min(_ASKED_CLIENTS, sizes.http_clients))
    ]
    enough = asyncio.Event()
    beating = asyncio.create_task(_keep_alive(redis.url, sizes.partitions, enough))
    try:
        await offer(port, requests, sizes.http_rate, _WARM_SECONDS)
        cpu = cpu_seconds(server.pid)
        took, statuses = await offer(port, requests, sizes.http_rate, sizes.http_seconds)
        cpu = cpu_seconds(server.pid) - cpu
    finally:
        enough.set()
        await beating
        server.stop()
    if statuses != {b"200": len(took)}:
        raise Failed(f"not every call was answered: {statuses}")
    took.sort()
    p50, p99, most = (1e3 * took[int(share * (len(took) - 1))] for share in (0.5, 0.99, 1.0))
    say(f"http: may-ship at {sizes.http_rate:,}/s: p50 {p50:.2f} ms, p99 {p99:.2f} ms, max {most:.2f} ms")
    return [
        Figure(
            section=SECTION,
            name=f"may-ship p99 at {sizes.http_rate:,}/s",
            value=p99,
            unit="ms",
            target=_P99_MS_MOST,
            at_least=False,
            cpu_us=1e6 * cpu / len(took),
            note=f"{len(took):,} calls over 16 connections; p50 {p50:.2f} ms, max {most:.1f} ms; CPU is the server's",
        )
    ]


async def _keep_alive(url: str, partitions: int, enough: asyncio.Event) -> None:
    """Stands in for a worker and the projector that watches it.

    Told to end, not cancelled: a cancellation in the middle of a call to Redis may be lost, and this would never end.
    """
    async with Redis.from_url(url) as client:
        while not enough.is_set():
            now = int(time.time() * 1000)
            for number in range(partitions):
                await client.set(f"{names.ALIVE}{number}", alive.encode(Alive(now, now)))
            with suppress(TimeoutError):
                async with asyncio.timeout(_ALIVE_EVERY_S):
                    await enough.wait()
