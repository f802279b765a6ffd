"""Two folds of the same records side by side: what happened, and what would have under a draft.

The one has the policy that workers begin with and every policy activated since, as it was. The other has the draft from
the beginning, or from an instant on, and none that was activated after it. Both take each step before the next, so what
they publish is compared at once and nothing is kept but the differences.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from schemas.catalogue import DEAD_LETTERS, POLICIES
from schemas.dead_letters import REASON_HEADER
from schemas.policy import Policy
from schemas.records import Instant, Output, Source
from streams.cli.folding import HistoryFold
from streams.cli.history import Line
from streams.cli.live_inputs import Held
from streams.domain.fold import ClientFold
from streams.domain.packing import unpack
from streams.domain.shared import Shared
from streams.domain.state import Client

SAMPLES_MAX: Final = 3
"""Outputs shown of each type and side."""
_SET_ASIDE: Final = ("policy", "sequence", "id", "rules_version")
"""What differs in every output of another policy."""
_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode
_encode: Final = msgspec.json.Encoder(order="sorted").encode
Step = Line | Source | Instant | Held


class Differences:
    """What was found so far, over all partitions."""

    def __init__(self) -> None:
        self.records = 0
        self.clients = 0
        self.instant: Instant = 0
        self.blocked: list[dict[str, Any]] = []
        self.released: list[dict[str, Any]] = []
        self.other_conditions: list[dict[str, Any]] = []
        self.categories: list[dict[str, Any]] = []
        self.only_in_force: Counter[str] = Counter()
        self.only_draft: Counter[str] = Counter()
        self.samples: list[dict[str, Any]] = []

    def count(self, found: Iterable[bytes], in_force: bool) -> None:
        """Outputs that only one side published."""
        counts = self.only_in_force if in_force else self.only_draft
        for item in found:
            value = _decode(item)
            counts[value["type"]] += 1
            if counts[value["type"]] <= SAMPLES_MAX:
                names = ("type", "client_id", "effective_at", "explanation")
                side = {"published_under": "in_force" if in_force else "draft"}
                self.samples.append({**side, **{name: value.get(name) for name in names}})


class Comparison:
    """The two folds of one partition's records (of a history: of all records)."""

    def __init__(self, own: Policy, draft: Policy, since: Instant | None, found: Differences) -> None:
        self._draft_policy = draft
        self._since = since
        self._found = found
        self._now_fold = ClientFold(own)
        self._draft_fold = ClientFold(draft if since is None else own)
        self.now: HistoryFold[Client, Shared] = HistoryFold(self._now_fold)
        self.draft: HistoryFold[Client, Shared] = HistoryFold(self._draft_fold)

    def step(self, step: Step) -> None:
        """The next record or instant, on both sides."""
        if isinstance(step, Held):
            return  # how a worker keeps records of a client aside is no matter of policy
        self._reach_draft(instant_of(step))
        then = self.now.feed(step)
        if isinstance(step, Instant):
            self._compare(then, self.draft.feed(step))
            return
        self._found.records += 1
        # a policy activated later does not replace the draft; time passes all the same
        replaced = step.topic == POLICIES and self._since is None
        self._compare(then, self.draft.feed(instant_of(step) if replaced else step))

    def end(self, until: Instant | None) -> None:
        """Lets time pass up to `until` (None: the last record), and compares every client."""
        until = max(until or 0, self.now.instant, self.draft.instant)
        self._reach_draft(until)
        self._compare(self.now.feed(until), self.draft.feed(until))
        self._found.instant = max(self._found.instant, until)
        now, draft = dict(self.now.states()), dict(self.draft.states())
        for key in sorted({**now, **draft}):
            self._found.clients += 1
            self._client(key.decode("utf-8", "replace"), now.get(key), draft.get(key), until)

    def _reach_draft(self, instant: Instant) -> None:
        """Puts the draft in force when its instant has come: over the version that is in force then."""
        if self._since is None or instant < self._since:
            return
        at, self._since = self._since, None
        version = max(self._draft_policy.version, self.draft.shared.current.rules.version + 1)
        document = {**self._draft_policy.to_document(), "version": version}
        event = {"type": "policy.activated", "id": f"draft/{version}", "version": version, "policy": document}
        activated = Line(0, POLICIES, at, None, msgspec.json.encode(event))
        self._compare(self.now.feed(at), self.draft.feed(activated))

    def _compare(self, now: list[Output], draft: list[Output]) -> None:
        if not now and not draft:
            return
        one, other = Counter(map(_said, now)), Counter(map(_said, draft))
        if one != other:
            self._found.count((one - other).elements(), in_force=True)
            self._found.count((other - one).elements(), in_force=False)

    def _client(self, client_id: str, now: Client | None, draft: Client | None, at: Instant) -> None:
        then = _status(self._now_fold, self.now, now, at)
        would = _status(self._draft_fold, self.draft, draft, at)
        found, before, after = self._found, _reasons(then), _reasons(would)
        if would.get("blocked") and not then.get("blocked"):
            found.blocked.append({"client_id": client_id, "conditions": after, "explanation": _why(draft)})
        elif then.get("blocked") and not would.get("blocked"):
            found.released.append({"client_id": client_id, "conditions": before, "explanation": _why(now)})
        elif before != after:
            found.other_conditions.append({"client_id": client_id, "in_force": before, "draft": after})
        categories, moved = then.get("categories", {}), would.get("categories", {})
        for dimension in dict.fromkeys((*categories, *moved)):
            old, new = categories.get(dimension), moved.get(dimension)
            if old != new:
                found.categories.append({"client_id": client_id, "dimension": dimension, "from": old, "to": new})


def instant_of(step: Step) -> Instant:
    """When a step happened; a holding back has no instant of its own."""
    if isinstance(step, Line):
        return step.timestamp_ms
    if isinstance(step, Held):
        return 0
    timestamp: Instant = step if isinstance(step, Instant) else step.timestamp
    return timestamp


def up_to(steps: Iterable[Step], until: Instant | None) -> Iterator[Step]:
    """The steps decided up to `until`. A file need not be in order of time; what workers decide after one, is later."""
    for step in steps:
        if until is None or instant_of(step) <= until:
            yield step
        elif not isinstance(step, Line):
            return


def _said(output: Output) -> bytes:
    """An output without what differs in every output of another policy."""
    if output.topic == DEAD_LETTERS:
        headers = {name: value.decode("utf-8", "replace") for name, value in output.headers}
        key = None if output.key is None else output.key.decode("utf-8", "replace")
        return _encode({"type": f"dead letter {headers[REASON_HEADER]}", "client_id": key, "headers": headers})
    value = _decode(output.value or b"{}")
    return _encode({name: part for name, part in value.items() if name not in _SET_ASIDE})


def _status(fold: ClientFold, folded: HistoryFold[Client, Shared], state: Client | None, at: Instant) -> dict[str, Any]:
    return {} if state is None else _decode(fold.status_as_of(folded.shared, state, at))


def _reasons(status: dict[str, Any]) -> list[str]:
    return [condition["reason"] for condition in status.get("conditions", ())]


def _why(state: Client | None) -> Any:
    """The sentence of the client's block."""
    return (
        _decode(unpack(state.decided.block)).get("explanation") if state is not None and state.decided.block else None
    )
