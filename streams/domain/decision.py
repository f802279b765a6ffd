"""From what holds at an instant to what is published because of it.

One decision: compare with what was published before, publish categories that moved, then a block or a release, then
the status, and note the next deadline. All outputs of one decision share instant and cause.
"""

from functools import lru_cache
from typing import Final

import msgspec

from schemas.records import Instant, Output
from streams.domain import (
    alerts,
    blocks,
    explanation,
    first_deal_start,
    grounds,
    ledger,
    lifecycle,
    profile,
    published_blocks,
    shipment_decisions,
    status,
)
from streams.domain.categories.category import Scope, Value
from streams.domain.categories.table import are_published, to_publish
from streams.domain.importance import telling
from streams.domain.importance.hearing import Moved
from streams.domain.next_change import Prediction, awaits_activity, coming, look, predict
from streams.domain.outputs import (
    BLOCKS,
    CATEGORIES,
    RULES_VERSION,
    STATUS,
    Because,
    Cause,
    Common,
    PolicyName,
    RecordCause,
    encode,
    output,
    value_of,
)
from streams.domain.packing import unpack
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.shared import Standing
from streams.domain.state import Client, Days
from streams.domain.stop_conditions.table import STOP_CONDITIONS
from streams.domain.view import View

_CLIENT_CLOSED: Final = "client.closed"


class _Changed(msgspec.Struct, rename={"before": "from", "after": "to"}, gc=False):
    dimension: str
    scope: Scope | None
    before: Value
    after: Value
    decided_by: list[str]


def _takes_away(cause: Cause) -> bool:
    """Whether a cause that moves a client back takes the ground of a move away: a revision, a void, an opening."""
    return isinstance(cause, RecordCause) and cause.type != _CLIENT_CLOSED


@lru_cache(maxsize=64)
def _policy_name(version: int, digest: str) -> PolicyName:
    return PolicyName(version, digest)


class Decision(msgspec.Struct, gc=False):
    """One decision about one client, whose position must stand at the day of `view`."""

    standing: Standing
    rules: Rules
    client: Client
    view: View
    at: str
    """The instant of the view in words."""
    cause: Cause
    correction: bool
    out: list[Output]
    moved: Moved | None
    """What a scope told the client, when that is what the decision is about."""
    numbered: bool = False
    """Whether an output of this decision took a number, which the status then repeats."""

    def publish(self) -> None:
        """Publish what differs from the last decision, and set the client's next deadline."""
        client, decided = self.client, self.client.decided
        self._what_moved()
        if self.moved is not None:
            self._importance(self.moved)
        while self.view.reasons and client.facts.requests is not None and self._withdraw():
            self._what_moved()
        view = self.view
        decided.violations = view.overdue.violations
        first = coming(self.standing, client, view)
        prediction = predict(self.standing, client, view, first)
        decided.categories.awaits_activity = awaits_activity(view, prediction)
        self._status(prediction)
        client.instant = view.instant
        late, other = first
        client.deadline = late if late < other else other
        if client.facts.waiting:
            client.deadline = min(client.deadline, ledger.next_expiry(client))

    def answer(self) -> None:
        """Say what became of the client's requests: expired, shipped, asked; each approval counts for the next one."""
        standing, client, requests = self.standing, self.client, self.client.facts.requests
        assert requests is not None
        shipment_decisions.expire(self._say, standing, client, self.view)
        for shipped in requests.to_check:
            alerts.check(self._say, standing, client, self.view, shipped)
        for shipment_id, repeated in requests.to_answer:
            if repeated:
                shipment_decisions.answer_again(self._say, standing, client, shipment_id)
            elif shipment_decisions.answer(self._say, standing, client, self.view, shipment_id):
                self._look_again()
        requests.to_check, requests.to_answer = [], []

    def _withdraw(self) -> bool:
        withdrawn = shipment_decisions.withdraw(self._say, self.standing, self.client, self.view)
        if withdrawn:
            self._look_again()
        return withdrawn

    def _look_again(self) -> None:
        """A decision of this very instant changed what is reserved, or whether a first deal has started."""
        now, day = self.view.instant, self.view.day
        deal = first_deal_start.record(self.rules, self.client, now, day)
        self.view = look(self.standing, self.client, now, day, deal)

    def _what_moved(self) -> None:
        view, decided = self.view, self.client.decided
        if not are_published(view, decided):
            self._categories()
        if view.active or decided.conditions:
            self._conditions()

    def _say(self, topic: str, kind: str, because: list[Because], said: Text, rest: msgspec.Struct) -> None:
        common = self._common(kind, because, said)
        self.out.append(output(topic, common, value_of(common, encode(rest))))

    def _common(self, kind: str, because: list[Because], said: Text) -> Common:
        """The common fields under the next number; a status after other outputs repeats their last."""
        client = self.client
        if not (self.numbered and kind == "client.status"):
            client.sequence += 1
            self.numbered = True
        return Common(
            kind,
            f"{client.id}:{client.sequence}",
            client.id,
            client.sequence,
            self.at,
            self.cause,
            because,
            self.correction,
            _policy_name(self.rules.version, self.rules.digest),
            RULES_VERSION,
            said,
        )

    def _categories(self) -> None:
        """Publish every category that moved; one that a record moved back is a correction."""
        before = self.client.decided.categories.lifecycle
        if lifecycle.falls_back(before, self.view.lifecycle) and _takes_away(self.cause):
            self.correction = True
        for category, move in to_publish(self.view, self.client.decided):
            because = category.because(self.rules, self.client, self.view, move)
            said = category.said(self.rules, self.client, self.view, move)
            decided_by = category.decided_by(self.view, move)
            self._category(_Changed(category.dimension, move.scope, move.before, move.after, decided_by), because, said)

    def _importance(self, moved: Moved) -> None:
        told = moved.told
        changed = _Changed(
            "importance", Scope(told.kind, told.scope_id), moved.before, told.importance, ["turnover_share"]
        )
        said = explanation.importance_changed(
            told.kind, told.scope_id, moved.before, told.importance, told.before_minor, told.total_minor
        )
        self._category(changed, [grounds.of_importance(told)], said)

    def _category(self, changed: _Changed, because: list[Because], said: Text) -> None:
        self._say(CATEGORIES, "category.changed", because, said, changed)

    def _conditions(self) -> None:
        change = blocks.change(self.standing, self.client, self.view, self.cause)
        if change is not None:
            common = self._common(change.kind, change.because, change.said)
            value = self.client.decided.block = value_of(common, encode(change.rest))
            self.out.append(output(BLOCKS, common, value))
            published_blocks.note(self.rules, self.client, self.view)

    def _status(self, prediction: Prediction | None) -> None:
        client, view, rules = self.client, self.view, self.rules
        said = status.of(rules, client, view, self.at, prediction)
        status_json = encode(said)
        late = view.overdue
        longest_is_open = late.days_current == late.days_longest > 0
        if not status.says_more(status_json, longest_is_open, unpack(client.decided.status)):
            return
        because = list(grounds.of_risk_group(rules, view)) if view.group else [grounds.NO_VIOLATIONS]
        for reason in view.reasons:
            because += STOP_CONDITIONS[reason].because(rules, client, view)
        in_words = explanation.status(
            said.blocked, view.group, view.volume, said.outstanding, rules.currency, late.since
        )
        common = self._common("client.status", because, in_words)
        value = client.decided.status = value_of(common, status_json)
        self.out.append(output(STATUS, common, value))


def decide(
    standing: Standing,
    client: Client,
    now: Instant,
    day: Days,
    cause: Cause,
    correction: bool,
    out: list[Output],
    moved: Moved | None = None,
) -> None:
    """Decide about a client at `now`, which lies on `day`, and publish what changed."""
    rules = standing.rules
    profile.keep(rules, client, day)
    if client.books is not None and client.books.moved:
        named = msgspec.structs.replace(cause, client_id=client.id) if isinstance(cause, RecordCause) else cause
        telling.tell(client, named, now, out)
    deal = first_deal_start.record(rules, client, now, day)
    view = look(standing, client, now, day, deal)
    decision = Decision(standing, rules, client, view, rules.instant_text(now, day), cause, correction, out, moved)
    if client.facts.requests is not None:
        decision.answer()
    decision.publish()
