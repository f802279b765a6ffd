"""Whatever happens around requests: each is answered once, reservations add up, and a blocked client holds none."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.policy import Policy
from streams.domain import overrides, reservations
from streams.domain.next_change import look
from tests.domain.decisions.driver import Company, Published, instant
from tests.domain.decisions.histories import START, Step, request_histories, send, sign
from tests.domain.decisions.signing import KEYS, TERMS, limit_beside

POLICIES: tuple[dict[str, Any], ...] = (
    {},
    {"requests": {"reservation_hours": 30, "required": True}},
    {"requests": {"reservation_hours": 200, "required": False}},
)
ANSWERS = ("shipment.approved", "shipment.refused")
ENDED = ("shipment.approval_expired", "shipment.approval_withdrawn")


class Told:
    """What a reader of the outputs alone knows."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.held: dict[str, str] = {}
        """Approved, and neither expired nor withdrawn, nor cancelled or dispatched by a record: amount by shipment."""
        self.read = 0
        self.sequence = 0

    def catch_up(self) -> list[Published]:
        new = self.company.published[self.read :]
        self.read = len(self.company.published)
        for item in new:
            if item.topic == "dead-letters":
                continue
            assert item["sequence"] in (self.sequence, self.sequence + 1)
            if item["sequence"] == self.sequence:
                assert item["type"] == "client.status"
            self.sequence = item["sequence"]
            if item["type"] == "shipment.approved" and not item["repeated"]:
                self.held[item["shipment_id"]] = item["amount_reserved"]
            if item["type"] in ENDED:  # 0.00: it had left when it was asked for, and that dispatch was withdrawn
                assert self.held.pop(item["shipment_id"]) in ("0.00", item["amount_released"])
        return new


def _company(opened: bool, terms: tuple[str, ...], numbers: dict[str, Any]) -> Company:
    company = Company(Policy.from_document({"version": 1, "keys": KEYS, **numbers}))
    if opened:
        company.trade("2026-01-11")
    limit_beside(company, terms)
    sign(company)
    return company


def _check_answers(company: Company, before: int, new: list[Published]) -> None:
    """A request that counts is answered exactly once, by that very record."""
    answers = Counter((item["shipment_id"], item["cause"]["offset"]) for item in new if item["type"] in ANSWERS)
    for record, why in company.records[before:]:
        body = json.loads(record.value or b"{}")
        if body.get("type") != "shipment.requested":
            continue
        answered = answers.pop((body["shipment_id"], record.offset), 0)
        assert answered == 0 if why is not None or body.get("voided") else answered <= 1
        known = company.clients["c1"].facts.requests
        if why is None and not body.get("voided") and known is not None:
            asked = known.asked[body["shipment_id"]]
            assert answered == (asked.revision == body.get("revision", 1) and not asked.voided)
    assert not answers


def _check_held(company: Company) -> None:
    """What the state says at rest: reservations in order, a block that every open approval is let through."""
    client = company.clients["c1"]
    standing = company.shared.standing(client.seen)
    requests = client.facts.requests
    if requests is None:
        return
    assert not requests.to_answer
    assert not requests.to_check
    now = client.instant
    view = look(standing, client, now, standing.rules.day_of(now))
    held = reservations.open_at(client, now)
    assert [one.shipment_id for one in held] == requests.open
    for one in held:
        assert (one.state, one.ended, one.voided) == ("approved", 0, False)
        assert one.reserved_until > now
        dispatch = client.facts.dispatches.get(one.shipment_id)
        assert dispatch is None or dispatch.voided
        for reason in view.reasons:
            assert overrides.covers(standing.rules, client, now, reason, one.shipment_id, one.amount)
    status = json.loads(client.decided.status)
    reserved = sum(round(float(one["amount"]) * 100) for one in status["reservations"])
    assert round(float(status["reserved"]) * 100) == reserved
    assert status["blocked"] == bool(view.reasons)
    for name, shipment in client.facts.judgements.overrides.items() if client.facts.judgements else ():
        if shipment.amount_max >= 0 and shipment.revision == 1:
            assert overrides.used(shipment) <= shipment.amount_max, name


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(request_histories, st.booleans(), st.sampled_from(TERMS), st.sampled_from(POLICIES))
def test_each_request_is_answered_once_and_reservations_hold(
    history: list[Step], opened: bool, terms: tuple[str, ...], numbers: dict[str, Any]
) -> None:
    company = _company(opened, terms, numbers)
    told = Told(company)
    for number, step in enumerate(history):
        before = len(company.records)
        send(company, f"{number}", step)
        new = [item for item in told.catch_up() if item.topic != "dead-letters"]
        if "c1" in company.clients and company.clients["c1"].decided.status:
            _check_answers(company, before, new)
            _check_held(company)
    company.wait("2027-06-01")
    told.catch_up()
    client = company.clients.get("c1")
    if client is not None and client.facts.requests is not None:
        assert client.facts.requests.open == []
        assert json.loads(client.decided.status)["reserved"] == "0.00"


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(request_histories, st.booleans(), st.sampled_from(TERMS), st.sampled_from(POLICIES))
def test_neither_restarts_nor_looking_in_between_change_an_output(
    history: list[Step], opened: bool, terms: tuple[str, ...], numbers: dict[str, Any]
) -> None:
    steady, other = (_company(opened, terms, numbers) for _ in range(2))
    for number, step in enumerate(history):
        send(steady, f"{number}", step)
        arrives = instant(f"{START + timedelta(days=step.day)}T{step.hour:02d}:30:00+03:00")
        for moment in range(other.at, arrives, 10 * 3_600_000) if number else ():
            other.wait_until(moment)
        other.restart()
        send(other, f"{number}", step)
    for _ in range(40):
        other.restart()
        other.wait_until(other.at + 10 * 3_600_000)
    for company in (steady, other):
        company.wait("2027-06-01")
    assert [item.output for item in other.published] == [item.output for item in steady.published]


class Log:
    """What the outputs and the records said of approvals and blocks, by instants; nothing of the state."""

    def __init__(self) -> None:
        self.approved: dict[str, list[list[int]]] = {}
        """By shipment: (from, until, cents) of each approval."""
        self.blocked: list[tuple[int, bool]] = []
        self.left: list[str] = []
        self.cancellations: list[str] = []

    def read(self, new: list[Published]) -> None:
        for item in new:
            if item.topic == "dead-letters":
                continue
            at = instant(item["effective_at"])
            if item.topic == "shipment-blocks":
                self.blocked.append((at, item["type"] == "shipment.blocked"))
            if item["type"] in ENDED or (item["type"] in ANSWERS and not item["repeated"]):
                self.end(item["shipment_id"], at)
            if item["type"] == "shipment.approved" and not item["repeated"]:
                cents = round(float(item["amount_reserved"]) * 100)
                found = self.approved.setdefault(item["shipment_id"], [])
                found.append([at, instant(item["reserved_until"]), cents])

    def end(self, shipment: str, at: int) -> None:
        for found in self.approved.get(shipment, [])[-1:]:
            found[1] = min(found[1], at)

    def expected(self, shipment: str, at: int, cents: int, required: bool) -> str:
        for begun, until, most in self.approved.get(shipment, []):
            if begun <= at < until and cents <= most:
                return ""
        if [blocked for since, blocked in self.blocked if since <= at][-1:] == [True]:
            return "shipment.shipped_while_blocked"
        return "shipment.shipped_without_approval" if required else ""


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(request_histories, st.booleans(), st.sampled_from(TERMS), st.sampled_from(POLICIES))
def test_alerts_are_those_that_a_reader_of_the_outputs_expects(
    history: list[Step], opened: bool, terms: tuple[str, ...], numbers: dict[str, Any]
) -> None:
    """Of each shipment that leaves for the first time, where no override is about."""
    company, log = _company(opened, terms, numbers), Log()
    log.read(company.published)
    required = numbers.get("requests", {}).get("required", True)
    for number, step in enumerate(step for step in history if step.kind not in ("lift", "grant", "revoke")):
        told, published = len(company.records), len(company.published)
        send(company, f"{number}", step)
        new = company.published[published:]
        dead = [item for item in new if item.topic == "dead-letters"]
        by_time = [item for item in new if item not in dead and item["cause"]["kind"] != "record"]
        log.read(by_time)  # what a dispatch itself brings about is not what was known when it left
        for record, why in company.records[told:]:
            body = json.loads(record.value or b"{}")
            kind, shipment = body["type"], body.get("shipment_id", "")
            if why is not None:
                continue
            if body.get("voided") and kind == "shipment.requested":
                log.end(shipment, record.timestamp)
            elif kind == "shipment.cancelled" and body["id"] not in log.cancellations:
                log.cancellations.append(body["id"])
                log.end(shipment, record.timestamp)
            elif kind == "shipment.dispatched" and not body.get("voided") and shipment not in log.left:
                log.left.append(shipment)
                cents = round(float(body["amount"]) * 100)
                expected = log.expected(shipment, instant(body["at"]), cents, required)
                alerts = [str(item["type"]) for item in new if item.topic == "shipment-alerts"]
                assert alerts == ([expected] if expected else [])
        log.read([item for item in new if item not in by_time])
