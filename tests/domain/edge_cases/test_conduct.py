"""Conduct: a recorded breach of a requirement or of ethics blocks the client until a director clears it."""

import json
from typing import Any

import pytest

from schemas.signatures import sign
from tests.domain.decisions.driver import Company, Published, kinds
from tests.domain.decisions.signing import PRIVATE_KEY, grant, judge, judged_company, statement


def record(company: Company, number: str, on: str, **more: Any) -> list[Published]:
    body = {"kind": "ethics", "evidence": "Sold under another name; photograph of 3 March.", **more}
    return judge(company, "conduct.recorded", number, on, **body)


def clear(company: Company, number: str, breach: str, on: str, **more: Any) -> list[Published]:
    return judge(company, "conduct.cleared", number, on, "k2", conduct_id=breach, **more)


def test_a_breach_blocks_until_a_director_clears_it() -> None:
    company = judged_company()
    blocked, status = record(company, "B1", "2026-03-05")
    (condition,) = blocked["conditions"]
    assert condition == {
        "reason": "conduct",
        "since": "2026-03-05T09:00:00+03:00",
        "because": [{"rule": "conduct", "threshold": "0", "observed": "1", "facts": ["B1"]}],
        "lifted_by": [{"kind": "person", "role": "director"}],
        "explanation": {
            "en": "A. Manager recorded a breach of ethics on 5 March 2026 (B1): Sold under another name; "
            "photograph of 3 March.",
            "ru": "A. Manager записал(а) нарушение этики 05.03.2026 (B1): Sold under another name; "
            "photograph of 3 March.",
        },
        "overrides": [],
    }
    assert (status["blocked"], status["next_change"]) == (True, None)
    assert company.wait("2027-03-01") == []  # never by time
    released, status = clear(company, "C1", "B1", "2027-03-02")
    assert (released["type"], released["closed"], released["overridden"]) == ("shipment.released", ["conduct"], False)
    assert released["explanation"]["en"] == (
        "Shipping is allowed again after conduct decision C1: no recorded breach is left uncleared."
    )
    assert status["conditions"] == []


def test_each_breach_must_be_cleared() -> None:
    company = judged_company()
    record(company, "B1", "2026-03-05")
    assert kinds(record(company, "B2", "2026-03-06", kind="requirement")) == []  # blocked it is already
    assert kinds(clear(company, "C1", "B1", "2026-03-07")) == []
    assert company.status()["blocked"] is True
    assert kinds(clear(company, "C2", "B2", "2026-03-08")) == ["shipment.released", "client.status"]


def test_payment_and_policy_do_not_end_it() -> None:
    company = judged_company()
    record(company, "B1", "2026-03-05")
    company.pay("P1", "1000.00", "2026-03-06")
    assert company.status()["blocked"] is True


def test_a_breach_dated_tomorrow_counts_from_then() -> None:
    company = judged_company()
    published = record(company, "B1", "2026-03-06T08:00:00+03:00", arrives="2026-03-05T09:00:00+03:00")
    assert kinds(published) == ["client.status"]
    assert published[0]["next_change"] == {
        "at": "2026-03-06T08:00:00+03:00",
        "changes": [{"condition": "conduct", "change": "opens"}],
    }
    assert company.wait("2026-03-06T07:59:59.999+03:00") == []
    published = company.wait("2026-03-06T08:00:00+03:00")
    assert kinds(published) == ["shipment.blocked", "client.status"]
    assert published[0]["effective_at"] == "2026-03-06T08:00:00+03:00"


def test_a_clearing_dated_tomorrow_clears_then() -> None:
    company = judged_company()
    record(company, "B1", "2026-03-05")
    clear(company, "C1", "B1", "2026-03-06T08:00:00+03:00", arrives="2026-03-05T10:00:00+03:00")
    assert company.status()["next_change"] == {
        "at": "2026-03-06T08:00:00+03:00",
        "changes": [{"condition": "conduct", "change": "closes"}],
    }
    (condition,) = company.status()["conditions"]
    assert condition["reason"] == "conduct"
    assert kinds(company.wait("2026-03-06T08:00:00+03:00")) == ["shipment.released", "client.status"]


def test_a_breach_is_withdrawn_and_a_withdrawn_clearing_blocks_again() -> None:
    company = judged_company()
    record(company, "B1", "2026-03-05")
    clear(company, "C1", "B1", "2026-03-06")
    published = clear(company, "C1", "B1", "2026-03-07", revision=2, voided=True)
    assert kinds(published) == ["shipment.blocked", "client.status"]
    published = judge(company, "conduct.recorded", "B1", "2026-03-08", "k2", revision=2, voided=True)
    assert kinds(published) == ["shipment.released", "client.status"]
    assert kinds(record(company, "B1", "2026-03-09")) == []  # an older revision


def test_a_clearing_of_a_breach_that_is_not_there_is_a_dead_letter() -> None:
    """A mistyped id must not look like a cleared client."""
    company = judged_company()
    record(company, "B1", "2026-03-05")
    published = clear(company, "C1", "B7", "2026-03-06")
    assert kinds(published) == ["client.status", "dead-letter:partner_missing"]
    assert published[1].headers["stoplist-field"] == "conduct_id"
    assert (company.status()["blocked"], company.status()["flags"]) == (True, ["incomplete", "unregistered"])


def test_the_same_revision_with_another_content_is_a_conflict() -> None:
    company = judged_company()
    record(company, "B1", "2026-03-05")
    published = record(company, "B1", "2026-03-05T10:00:00+03:00")
    assert kinds(published)[-1] == "dead-letter:conflicting_revision"
    assert company.status()["flags"] == ["conflict", "incomplete", "unregistered"]


def test_a_director_may_override_it() -> None:
    company = judged_company()
    record(company, "B1", "2026-03-05")
    published = grant(company, "V1", "2026-03-06", "2026-03-07T09:00:00+03:00", "conduct", key="k2")
    assert (published[0]["type"], published[0]["overridden"]) == ("shipment.released", True)


@pytest.mark.parametrize("left_out", ["evidence", "author", "role", "kind", "at"])
def test_it_names_author_and_evidence(left_out: str) -> None:
    document = statement("conduct.recorded", "B1", "2026-03-05", kind="ethics", evidence="a letter")
    del document[left_out]
    value = json.dumps(sign(document, "k1", PRIVATE_KEY)).encode()
    (letter,) = judged_company().send_bytes("judgements", value, "2026-03-05")
    assert (letter.headers["stoplist-reason"], letter.headers["stoplist-field"]) == ("missing_field", left_out)


def test_old_and_cleared_breaches_are_forgotten_and_uncleared_ones_never() -> None:
    company = judged_company()
    record(company, "B1", "2026-03-05")
    record(company, "B2", "2026-03-05T10:00:00+03:00")
    clear(company, "C1", "B1", "2026-03-06")
    company.pay("P1", "1.00", "2028-03-01")
    facts = company.clients["c1"].facts
    assert facts.judgements is not None
    assert (list(facts.judgements.breaches), list(facts.judgements.clearings)) == (["B2"], [])
    assert facts.count == 4  # B2, P1 and both documents
    assert company.status()["blocked"] is True
    assert kinds(clear(company, "C2", "B2", "2028-03-02")) == ["shipment.released", "client.status"]
