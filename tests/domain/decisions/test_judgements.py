"""Judgements in any legal order come to the same, are judged by a second telling of the rules, and move by time alone
exactly when predicted."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.records import NEVER
from streams.domain import conduct, first_deal_decisions, judgements, overrides
from tests.domain.decisions.driver import Company
from tests.domain.decisions.signing import grant, judge, judged_company

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
SLOW = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


class Said(NamedTuple):
    """One judgement: hours after the start, and what of the others it names."""

    kind: str
    name: int
    hour: int
    revision: int
    partner: int
    voided: bool
    hours: int


said = st.builds(
    Said,
    kind=st.sampled_from(["V", "V", "R", "B", "C", "F"]),
    name=st.integers(0, 2),
    hour=st.integers(0, 240),
    revision=st.integers(1, 3),
    partner=st.integers(0, 2),
    voided=st.sampled_from([False, False, False, True]),
    hours=st.integers(1, 14 * 24),
)
facts = st.lists(said, min_size=3, max_size=20, unique_by=lambda one: (one.kind, one.name, one.revision))
CONDITIONS = (["risk_group"], ["conduct"], ["conduct", "risk_group"])


def tell(company: Company, one: Said) -> None:
    """All arrive on the tenth day, in the order told."""
    at, arrives = (START + timedelta(hours=one.hour)).isoformat(), "2026-03-12T09:00:00+03:00"
    more: dict[str, Any] = {"key": "k2", "arrives": arrives, "revision": one.revision, "voided": one.voided}
    number = f"{one.kind}{one.name}"
    if one.kind == "V":
        until = (START + timedelta(hours=one.hour + one.hours)).isoformat()
        grant(company, number, at, until, *CONDITIONS[one.partner], **more)
    elif one.kind == "R":
        judge(company, "override.revoked", number, at, override_id=f"V{one.partner}", **more)
    elif one.kind == "B":
        judge(company, "conduct.recorded", number, at, kind="ethics", evidence="x", **more)
    elif one.kind == "C":
        judge(company, "conduct.cleared", number, at, conduct_id=f"B{one.partner}", **more)
    else:
        judge(company, "first_deal.decided", number, at, decision=("close", "restart", "stop")[one.partner], **more)


def told(history: list[Said], seed: int) -> Company:
    """Those that others name first, each part shuffled."""
    company = judged_company()
    named = [one for one in history if one.kind in "VBF"]
    naming = [one for one in history if one.kind in "RC"]
    for part in (named, naming):
        random.Random(seed).shuffle(part)
        for one in part:
            tell(company, one)
    return company


def ms(hour: float) -> int:
    return round((START + timedelta(hours=hour)).timestamp() * 1000)


class Oracle:
    """The rules told a second time, over what counts: the highest revision of each id."""

    def __init__(self, history: list[Said]) -> None:
        highest: dict[str, Said] = {}
        for one in sorted(history, key=lambda one: one.revision):
            highest[f"{one.kind}{one.name}"] = one
        there = set(highest)
        # what names something that never came is refused, by revision
        self.final: dict[str, Said] = {}
        for one in sorted(history, key=lambda one: one.revision):
            partner = {"R": f"V{one.partner}", "C": f"B{one.partner}"}.get(one.kind)
            if partner is None or one.voided or partner in there:
                self.final[f"{one.kind}{one.name}"] = one

    def _of(self, kind: str) -> list[tuple[str, Said]]:
        return [(name, one) for name, one in self.final.items() if one.kind == kind and not one.voided]

    def overrides(self, hour: float) -> list[str]:
        revoked = {f"V{one.partner}" for _, one in self._of("R") if one.hour <= hour}
        return sorted(
            name for name, one in self._of("V") if one.hour <= hour < one.hour + one.hours and name not in revoked
        )

    def breaches(self, hour: float) -> list[str]:
        cleared = {f"B{one.partner}" for _, one in self._of("C") if one.hour <= hour}
        return sorted(name for name, one in self._of("B") if one.hour <= hour and name not in cleared)

    def decided(self, hour: float) -> str | None:
        dated = [(one.hour, name) for name, one in self._of("F") if one.hour <= hour]
        return max(dated)[1] if dated else None


@SLOW
@given(facts)
def test_any_legal_order_gives_what_the_rules_say(history: list[Said]) -> None:
    oracle = Oracle(history)
    for seed in range(3):
        company = told(history, seed)
        client = company.clients["c1"]
        for hour in range(0, 600, 7):
            assert sorted(name for name, _ in overrides.in_force(client, ms(hour))) == oracle.overrides(hour)
            assert sorted(name for name, _ in conduct.uncleared(client, ms(hour))) == oracle.breaches(hour)
            last = first_deal_decisions.last(client, 0, ms(hour))
            assert (last[0] if last else None) == oracle.decided(hour)


@SLOW
@given(facts)
def test_time_alone_moves_them_exactly_when_predicted(history: list[Said]) -> None:
    client = told(history, 1).clients["c1"]

    def holds(at: int) -> Any:
        return [name for name, _ in overrides.in_force(client, at)], [n for n, _ in conduct.uncleared(client, at)]

    now = ms(0)
    for _ in range(100):
        following = judgements.next_instant(client, now)
        later = ms(700) if following == NEVER else following - 1
        assert holds(later) == holds(now)
        if following == NEVER:
            return
        now = following
    raise AssertionError("judgements do not come to rest")
