"""What people say over HTTP arrives in Kafka once, in their name, signed; what workers would refuse is refused here."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from schemas.decoding import decode
from schemas.records import Rejected
from schemas.signatures import sign, verify
from streams.views.serving import tokens
from tests.harness.components import RedisAddress
from tests.harness.records import Read, read_all
from tests.harness.waiting import wait_until
from tests.views.outputs import output
from tests.views.signing import PERSONS_KEY, policy, signing
from tests.views.site import Site
from tests.views.test_login import CANCELLED, refused, say

pytestmark = [pytest.mark.redis, pytest.mark.kafka]
LINE = {"sku": "A1", "quantity": "1", "price": "1.00", "rrp": "10.00", "product_category": "A", "fast_moving": True}
LIMIT = {"type": "credit_limit.set", "client_id": "a", "amount": "5.00"}
REQUEST = {"client_id": "a", "shipment_id": "s", "amount": "60.00", "payment_term_days": 10, "lines": [LINE]}


@pytest.fixture
def desk(redis_server: RedisAddress, contract_topics: str, tmp_path: Path) -> Iterator[Site]:
    """A server with a key of its own, before a broker."""
    with Site(redis_server.url, tmp_path, contract_topics, **signing()) as started:
        yield started


def arrived(desk: Site, topic: str, key: str) -> list[Read]:
    """Records of a client."""
    return [one for one in read_all(desk.bootstrap, topic) if one.key == key.encode()]


def test_a_request_arrives_once_however_often_it_is_said(desk: Site, unique: str) -> None:
    body = {**REQUEST, "client_id": unique}
    warehouse = desk.clients["warehouse"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: say(warehouse, "/v1/requests", body), range(4)))
    assert {answer.status_code for answer in answers} <= {202, 409}
    again = say(warehouse, "/v1/requests", body)
    assert (again.status_code, again.json()["repeated"]) == (202, True)
    (record,) = arrived(desk, "shipments", unique)
    assert not isinstance(decode("shipments", record.value), Rejected)
    assert record.offset == again.json()["offset"]
    refused(say(warehouse, "/v1/requests", {**body, "amount": "61.00"}), 422, "idempotency-mismatch")
    other = say(desk.clients["manager"], "/v1/requests", {**body, "shipment_id": "t"})
    assert (other.status_code, other.json()["repeated"]) == (202, False), "a key is everybody's own"


def test_the_answer_to_a_request_is_waited_for(desk: Site, unique: str) -> None:
    body = {**REQUEST, "client_id": unique}
    sent = say(desk.clients["warehouse"], "/v1/requests", body).json()
    cause = {"kind": "record", "id": sent["id"], "type": sent["type"]}
    place = {name: sent[name] for name in ("topic", "partition", "offset")}
    old = output("shipment.refused", unique, 1, shipment_id="s", cause={**cause, **place, "offset": 10**6})
    desk.put("shipment-decisions", old)
    none = say(desk.clients["warehouse"], "/v1/requests?wait=0.1", body)
    assert (none.status_code, none.json()["decision"]) == (202, None), "that was the answer to another one"
    approved = output("shipment.approved", unique, 2, shipment_id="s", cause={**cause, **place})
    desk.put("shipment-decisions", approved)
    answered = say(desk.clients["warehouse"], "/v1/requests?wait=10", body)
    assert (answered.status_code, answered.json()["decision"]) == (200, approved)


def test_a_decision_is_signed_by_the_server_in_the_name_of_the_login(desk: Site, unique: str) -> None:
    body = {
        "type": "override.granted", "client_id": unique, "conditions": ["conduct"], "reason": "why",
        "expires_at": "2099-01-01T00:00:00Z", "author": "somebody-else", "role": "manager", "key_id": "own",
    }  # fmt: skip
    sent = say(desk.clients["director"], "/v1/decisions", body)
    assert sent.status_code == 202, sent.text
    (record,) = arrived(desk, "judgements", unique)
    assert record.value is not None
    event = json.loads(record.value)
    assert (event["author"], event["role"], event["key_id"]) == ("a-director", "director", "http-1")
    assert verify(record.value, policy().keys, ["director"]) is None


def test_the_least_role_that_suffices_is_used(
    redis_server: RedisAddress, contract_topics: str, tmp_path: Path, unique: str
) -> None:
    with Site(redis_server.url, tmp_path, contract_topics, **signing()) as site:
        secret, both = tokens.new("both", ("director", "manager"), None)
        tokens.write(site.file, [*tokens.read(site.file), both])
        client = site.client(secret)
        body = {"type": "credit_limit.set", "client_id": unique, "amount": None}
        wait_until(lambda: say(client, "/v1/decisions", body).status_code == 202, "the new token is known")
        (record,) = arrived(site, "judgements", unique)
        event = json.loads(record.value or b"")
        assert (event["role"], event["amount"], event["currency"]) == ("manager", None, "USD")


def own(unique: str, **changed: Any) -> dict[str, Any]:
    """A limit that a-manager has signed herself."""
    body = {
        "type": "credit_limit.set", "id": f"limit-{unique}", "client_id": unique, "amount": "500.00", "currency": "USD",
        "valid_from": "2026-03-01", "author": "a-manager", "role": "manager",
    }  # fmt: skip
    return {**sign(body, "own", PERSONS_KEY), **changed}


def test_what_a_person_signed_herself_is_passed_on_as_it_is(desk: Site, unique: str) -> None:
    body = own(unique)
    assert say(desk.clients["manager"], "/v1/decisions", body).status_code == 202
    (record,) = arrived(desk, "judgements", unique)
    assert json.loads(record.value or b"") == body


@pytest.mark.parametrize(
    "changed", [{"amount": "900.00"}, {"signature": "AAAA"}, {"key_id": "http-1"}, {"key_id": "no"}]
)
def test_a_forged_signature_is_refused(desk: Site, unique: str, changed: dict[str, str]) -> None:
    refused(say(desk.clients["manager"], "/v1/decisions", own(unique, **changed)), 403, "forbidden")
    assert arrived(desk, "judgements", unique) == []


def test_nobody_passes_on_what_somebody_else_signed(desk: Site, unique: str) -> None:
    refused(say(desk.clients["director"], "/v1/decisions", own(unique)), 403, "forbidden")


def test_an_accountants_decision_names_its_author(desk: Site, unique: str) -> None:
    body = {"type": "obligation.disputed", "client_id": unique, "obligation_id": "o", "reason": "why", "author": "x"}
    assert say(desk.clients["accountant"], "/v1/decisions", body).status_code == 202
    (record,) = arrived(desk, "clients", unique)
    assert json.loads(record.value or b"")["author"] == "a-accountant"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v1/requests", {**REQUEST, "amount": "1.234"}, "amount"),
        ("/v1/requests", {**REQUEST, "lines": []}, "lines"),
        ("/v1/cancellations", {"client_id": "a"}, "shipment_id"),
        ("/v1/decisions", {"type": "payment.received", "client_id": "a"}, "type"),
        ("/v1/decisions", {"client_id": "a"}, "type"),
        ("/v1/decisions", {**LIMIT, "valid_from": "soon"}, "valid_from"),
    ],
)  # fmt: skip
def test_what_workers_would_refuse_names_the_field(desk: Site, path: str, body: dict[str, Any], field: str) -> None:
    problem = refused(say(desk.clients["director"], path, body), 400, "invalid-request")
    assert problem["errors"][0]["field"] == field
    assert problem["detail"]


def test_a_key_is_needed_and_the_body_must_be_one_json_object(desk: Site) -> None:
    warehouse = desk.clients["warehouse"]
    problem = refused(warehouse.post("/v1/cancellations", json=CANCELLED), 400, "invalid-request")
    assert problem["errors"][0]["field"] == "Idempotency-Key"
    refused(say(warehouse, "/v1/cancellations", CANCELLED, key="x" * 65), 400, "invalid-request")
    told = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    for wrong in (b"{", b"[]", b"\xff", b'{"client_id": "a", "client_id": "b"}', b"[" * 20_000):
        refused(warehouse.post("/v1/cancellations", content=wrong, headers=told), 400, "invalid-request")


def test_without_a_key_that_counts_nothing_is_signed(redis_server: RedisAddress, tmp_path: Path) -> None:
    body = {"type": "credit_limit.set", "client_id": "a", "amount": "5.00"}
    with Site(redis_server.url, tmp_path) as site:
        refused(say(site.clients["manager"], "/v1/decisions", body), 503, "unavailable")
    with Site(redis_server.url, tmp_path, signing_key=signing()["signing_key"]) as site:  # the policy lists none
        assert (
            "server's key" in refused(say(site.clients["manager"], "/v1/decisions", body), 503, "unavailable")["detail"]
        )
