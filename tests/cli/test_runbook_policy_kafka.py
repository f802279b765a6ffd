"""`A policy went wrong and is rolled back` of docs/runbook.md: its commands, on Apache Kafka, with a worker."""

import json
import re
from pathlib import Path

import pytest

from streams.cli.main import run
from tests.cli.installation import Capture, Installation, everything_is_folded, sends, stop_list, verified

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(280)]
BEFORE = "version: 1\n"
WRONG = "version: 2\nconditions:\n  risk_group:\n    group_min: 1\n    requires_overdue: false\n"


@pytest.fixture
def worked(installation: Installation, tmp_path: Path, capfd: Capture) -> Installation:
    """Some weeks were folded under the policy of before."""
    (tmp_path / "before.yaml").write_text(BEFORE)
    assert run(["policy", "activate", str(tmp_path / "before.yaml"), "--bootstrap", installation.bootstrap]) == 0
    sends(installation.bootstrap)
    everything_is_folded(installation, capfd)
    return installation


def _blocked(capfd: Capture, bootstrap: str) -> set[str]:
    return {line.split(",")[0] for line in stop_list(capfd, bootstrap)}


def test_the_numbers_of_before_come_back_under_the_next_version(
    worked: Installation, tmp_path: Path, capfd: Capture
) -> None:
    at = ["--bootstrap", worked.bootstrap]
    before, wrong, again = (tmp_path / f"{name}.yaml" for name in ("before", "wrong", "again"))
    blocked = _blocked(capfd, worked.bootstrap)

    wrong.write_text(WRONG)
    assert run(["policy", "activate", str(wrong), *at]) == 0
    everything_is_folded(worked, capfd)
    too_many = _blocked(capfd, worked.bootstrap)
    assert too_many > blocked

    capfd.readouterr()
    assert run(["policy", "activate", str(before), *at]) == 2
    said = capfd.readouterr().err
    assert "version 2 is in force and workers would ignore version 1; write version: 3 or higher" in said
    assert run(["policy", "show", "--active", *at]) == 0
    in_force = re.search(r"^version: (\d+)", capfd.readouterr().out, re.MULTILINE)
    assert in_force is not None

    again.write_text(before.read_text().replace("version: 1", f"version: {int(in_force[1]) + 1}"))
    assert run(["policy", "check", str(again)]) == 0
    capfd.readouterr()
    assert run(["what-if", "--live", "--policy", str(again), "--json", *at]) in (0, 1)
    assert json.loads(capfd.readouterr().out)
    assert run(["policy", "activate", str(again), *at]) == 0
    everything_is_folded(worked, capfd)

    assert _blocked(capfd, worked.bootstrap) == blocked
    assert run(["policy", "show", "--active", *at]) == 0
    assert "version 3" in capfd.readouterr().out.splitlines()[0]
    told = verified(capfd, worked.bootstrap, "--complete")
    assert told["verified"], told["differences"]
