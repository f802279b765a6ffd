"""A client's name goes; totals, blocks and proofs stay; what remains is named with the day it goes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.catalogue import BY_NAME, CLIENTS, PAYMENTS
from schemas.inputs import MODELS
from schemas.personal import NAMES, PERSONAL
from schemas.policy_file import default_policy
from schemas.records import Output
from streams.cli.folding import Record
from streams.cli.main import run
from streams.domain.fold import ClientFold
from streams.domain.state import Client
from tests.harness.records import Read, produce, read_all

Topics = Callable[..., str]
Capture = pytest.CaptureFixture[str]
NAME = "OOO Romashka"
REGISTERED = {"type": "client.registered", "client_id": "romashka", "registered_on": "2026-02-02", "territory": "msk"}
OPENED = {
    "type": "client.opened", "id": "open-1", "client_id": "romashka", "as_of": "2026-03-01", "currency": "USD",
    "name": NAME, "obligations": [{"obligation_id": "dn-1/1", "due_date": "2026-02-10", "amount": "180.00"}],
}  # fmt: skip
PAID = {
    "type": "payment.received", "id": "pp-1", "client_id": "romashka", "amount": "80.00", "currency": "USD",
    "value_date": "2026-03-02", "document": "PP 1",
}  # fmt: skip


def test_every_field_that_may_be_personal_is_one_of_the_contract() -> None:
    for kind, fields in PERSONAL.items():
        assert set(fields) <= set(MODELS[kind].model_fields), kind
    words = {"name", "author", "accepted_by", "reason", "evidence"}  # wherever people write what they like
    assert {kind for kind, model in MODELS.items() if words & set(model.model_fields)} <= set(PERSONAL)
    assert [kind for kind in PERSONAL if "name" in PERSONAL[kind]] == list(NAMES)


def body(record: Read) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(record.value or b"")
    return event


def fold(records: list[Read]) -> tuple[Client, list[Output]]:
    """The state that these records leave, and what they publish."""
    rules, out = ClientFold(default_policy()), list[Output]()
    shared = rules.shared_new()
    state = rules.create(shared, b"romashka")
    for record in records:
        source = Record(record.topic, record.partition, record.offset, record.timestamp_ms, record.key, record.value)
        assert rules.record(shared, state, source, record.timestamp_ms, out) is None
    return state, out


@pytest.mark.kafka
def test_the_name_goes_and_the_debt_stays(topics: Topics, capfd: Capture) -> None:
    bootstrap = topics()
    first, second = (
        {**REGISTERED, "id": "reg-1", "name": "Romashka"},
        {**REGISTERED, "id": "reg-1", "name": NAME, "revision": 3},
    )
    gone = {**REGISTERED, "id": "reg-2", "voided": True, "name": NAME}
    said = [(b"romashka", json.dumps(event).encode()) for event in (first, second, OPENED, gone)]
    produce(bootstrap, CLIENTS, [*said, (b"neighbour", b"no JSON"), (b"romashka", b"no JSON either")])
    produce(bootstrap, PAYMENTS, [(b"romashka", json.dumps(PAID).encode())])

    assert run(["erase", "romashka", "--bootstrap", bootstrap, "--json"]) == 0
    captured = capfd.readouterr()
    told = json.loads(captured.out)
    assert told["events_to_send"] == 2
    by_topic = {row["topic"]: row for row in told["remains"]}
    assert {name: row["records"] for name, row in by_topic.items()} == {CLIENTS: 5, PAYMENTS: 1}
    kept = timedelta(milliseconds=BY_NAME[PAYMENTS].retention_ms)
    assert by_topic[PAYMENTS]["remains_until"] == (datetime.now(UTC) + kept).date().isoformat()
    assert "do it with --yes" in captured.err
    assert len(read_all(bootstrap, CLIENTS)) == 6  # nothing was sent

    assert run(["erase", "romashka", "--bootstrap", bootstrap, "--yes"]) == 0
    captured = capfd.readouterr()
    assert "clients" in captured.out and "payment.received (document)" in captured.out
    records = [
        one for one in read_all(bootstrap, CLIENTS) if one.key == b"romashka" and b"no JSON" not in (one.value or b"")
    ]
    assert len({one.partition for one in records}) == 1  # by its key, where its workers look
    *before, reg, opened = sorted(records, key=lambda one: one.offset)
    assert (body(reg)["name"], body(reg)["revision"]) == ("erased", 4)
    assert body(opened) == {**OPENED, "name": "erased", "revision": 2}

    (paid,) = [one for one in read_all(bootstrap, PAYMENTS) if one.key == b"romashka"]
    known, published = fold([*before, paid])
    erased, more = fold([*before, paid, reg, opened])
    assert NAME.encode() in ClientFold(default_policy()).canonical(known)
    assert NAME.encode() not in ClientFold(default_policy()).canonical(erased)
    assert erased.position.outstanding == known.position.outstanding == 10_000
    assert more == published  # nobody is told anything new


@pytest.mark.kafka
def test_done_twice_there_is_nothing_to_send(topics: Topics, capfd: Capture) -> None:
    bootstrap = topics()
    event = {**REGISTERED, "id": "reg-1", "name": "erased", "revision": 2}
    produce(bootstrap, CLIENTS, [(b"romashka", json.dumps(event).encode())])

    assert run(["erase", "romashka", "--bootstrap", bootstrap, "--yes"]) == 0
    assert "nothing to send" in capfd.readouterr().err
    assert len(read_all(bootstrap, CLIENTS)) == 1


@pytest.mark.kafka
def test_an_unknown_client_is_refused_in_a_sentence(topics: Topics, capfd: Capture) -> None:
    bootstrap = topics()
    assert run(["erase", "nobody", "--bootstrap", bootstrap, "--yes"]) == 2
    assert "no topic holds anything of client 'nobody'" in capfd.readouterr().err
