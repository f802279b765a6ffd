"""`A topic was recreated` of docs/runbook.md, 3: journal and states gone, inputs complete, on Apache Kafka."""

import json
from typing import Any

import pytest

from schemas.catalogue import CLIENT_STATUS, JOURNAL, OUTPUTS, SNAPSHOTS
from streams.cli.main import run
from tests.cli.installation import PARTITIONS, Capture, Installation, everything_is_folded, sends, stop_list, verified
from tests.harness.records import Read, delete_topics, end_offsets, read_all
from tests.harness.waiting import wait_until

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(280)]


@pytest.fixture
def worked(installation: Installation, capfd: Capture) -> Installation:
    """Some weeks were folded."""
    sends(installation.bootstrap, 20, 20)
    everything_is_folded(installation, capfd)
    return installation


def _standing(bootstrap: str) -> dict[bytes, Any]:
    """Of every client what its last status says of money and categories."""
    last = {one.key or b"": json.loads(one.value or b"") for one in read_all(bootstrap, CLIENT_STATUS)}
    said = ("outstanding", "overdue", "open_obligations", "risk_group", "volume_category", "blocked")
    return {key: {name: status.get(name) for name in said} for key, status in last.items()}


def test_everything_is_folded_again_from_the_first_record(worked: Installation, capfd: Capture) -> None:
    before, blocked = _standing(worked.bootstrap), stop_list(capfd, worked.bootstrap)
    ends = {
        f"{topic}/{number}": end for topic in OUTPUTS for number, end in end_offsets(worked.bootstrap, topic).items()
    }
    delete_topics(worked.bootstrap, [JOURNAL, SNAPSHOTS])
    assert run(["topics", "create", "--partitions", str(PARTITIONS), "--bootstrap", worked.bootstrap]) == 0
    assert run(["topics", "check", "--bootstrap", worked.bootstrap]) == 0

    refused = worked.start("clients")
    wait_until(lambda: refused.poll() is not None, "it is refused")
    assert (refused.returncode, "code=journal_gone" in worked.tail()) == (2, True), worked.tail()

    worked.start("clients", STOPLIST_ACCEPT_LOSS="true")
    worked.start("importance")  # hears the same turnover once more
    wait_until(
        lambda: verified(capfd, worked.bootstrap)["total"]["waiting"] == 0, "everything is folded again", 60, 0.5
    )
    worked.stop()
    everything_is_folded(worked, capfd)  # without the flag
    assert _standing(worked.bootstrap) == before
    assert stop_list(capfd, worked.bootstrap) == blocked
    again = [one for one in read_all(worked.bootstrap, CLIENT_STATUS) if one.offset >= ends[_place(one)]]
    assert again
    assert {dict(one.headers)["stoplist-loss"] for one in again} == {b"accepted"}
    told = verified(capfd, worked.bootstrap)
    places = [item["where"].rsplit("/", 1) for item in told["differences"]]
    assert not told["verified"]
    assert [place for place, offset in places if int(offset) >= ends[place]] == [], "what is made now is proven"


def _place(one: Read) -> str:
    return f"{one.topic}/{one.partition}"
