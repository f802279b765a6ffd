"""Authority is proven by signature: whatever a person decides without it is a dead letter and changes nothing."""

import json
from typing import Any

import pytest

from schemas import events
from schemas.catalogue import BY_NAME
from schemas.signatures import ROLES, sign
from tests.domain.decisions.driver import Company, kinds
from tests.domain.decisions.signing import KEYS, PRIVATE_KEYS, grant, judge, judged_company, set_limit, statement

UNTIL = "2026-03-12T09:00:00+03:00"
BODIES: dict[str, dict[str, Any]] = {
    "credit_limit.set": {"amount": "100.00", "currency": "USD", "valid_from": "2026-03-05"},
    "conduct.recorded": {"kind": "ethics", "evidence": "a photograph"},
    "conduct.cleared": {"conduct_id": "B0"},
    "override.granted": {"conditions": ["risk_group"], "expires_at": UNTIL},
    "override.revoked": {"override_id": "V0"},
    "first_deal.decided": {"decision": "close"},
}


def started() -> Company:
    """A client with a breach B0 and an override V0 that judgements may name."""
    company = judged_company()
    judge(company, "conduct.recorded", "B0", "2026-03-01", kind="ethics", evidence="a letter")
    grant(company, "V0", "2026-03-02", UNTIL, "credit_limit")
    return company


def send(company: Company, document: dict[str, Any]) -> tuple[str, str]:
    """(reason, field) of the dead letter, ("", "") when it counts; a refused one changes nothing but a flag."""
    before = company.fold.encode(company.clients["c1"])
    out = company.send_bytes("judgements", json.dumps(document).encode(), "2026-03-05T10:00:00+03:00")
    letters = [item for item in out if item.topic == "dead-letters"]
    if not letters:
        return "", ""
    as_before = company.fold.decode(before).facts
    as_before.look()
    company.clients["c1"].facts.look()
    assert company.clients["c1"].facts == as_before
    assert company.status()["flags"] == ["incomplete", "unregistered"]
    return letters[0].headers["stoplist-reason"], letters[0].headers["stoplist-field"]


def signed(kind: str, key: str = "k3", **body: Any) -> dict[str, Any]:
    """Of the key with both roles unless said otherwise."""
    document = statement(kind, "X1", "2026-03-05", key, **{**BODIES[kind], **body})
    return sign(document, key, PRIVATE_KEYS[key])


EACH = pytest.mark.parametrize("kind", BY_NAME["judgements"].types)


@EACH
def test_every_judgement_counts_when_signed_by_who_may(kind: str) -> None:
    assert send(started(), signed(kind)) == ("", "")


@EACH
def test_an_unsigned_judgement_is_refused(kind: str) -> None:
    document = statement(kind, "X1", "2026-03-05", "k3", **BODIES[kind])
    assert send(started(), document) == ("not_authorised", "signature")
    assert send(started(), {**document, "key_id": "k3"}) == ("not_authorised", "signature")


@EACH
def test_a_forged_judgement_is_refused(kind: str) -> None:
    """Signed by somebody's own key under the id of one that is listed."""
    document = statement(kind, "X1", "2026-03-05", "k3", **BODIES[kind])
    assert send(started(), sign(document, "k3", b"\x07" * 32)) == ("not_authorised", "signature")


@EACH
def test_a_judgement_replayed_under_another_id_is_refused(kind: str) -> None:
    assert send(started(), {**signed(kind), "id": "X2"}) == ("not_authorised", "signature")


@EACH
def test_a_judgement_replayed_for_another_client_is_refused(kind: str) -> None:
    company = started()
    company.pay("P", "1.00", "2026-03-01", client="c2")
    value = json.dumps({**signed(kind), "client_id": "c2"}).encode()
    (letter,) = [i for i in company.send_bytes("judgements", value, "2026-03-05", "c2") if i.topic == "dead-letters"]
    assert (letter.headers["stoplist-reason"], letter.headers["stoplist-field"]) == ("not_authorised", "signature")
    (letter,) = [
        item
        for item in company.send_bytes("judgements", json.dumps(signed(kind)).encode(), "2026-03-05", "c2")
        if item.topic == "dead-letters"
    ]
    assert letter.headers["stoplist-reason"] == "key_mismatch"


@EACH
def test_an_altered_judgement_is_refused(kind: str) -> None:
    for change in ({"author": "Somebody"}, {"revision": 2}, {"unknown": 1}):
        assert send(started(), {**signed(kind), **change}) == ("not_authorised", "signature")


def test_an_altered_expiry_is_refused() -> None:
    later = {"expires_at": "2026-03-13T09:00:00+03:00"}
    assert send(started(), {**signed("override.granted"), **later}) == ("not_authorised", "signature")


@EACH
def test_an_unknown_key_is_refused(kind: str) -> None:
    document = statement(kind, "X1", "2026-03-05", "k3", **BODIES[kind])
    assert send(started(), sign(document, "k9", PRIVATE_KEYS["k3"])) == ("not_authorised", "key_id")


@EACH
def test_a_claimed_role_that_the_key_does_not_have_is_refused(kind: str) -> None:
    assert send(started(), signed(kind, "k1", role="director")) == ("not_authorised", "role")
    assert send(started(), signed(kind, "k3", role="owner")) == ("not_authorised", "role")


# by the reasons table («who may lift it»); a director may what a manager may
MANAGER_MAY = {
    "credit_limit.set": True,
    "conduct.recorded": True,
    "conduct.cleared": False,
    "override.granted": True,
    "override.revoked": True,
    "first_deal.decided": True,
}


@EACH
def test_a_director_may_everything_and_a_manager_what_the_table_says(kind: str) -> None:
    assert send(started(), signed(kind, "k2")) == ("", "")
    expected = ("", "") if MANAGER_MAY[kind] else ("not_authorised", "role")
    assert send(started(), signed(kind, "k1")) == expected


LIFTED_BY = {
    "not_selling": "manager",
    "first_payment_overdue": "manager",
    "limit_exceeded": "manager",
    "conduct": "director",
    "risk_group": "manager",
    "credit_limit": "manager",
    "documents_missing": "director",
    "first_deal_returned": "manager",
    "first_deal_limit": "manager",
    "first_deal_unpaid": "manager",
    "payment_term_too_long": "manager",
    "assortment": "manager",
}


@pytest.mark.parametrize(("reason", "role"), LIFTED_BY.items())
def test_an_override_needs_the_role_that_may_lift_each_of_its_conditions(reason: str, role: str) -> None:
    both = list(dict.fromkeys(["risk_group", reason]))
    company = started()
    answer = kinds(grant(company, "X1", "2026-03-05", UNTIL, *both, key="k1"))
    assert answer[-1:] == (["dead-letter:not_authorised"] if role == "director" else ["client.status"])
    assert "dead-letter:not_authorised" not in kinds(grant(started(), "X1", "2026-03-05", UNTIL, *both, key="k2"))


@pytest.mark.parametrize("reason", ["outlet_unknown", "outlet_closed", "held"])
def test_what_nobody_may_lift_is_no_condition_of_an_override(reason: str) -> None:
    assert send(started(), signed("override.granted", conditions=[reason]))[0] == "invalid_field"


@pytest.mark.parametrize("kind", ["conduct.recorded", "override.revoked"])
@pytest.mark.parametrize("change", [{"revision": 2}, {"revision": 2, "voided": True}])
def test_what_blocks_is_replaced_and_withdrawn_by_a_director_only(kind: str, change: dict[str, Any]) -> None:
    """Else a manager could take back a breach, or move it a day ahead, which only a director may clear."""
    company = started()
    assert send(company, signed(kind)) == ("", "")
    assert send(company, signed(kind, "k1", **change)) == ("not_authorised", "role")
    assert send(started(), signed(kind, "k2", **change)) == ("", "")


def test_every_judgement_has_its_row_in_the_table_of_roles() -> None:
    assert {struct.__struct_config__.tag for struct in ROLES} == {*BY_NAME["judgements"].types}
    assert set(ROLES) == {struct for struct in events.CLIENT_EVENTS if issubclass(struct, events.Judgement)}


def test_a_judgement_sent_twice_changes_nothing_the_second_time() -> None:
    company = started()
    assert send(company, signed("override.granted")) == ("", "")
    assert company.send_bytes("judgements", json.dumps(signed("override.granted")).encode(), "2026-03-06") == []


def rotated(**validity: str | None) -> list[dict[str, Any]]:
    return [{**KEYS[0], **validity}, *KEYS[1:]]


def test_a_key_is_replaced_by_its_last_day() -> None:
    """Days are the company's: the last moment of 10 March in Moscow is 20:59:59 in Greenwich."""
    company = judged_company(keys=rotated(valid_until="2026-03-10"))
    assert kinds(grant(company, "V1", "2026-03-10T20:59:59Z", UNTIL, "risk_group")) == ["client.status"]
    refused = grant(company, "V2", "2026-03-10T21:00:00Z", UNTIL, "risk_group")
    assert kinds(refused)[-1] == "dead-letter:not_authorised"
    assert refused[-1].headers["stoplist-field"] == "key_id"
    assert [item["id"] for item in company.status()["overrides"]] == ["V1"]  # what was decided before stands


def test_a_signature_made_while_the_key_was_valid_and_sent_afterwards_is_refused() -> None:
    """Who signed when cannot be proven; when it was recorded can."""
    company = judged_company(keys=rotated(valid_until="2026-03-10"))
    company.pay("P1", "1.00", "2026-03-10")
    refused = grant(company, "V1", "2026-03-10", UNTIL, "risk_group", arrives="2026-03-11")
    assert kinds(refused)[-1] == "dead-letter:not_authorised"


def test_a_key_is_not_valid_before_its_first_day() -> None:
    company = judged_company(keys=rotated(valid_from="2026-03-10"))
    assert kinds(grant(company, "V1", "2026-03-09", UNTIL, "risk_group")) == ["dead-letter:not_authorised"]
    assert kinds(grant(company, "V2", "2026-03-10", UNTIL, "risk_group")) == ["client.status"]


def test_a_key_is_revoked_by_the_policy_at_once_and_earlier_decisions_stand() -> None:
    company = judged_company()
    grant(company, "V1", "2026-03-09", UNTIL, "risk_group")
    company.activate(2, "2026-03-09T12:00:00+03:00", keys=KEYS[1:])
    refused = grant(company, "V2", "2026-03-09T12:00:01+03:00", UNTIL, "credit_limit")
    assert kinds(refused)[-1] == "dead-letter:not_authorised"
    company.activate(3, "2026-03-09T13:00:00+03:00", keys=rotated(valid_until="2026-03-08"))
    refused = grant(company, "V3", "2026-03-09T13:00:01+03:00", UNTIL, "credit_limit")
    assert kinds(refused)[-1] == "dead-letter:not_authorised"
    assert [item["id"] for item in company.status()["overrides"]] == ["V1"]
    # the same id with a new key, after the rotation
    company.activate(4, "2026-03-09T14:00:00+03:00", keys=[{**KEYS[0], "key_id": "k1-new"}, *KEYS[1:]])
    assert kinds(set_limit(company, "L1", "5.00", "2026-03-09T15:00:00+03:00", valid_from="2026-03-09"))[-1:] == [
        "dead-letter:not_authorised"
    ]


def test_without_keys_every_judgement_is_refused() -> None:
    company = Company()
    assert kinds(grant(company, "V1", "2026-03-09", UNTIL, "risk_group")) == ["dead-letter:not_authorised"]


def test_an_audit_finds_who_decided_and_the_signed_record() -> None:
    company = started()  # B0 at offset 0, V0 at offset 1
    set_limit(company, "L1", "5.00", "2026-03-03", valid_from="2026-03-03")
    judge(company, "conduct.cleared", "C1", "2026-03-04", "k2", conduct_id="B0")
    # a withdrawal names its signer too
    judge(company, "first_deal.decided", "F1", "2026-03-04", decision="stop", revision=2, voided=True)
    company.restart()
    facts = company.clients["c1"].facts
    assert facts.judgements is not None
    proofs = [
        facts.judgements.breaches["B0"].proof,
        facts.judgements.overrides["V0"].proof,
        facts.limits["L1"].proof,
        facts.judgements.clearings["C1"].proof,
        facts.judgements.first_deal["F1"].proof,
    ]
    found = [(p.author, p.role, p.key_id, p.partition, p.offset) for p in proofs if p is not None]
    assert found == [
        ("A. Manager", "manager", "k1", 0, 0),
        ("A. Manager", "manager", "k1", 0, 1),
        ("A. Manager", "manager", "k1", 0, 2),
        ("D. Director", "director", "k2", 0, 3),
        ("A. Manager", "manager", "k1", 0, 4),
    ]


def test_judgements_count_as_facts_of_their_client() -> None:
    company = Company()
    company.activate(2, "2026-02-01", keys=KEYS)
    company.pay("P1", "1.00", "2026-03-01")
    assert company.clients["c1"].facts.count == 3  # two documents and a payment
    grant(company, "V1", "2026-03-02", "2026-03-05T00:00:00+03:00", "risk_group", key="k2")
    judge(company, "override.revoked", "R1", "2026-03-03", key="k2", override_id="V1")
    assert company.clients["c1"].facts.count == 5
