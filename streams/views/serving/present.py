"""What the server keeps at hand from Redis, read again twice a second: how fresh each partition is, and the policy."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import structlog
from pydantic import ValidationError
from redis.exceptions import RedisError

from schemas.partitioning import partition_of
from schemas.policy import Policy, policy_digest
from streams.views import alive, names
from streams.views.alive import Alive
from streams.views.client import RedisClient
from streams.views.serving.settings import ServerSettings

log = structlog.get_logger(__name__)

WORKER_SILENT: Final = "worker_silent"
WORKER_BEHIND: Final = "worker_behind"
PROJECTOR_BEHIND: Final = "projector_behind"
_EVERY_S: Final = 0.5


class Freshness(NamedTuple):
    """Whether a partition's clients can be answered for now."""

    partition: int
    as_of: int
    """Milliseconds; whatever had reached Kafka by then is in the read model. 0: never known."""
    reason: str | None
    """Why it is not fresh."""

    @property
    def fresh(self) -> bool:
        """Whether an answer may be relied on."""
        return self.reason is None


class Present:
    """The state of things as of at most half a second ago; an unreachable Redis makes it older and older."""

    def __init__(self, redis: RedisClient, settings: ServerSettings) -> None:
        self._redis = redis
        self._settings = settings
        self._alive: list[Alive | None] = []
        self._time = 0
        self._policy_read: bytes | None = None
        self.policy = settings.policy
        self.policy_digest = policy_digest(self.policy)
        self.zone = ZoneInfo(settings.policy.time_zone)
        self.on_change: Callable[[Freshness], None] = lambda freshness: None
        """Called when a partition becomes fresh or ceases to be."""
        self._told: dict[int, str | None] = {}

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.read()
            except (RedisError, OSError):
                pass  # what is known grows old, and says so
            except Exception:
                log.exception("present_not_read")
            self._tell()
            await asyncio.sleep(_EVERY_S)

    async def read(self) -> None:
        """Read it once. Raises RedisError."""
        count = int(await self._redis.get(names.PARTITIONS) or 0)
        keys = [names.TIME, names.POLICY, *(f"{names.ALIVE}{number}" for number in range(count))]
        found = await self._redis.mget(keys)
        self._time = int(found[0] or 0)
        if found[1] is not None and found[1] != self._policy_read:
            self._take_policy(found[1])
        self._alive = [None if value is None else alive.decode(value) for value in found[2:]]

    def _take_policy(self, value: bytes) -> None:
        self._policy_read = value
        try:
            self.policy = Policy.from_document(msgspec.json.decode(value)["policy"])
        except (ValidationError, ValueError, KeyError, TypeError) as error:
            log.warning("policy_not_read", reason=str(error))  # workers refuse it as well
            return
        self.policy_digest = policy_digest(self.policy)
        self.zone = ZoneInfo(self.policy.time_zone)

    @property
    def partitions(self) -> int:
        """How many there are; 0: no projector has begun."""
        return len(self._alive)

    @property
    def now(self) -> int:
        """Milliseconds: the wall's clock, with simulated time that of the outputs."""
        return self._time if self._settings.simulated_time else int(time.time() * 1000)

    def age_ms(self, freshness: Freshness) -> int:
        """How old what is known of a partition is; by the wall's clock, with simulated time as well."""
        return max(0, int(time.time() * 1000) - freshness.as_of)

    def text(self, instant: int) -> str:
        """RFC 3339 in the company's time zone."""
        moment = datetime.fromtimestamp(instant / 1000, self.zone)
        return moment.isoformat(timespec="milliseconds" if instant % 1000 else "seconds")

    def of_client(self, client_id: str) -> Freshness:
        """Of the client's partition."""
        if not self._alive:
            return Freshness(0, 0, PROJECTOR_BEHIND)
        return self.of(partition_of(client_id.encode(), len(self._alive)))

    def of(self, partition: int) -> Freshness:
        """Of one partition."""
        known = self._alive[partition]
        if known is None:
            return Freshness(partition, 0, PROJECTOR_BEHIND)
        since = int(time.time() * 1000) - self._settings.silence_ms_max
        reason = None
        if known.alive_at < since:
            reason = WORKER_SILENT
        elif known.complete_at < since:
            reason = WORKER_BEHIND
        return Freshness(partition, known.complete_at, reason)

    def all(self) -> list[Freshness]:
        """Of every partition."""
        return [self.of(number) for number in range(len(self._alive))]

    def _tell(self) -> None:
        for freshness in self.all():
            if self._told.get(freshness.partition, "") != freshness.reason:
                self._told[freshness.partition] = freshness.reason
                self.on_change(freshness)
