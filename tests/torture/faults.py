"""Carries the plan out, and writes down what was done and when."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tests.harness.server import Server
from tests.torture.plan import LASTING_S_MAX, Fault
from tests.torture.stage import Service, Stage

_AT_ONCE_MAX = 32


class Faults:
    """One at a time for each target; a fault whose target is busy with another waits for it."""

    def __init__(self, stage: Stage, log: Path) -> None:
        self._stage = stage
        self._log = log.open("a")
        self._writing = threading.Lock()
        self._busy: dict[str, threading.Lock] = {}
        self._added = 0
        self.done: Counter[str] = Counter()
        self.failed: list[str] = []

    def carry_out(self, faults: list[Fault], began: float) -> None:
        """All of them; returns when the last is over."""
        with ThreadPoolExecutor(_AT_ONCE_MAX) as pool:
            pending: list[Future[None]] = []
            for fault in faults:
                time.sleep(max(0.0, began + fault.at_s - time.monotonic()))
                pending.append(pool.submit(self._one, fault, began))
            for future in pending:
                future.result(120 + LASTING_S_MAX)

    def _one(self, fault: Fault, began: float) -> None:
        what: Callable[[Fault], str] = getattr(self, f"_{fault.kind}")
        entry = {"planned_s": fault.at_s, "kind": fault.kind, "lasts_s": fault.lasts_s}
        with self._lock_of(fault):
            entry["began_s"] = round(time.monotonic() - began, 2)
            try:
                entry["target"] = what(fault)
                self.done[fault.kind] += 1
            except Exception as error:
                entry["failed"] = repr(error)
                self.failed.append(f"{fault.kind}: {error!r}")
            entry["ended_s"] = round(time.monotonic() - began, 2)
        with self._writing:
            self._log.write(json.dumps(entry) + "\n")
            self._log.flush()

    def _lock_of(self, fault: Fault) -> threading.Lock:
        """Brokers one after the other: two of three that are down are an outage, which proves nothing."""
        kind = fault.kind.partition("_")[0]
        name = {"broker": "broker", "node": "broker", "redis": "redis", "worker": f"worker-{fault.target}"}.get(
            kind, kind
        )
        with self._writing:
            return self._busy.setdefault(name if fault.kind != "worker_added" else "added", threading.Lock())

    def _worker(self, fault: Fault) -> Service:
        return self._stage.workers[fault.target]

    def _worker_killed(self, fault: Fault) -> str:
        return _killed(self._worker(fault))

    def _importance_killed(self, _: Fault) -> str:
        return _killed(self._stage.services["importance-0"])

    def _projector_killed(self, _: Fault) -> str:
        projector = self._stage.services.get("projector")
        return "there is none yet" if projector is None else _killed(projector)

    def _worker_paused(self, fault: Fault) -> str:
        service = self._worker(fault)
        _paused(service.server, fault.lasts_s)
        return service.name

    def _worker_removed(self, fault: Fault) -> str:
        service = self._worker(fault)
        service.stop()
        time.sleep(fault.lasts_s)
        service.start()
        return service.name

    def _worker_added(self, fault: Fault) -> str:
        self._added += 1
        service = self._stage.worker(f"added-{self._added}")
        service.start()
        time.sleep(fault.lasts_s)
        service.stop()
        return service.name

    def _broker_killed(self, fault: Fault) -> str:
        return self._node_lost(fault)

    def _node_lost(self, fault: Fault) -> str:
        node = self._stage.cluster.nodes[fault.target]
        node.kill()
        time.sleep(fault.lasts_s)
        node.start()
        return node.bootstrap

    def _redis_lost(self, _: Fault) -> str:
        redis = self._stage.redis
        if redis is None:
            return "there is none yet"
        redis.kill()
        redis.start()  # empty: it keeps nothing on disk
        return redis.url

    def _redis_flushed(self, _: Fault) -> str:
        if self._stage.redis is None:
            return "there is none yet"
        from redis import Redis

        with Redis.from_url(self._stage.redis.url) as client:
            client.flushall()
        return self._stage.redis.url


def _killed(service: Service) -> str:
    _wait_running(service.server)
    service.server.kill()
    return service.name


def _paused(server: Server, seconds: float) -> None:
    _wait_running(server)
    pid = server.pid
    server.pause()
    time.sleep(seconds)
    if server.running and server.pid == pid:
        server.resume()


def _wait_running(server: Server, seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not server.running and time.monotonic() < until:
        time.sleep(0.05)
