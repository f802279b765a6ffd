"""Through Apache Kafka: what workers did, killed in between, is proven by folding their journal again."""

import msgspec
import pytest

from schemas.catalogue import CATEGORY_CHANGES, CLIENT_STATUS, DEAD_LETTERS, JOURNAL, SNAPSHOTS
from streams.cli.main import run
from streams.engine import journal
from streams.engine.snapshot_records import header_of, headers_of
from tests.cli.installation import Capture, Installation, everything_is_folded, hash_of, sends, verified
from tests.harness.records import Read, Sent, produce, read_all
from tests.harness.waiting import wait_until

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(280)]
# in this order: the later, the less is left to fold
FAULTS = ("fold:9", "journal:4", "publish:3", "snapshot:1", "checkpoint:1", "recovered:2")


def killed(one: Installation, fault: str, *records: Sent) -> None:
    """A worker that dies at a step, after these records were sent."""
    process = one.start("clients", fault)
    if records:
        produce(one.bootstrap, "payments", records)
    wait_until(lambda: process.poll() is not None, f"killed at {fault}\n{one.tail()}", every_seconds=0.1)


@pytest.fixture
def installed(installation: Installation) -> Installation:
    """Topics with everything in them that is sent, and no worker yet."""
    sends(installation.bootstrap)
    return installation


def test_what_killed_workers_did_is_proven_in_one_go_and_on_top_of_the_snapshots(
    installed: Installation, capfd: Capture
) -> None:
    bootstrap = installed.bootstrap
    installed.start("importance", "journal:5")
    for fault in FAULTS:
        killed(installed, fault)
    everything_is_folded(installed, capfd)
    told = verified(capfd, bootstrap, "--complete")
    assert told["verified"], told["differences"]
    assert told["not_verified"] == []
    assert all(row["from_the_beginning"] for row in told["partitions"])
    assert {row["fold"] for row in told["partitions"]} == {"clients", "importance"}
    total = told["total"]
    assert total["outputs"] > 1_000 and total["snapshots"] >= 40 and total["chunks"] > 50
    assert len(read_all(bootstrap, DEAD_LETTERS)) > 10

    killed(installed, "publish:1", Sent(b"{}", b"C-0001"))  # a chunk that no checkpoint covers
    wanted = verified(capfd, bootstrap, "--complete")["state_hash"]
    assert wanted != told["state_hash"], "one more record was rejected, and its client says so"
    assert hash_of(bootstrap, "1", "--chunk-records", "1") == wanted
    assert hash_of(bootstrap, "2", "--chunk-records", "7") == wanted

    installed.start("clients", STOPLIST_KEEP_JOURNAL="false")
    wait_until(lambda: verified(capfd, bootstrap)["not_verified"], "the journal is cut", 60, 0.5)
    installed.stop()
    told = verified(capfd, bootstrap, "--complete")
    assert told["verified"], told["differences"]
    assert told["state_hash"] == wanted, "on top of the snapshots it is the same state"
    said = [item["what"] for item in told["not_verified"] if item["fold"] == "clients"]
    assert any(what.startswith("the journal was cut and begins ") for what in said)
    assert any(what.endswith(" outputs were made before the journal begins or after it was read") for what in said)


def test_what_is_tampered_with_is_named(installed: Installation, capfd: Capture) -> None:
    bootstrap = installed.bootstrap
    everything_is_folded(installed, capfd)
    status, move = first_of(bootstrap, CLIENT_STATUS, 0), first_of(bootstrap, CATEGORY_CHANGES, 0)
    another = (status.value or b"").replace(b'"blocked":', b'"blocked" :')
    again(bootstrap, status, another)
    body = msgspec.json.decode(move.value or b"")
    more = msgspec.json.encode({**body, "sequence": 10_000, "id": f"{body['client_id']}:10000"})
    again(bootstrap, move, more, ce_id=f"{body['client_id']}:10000".encode())
    snapshot = first_of(bootstrap, SNAPSHOTS, 2)
    again(bootstrap, snapshot, snapshot.value, stoplist=later(snapshot))
    forged_chunk(bootstrap)

    told = verified(capfd, bootstrap)
    assert not told["verified"]
    found = {(item["where"].rpartition("/")[0], item["what"]) for item in told["differences"]}
    assert (
        f"client-status/{status.partition}",
        f"{dict(status.headers)['ce_id'].decode()}: published with another body than is made",
    ) in found
    name = f"category-changes/{move.partition}"
    assert (name, f"{body['client_id']}:10000: nothing in the journal makes it") in found
    assert any("a snapshot is of chunk" in what for _, what in found)
    assert ("sales/1/0", "was folded twice, by the journal") in {(i["where"], i["what"]) for i in told["differences"]}
    assert ("payments/1", "was never folded, by the journal") in found
    assert run(["verify", "--bootstrap", bootstrap]) == 1
    assert "published with another body than is made" in capfd.readouterr().out


def first_of(bootstrap: str, topic: str, partition: int) -> Read:
    return next(read for read in read_all(bootstrap, topic) if read.partition == partition)


def forged_chunk(bootstrap: str) -> None:
    """A chunk that the last owner never wrote: of two new payments it names the second, and the first sale again."""
    first, second = produce(bootstrap, "payments", [Sent(b"{}", b"C-0001", 1)] * 2)
    entries = [journal.decode(read.value or b"") for read in read_all(bootstrap, JOURNAL) if read.partition == 1]
    chunks = [entry for entry in entries if not isinstance(entry, journal.Owner | journal.Checkpoint)]
    owner, n, rules = chunks[-1].owner, chunks[-1].n + 1, chunks[-1].rules_version
    chunk = journal.Chunk(owner, n, "payments", second, second, 0, rules, [journal.Range("sales", 0, 0, 0)])
    assert second == first + 1
    produce(bootstrap, JOURNAL, [Sent(journal.encode(chunk), partition=1)])


def again(bootstrap: str, record: Read, value: bytes | None, **headers: bytes) -> None:
    """Append a record once more, with another value or headers."""
    kept = [(name, headers.get(name, data)) for name, data in record.headers]
    produce(bootstrap, record.topic, [Sent(value, record.key, record.partition, headers=kept)])


def later(snapshot: Read) -> bytes:
    """The header of a snapshot of a chunk that never was."""
    (_, packed), *_ = headers_of(header_of(snapshot.headers)._replace(chunk=1_000_000))
    return packed
