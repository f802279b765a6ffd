"""A client is erased from an installation that has worked for weeks: what goes, what stays, and the proof after it."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from schemas.catalogue import (
    BY_NAME,
    CLIENT_STATUS,
    CLIENTS,
    DEAD_LETTERS,
    IMPORTANCE,
    JOURNAL,
    SCOPES,
    SCOPES_JOURNAL,
    SNAPSHOTS,
    TURNOVER,
)
from schemas.partitioning import partition_of
from streams.cli.main import run
from tests.cli.installation import PARTITIONS, Capture, Installation, everything_is_folded, sends, verified
from tests.harness.beside import CHECKOUT
from tests.harness.records import Sent, produce, read_all

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(280)]
ID = "C-0003"
NAME = "OOO Very Rare Name"


@pytest.fixture
def worked(installation: Installation, capfd: Capture) -> Installation:
    """Some weeks were folded, and a record of the client that was sent under another's id was rejected."""
    sends(installation.bootstrap)
    renamed = {
        "type": "client.registered",
        "id": "crm-1",
        "client_id": ID,
        "registered_on": "2026-01-12",
        "name": NAME,
    }
    other = next(f"N-{n}" for n in range(99) if partition_of(f"N-{n}".encode(), PARTITIONS) != _partition())
    value = json.dumps(renamed).encode()
    produce(installation.bootstrap, CLIENTS, [Sent(value, ID.encode(), _partition())])
    produce(installation.bootstrap, CLIENTS, [Sent(value, other.encode(), partition_of(other.encode(), PARTITIONS))])
    everything_is_folded(installation, capfd)
    return installation


def _partition() -> int:
    return partition_of(ID.encode(), PARTITIONS)


def _holding(bootstrap: str) -> set[str]:
    """Topics in which a record has the client's id, in its key or anywhere in its value."""
    return {
        topic
        for topic in BY_NAME
        for read in read_all(bootstrap, topic)
        if ID.encode() in (read.key or b"") + (read.value or b"")
    }


def _balances(bootstrap: str) -> dict[bytes, Any]:
    """What is known of every client, without what tells one record from the next."""
    last = {read.key or b"": json.loads(read.value or b"") for read in read_all(bootstrap, CLIENT_STATUS)}
    return {
        key: {
            name: said
            for name, said in status.items()
            if name in ("outstanding", "overdue", "risk_group", "blocked", "obligations")
        }
        for key, status in last.items()
    }


def _told(capfd: Capture, bootstrap: str, *flags: str) -> dict[str, Any]:
    capfd.readouterr()
    assert run(["erase", ID, "--json", "--bootstrap", bootstrap, *flags]) == 0
    told: dict[str, Any] = json.loads(capfd.readouterr().out)
    return told


def _last_snapshot(bootstrap: str) -> bytes:
    snapshots = [
        one for one in read_all(bootstrap, SNAPSHOTS) if (one.key or b"").startswith(ID.encode()) and one.value
    ]
    return max(snapshots, key=lambda one: one.offset).value or b""


def _explained(bootstrap: str) -> dict[str, Any]:
    """What is known of the client, as `stoplist explain` tells it."""
    command = [sys.executable, "-m", "streams.cli", "explain", ID, "--json", "--bootstrap", bootstrap]
    done = subprocess.run(command, cwd=CHECKOUT, env=os.environ, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_every_topic_that_holds_something_of_the_client_is_named(worked: Installation, capfd: Capture) -> None:
    rows = {row["topic"]: row for row in _told(capfd, worked.bootstrap)["remains"]}
    assert rows.keys() == _holding(worked.bootstrap)
    assert rows.keys() >= {CLIENTS, DEAD_LETTERS, CLIENT_STATUS, SNAPSHOTS, IMPORTANCE, TURNOVER, SCOPES}
    assert SCOPES_JOURNAL not in rows
    assert rows[DEAD_LETTERS]["records"] >= 1, "the key is another client's, the name is this one's"
    for topic, row in rows.items():
        is_kept_by_time = BY_NAME[topic].cleanup_policy == "delete" and BY_NAME[topic].retention_ms > 0
        assert (row["remains_until"] is not None) is is_kept_by_time, topic
    assert run(["erase", ID, "--bootstrap", worked.bootstrap]) == 0
    shown = capfd.readouterr().out
    assert JOURNAL not in rows or "its worker cuts the journal" in shown


def test_totals_and_proofs_stay_and_the_name_goes(worked: Installation, capfd: Capture) -> None:
    bootstrap = worked.bootstrap
    before, held = _balances(bootstrap), verified(capfd, bootstrap, "--complete")
    assert held["verified"], held["differences"]
    assert NAME.encode() in _last_snapshot(bootstrap)

    assert run(["erase", ID, "--yes", "--bootstrap", bootstrap]) == 0
    everything_is_folded(worked, capfd)

    assert _balances(bootstrap) == before
    told = verified(capfd, bootstrap, "--complete")
    assert told["verified"], told["differences"]
    assert told["total"]["outputs"] >= held["total"]["outputs"]
    explained = _explained(bootstrap)
    sent = explained.pop("timeline")
    assert NAME not in json.dumps(explained)
    assert NAME in json.dumps(sent), "records are shown as they came, for as long as they are there"
    assert NAME.encode() not in _last_snapshot(bootstrap)
    assert _told(capfd, bootstrap)["events_to_send"] == 0
