"""`A key is compromised` of docs/runbook.md: its commands, on Apache Kafka, with a worker."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from schemas.catalogue import CLIENTS, DEAD_LETTERS, JUDGEMENTS
from streams.cli.main import run
from tests.cli.installation import Capture, Installation, everything_is_folded
from tests.harness.beside import CHECKOUT
from tests.harness.records import produce, read_all

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(280)]
ID = "C-17"
REGISTERED = {"type": "client.registered", "id": "reg", "client_id": ID, "registered_on": "2026-01-12", "name": "OOO"}


class Company:
    """With one key in force, and a worker whenever something is to be folded."""

    def __init__(self, installation: Installation, folder: Path, capfd: Capture) -> None:
        self.installation, self.folder, self.capfd = installation, folder, capfd
        self.at = ["--bootstrap", installation.bootstrap]
        self.puts_in_force(1, self.makes("petrova-1"))

    def makes(self, key_id: str) -> str:
        """A key, and its line for the policy."""
        file = str(self.folder / f"{key_id}.key")
        self.capfd.readouterr()
        assert run(["keys", "new", key_id, "--holder", "O. Petrova", "--role", "manager", "--out", file]) == 0
        return next(line for line in self.capfd.readouterr().out.splitlines() if "public_key" in line)

    def puts_in_force(self, version: int, *keys: str) -> Path:
        """A policy that lists these keys."""
        policy = self.folder / f"{version}.yaml"
        policy.write_text("\n".join([f"version: {version}", "keys:", *keys, ""]))
        assert run(["policy", "activate", str(policy), *self.at]) == 0
        return policy

    def signs(self, key_id: str, *arguments: str) -> dict[str, Any]:
        """Sends a decision; the event."""
        assert run([*arguments, "--reason", "a letter", "--key", str(self.folder / f"{key_id}.key"), *self.at]) == 0
        return dict(json.loads(read_all(self.installation.bootstrap, JUDGEMENTS)[-1].value or b""))

    def overrides(self) -> list[str]:
        """Ids of those that count for the client."""
        everything_is_folded(self.installation, self.capfd)
        command = [sys.executable, "-m", "streams.cli", "explain", ID, "--json", *self.at]
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True)
        return sorted(re.findall(r'"(override-[\w-]+)"', json.dumps(json.loads(done.stdout)["status"]["overrides"])))


@pytest.fixture
def company(installation: Installation, tmp_path: Path, capfd: Capture) -> Company:
    produce(installation.bootstrap, CLIENTS, [(ID.encode(), json.dumps(REGISTERED).encode())])
    return Company(installation, tmp_path, capfd)


def test_the_old_key_counts_no_longer_and_what_it_signed_is_found_and_taken_back(
    company: Company, capfd: Capture
) -> None:
    at = company.at
    granted = company.signs("petrova-1", "grant", ID, "--condition", "risk_group", "--days", "3")
    assert company.overrides() == [granted["id"]]

    old, new = company.folder / "1.yaml", company.makes("petrova-2")
    company.puts_in_force(2, new)
    capfd.readouterr()
    assert run(["keys", "list", "--active", *at]) == 0
    listed = capfd.readouterr().out
    assert "petrova-2" in listed and "petrova-1" not in listed
    assert company.overrides() == [granted["id"]], "what it signed before keeps its effect"

    key = ["--key", str(company.folder / "petrova-1.key"), "--policy", str(old)]
    why = ["--condition", "credit_limit", "--days", "3", "--reason", "a theft"]
    assert run(["grant", ID, *why, *key, "--history", "-"]) == 0  # past the command, which would refuse
    stolen = json.dumps(json.loads(capfd.readouterr().out)["value"], separators=(",", ":")).encode()
    produce(company.installation.bootstrap, JUDGEMENTS, [(ID.encode(), stolen)])
    assert company.overrides() == [granted["id"]]
    letters = [dict(one.headers) for one in read_all(company.installation.bootstrap, DEAD_LETTERS)]
    assert [b"not_authorised" in letter.values() for letter in letters] == [True]

    found = [
        one
        for one in read_all(company.installation.bootstrap, JUDGEMENTS)
        if b'"key_id":"petrova-1"' in (one.value or b"")
    ]
    assert granted["id"] in {json.loads(one.value or b"")["id"] for one in found}
    company.signs("petrova-2", "revoke", ID, granted["id"])
    assert company.overrides() == []
