"""What the demo knows of the world: folded from the published outputs alone, as any dashboard could."""

from collections import Counter, deque
from datetime import datetime
from typing import Any, Final, NamedTuple

from schemas.catalogue import CLIENT_STATUS, DEAD_LETTERS, SHIPMENT_BLOCKS
from streams.cli.simulator.names import Name

LATEST_MAX: Final = 40
RISK_GROUPS: Final = (0, 1, 2, 3)
_OTHER: Final = 2


class Decision(NamedTuple):
    """A block or a release."""

    at: datetime
    client_id: str
    blocked: bool
    why: Name
    """The reason in words, in both languages."""


class Coming(NamedTuple):
    """What will happen to a client by time alone."""

    at: datetime
    client_id: str
    changes: list[dict[str, Any]]


class Board:
    """The state of the screen. `names` are the clients' names by id."""

    def __init__(self, names: dict[str, Name]) -> None:
        self.names = names
        self.latest: deque[Decision] = deque(maxlen=LATEST_MAX)
        """Blocks and releases as they came; those of different partitions not in order of time."""
        self.blocked: set[str] = set()
        self.groups: dict[str, int] = {}
        """Risk group by client."""
        self.coming: dict[str, Coming] = {}
        self.instant: datetime | None = None
        """The latest at which anything took effect."""
        self.set_aside: Counter[str] = Counter()
        """Dead letters by reason."""
        self.blocks = 0
        self.releases = 0

    def take(self, topic: str, body: dict[str, Any]) -> Decision | None:
        """Folds one output; returns the decision when it is one. Of a dead letter's body the `reason` counts."""
        if topic == DEAD_LETTERS:
            self.set_aside[body["reason"]] += 1
        elif topic == CLIENT_STATUS:
            self._status(body)
        elif topic == SHIPMENT_BLOCKS:
            return self._decision(body)
        return None

    def name(self, client_id: str) -> Name:
        """The name of a client; its id where none is known."""
        return self.names.get(client_id, Name(client_id, client_id))

    @property
    def dead_letters(self) -> int:
        """How many records were set aside."""
        return self.set_aside.total()

    def in_group(self, group: int) -> int:
        """How many clients are in a risk group."""
        return sum(1 for of_client in self.groups.values() if of_client == group)

    def next_changes(self, now: datetime, count: int) -> list[Coming]:
        """Expected changes after `now`, by instant: those that stop or release a client before those of risk groups,
        both before any other, when there are more than `count`."""
        ahead = [coming for coming in self.coming.values() if coming.at > now]
        chosen = sorted(ahead, key=lambda coming: (_weight(coming), coming.at, coming.client_id))[:count]
        if chosen and _weight(chosen[0]) < _OTHER:
            chosen = [coming for coming in chosen if _weight(coming) < _OTHER]
        return sorted(chosen, key=lambda coming: coming[:2])

    def _status(self, body: dict[str, Any]) -> None:
        client_id = body["client_id"]
        self._reached(datetime.fromisoformat(body["effective_at"]))
        self.groups[client_id] = body["categories"]["risk_group"]
        coming = body["next_change"]
        if coming is None:
            self.coming.pop(client_id, None)
        else:
            at = datetime.fromisoformat(coming["at"])
            self.coming[client_id] = Coming(at, client_id, coming["changes"])

    def _decision(self, body: dict[str, Any]) -> Decision:
        blocked = body["type"] == "shipment.blocked"
        client_id = body["client_id"]
        if blocked:
            self.blocks += 1
            self.blocked.add(client_id)
        else:
            self.releases += 1
            self.blocked.discard(client_id)
        words = body["explanation"]
        at = datetime.fromisoformat(body["effective_at"])
        self._reached(at)
        decision = Decision(at, client_id, blocked, Name(words["en"], words["ru"]))
        self.latest.append(decision)
        return decision

    def _reached(self, at: datetime) -> None:
        if self.instant is None or at > self.instant:
            self.instant = at


def _weight(coming: Coming) -> int:
    if any("condition" in change for change in coming.changes):
        return 0
    return 1 if any(change["dimension"] == "risk_group" for change in coming.changes) else _OTHER
